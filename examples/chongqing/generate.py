"""Makes the demo city's data: the databases of its departments and of their services.

    python generate.py DIRECTORY [--persons N] [--enterprises N] [--scale FACTOR]
    python generate.py --personas > docs/personas.md

Deterministic: the same numbers give the same rows. All identifiers are synthetic: citizen ids begin
with 500000, which is issued to nobody, and organisation codes carry DEM.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generator.city import build
from generator.personas import PERSONAS
from generator.personas.persona import render

__all__ = ["PERSONAS", "build", "render"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument("--persons", type=int, default=2_000)
    parser.add_argument("--enterprises", type=int, default=800)
    parser.add_argument("--scale", type=int, default=1, help="Multiplies both: 500 makes a million persons.")
    parser.add_argument("--personas", action="store_true", help="Print the page about the personas.")
    given = parser.parse_args()
    if given.personas:
        print(render(PERSONAS), end="")
        return
    if given.directory is None:
        parser.error("say in which directory")
    build(
        given.directory,
        given.persons * given.scale,
        given.enterprises * given.scale,
        say=lambda line: print(f"\r{line}", end="", file=sys.stderr, flush=True),
    )
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
