"""Edits of the city's files, one at a time, and where each is seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """One edit."""

    kind: str
    make: Callable[[], object]
    asks: str
    """A document whose answer changes by it."""
    sees: bytes | None
    """What the answer has from then on; `None` where the last good version goes on."""


def edits(city: Path, rounds: int) -> Iterator[Edit]:
    """So many rounds of four: a title of what everybody asks for; an item more in the largest department;
    that file broken; that file repaired."""
    titled = city / "departments" / "police" / "household.yaml"
    grown = city / "departments" / "bureau00" / "resource0001.yaml"
    yield from (edit for number in range(rounds) for edit in _round(titled, grown, number))


def _round(titled: Path, grown: Path, number: int) -> Iterator[Edit]:
    title, item = f"household{number}", f"more{number}"
    asks_title = '{ catalogue(department: "police") { nodes { title } } }'
    asks_item = '{ __type(name: "Bureau00Resource0001") { description fields { name } } }'
    declared = f"  {item}: {{ title: 新项 — New, column: N{number}, level: 1 }}\n"

    def retitle(path: Path, new: str) -> None:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines[1] = f"title: {new}\n"
        path.write_text("".join(lines), encoding="utf-8")

    def add_to(path: Path, text: str) -> None:
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def cut(path: Path, text: str) -> None:
        path.write_text(path.read_text(encoding="utf-8").removesuffix(text), encoding="utf-8")

    broken = "  wrong: { title: 错 — Wrong, column: W, type: Datum }\n"
    yield Edit("a title", lambda: retitle(titled, title), asks_title, f'"{title}"'.encode())
    yield Edit("an item more", lambda: add_to(grown, declared), asks_item, f'"{item}"'.encode())
    yield Edit("a broken file", lambda: add_to(grown, broken), asks_item, None)

    def repair() -> None:
        cut(grown, broken)
        retitle(grown, f"信息资源 — Repaired {number}")

    yield Edit("a repaired file", repair, asks_item, f"Repaired {number}".encode())
