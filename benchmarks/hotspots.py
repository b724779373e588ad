"""Where Jutong's time goes in a case: py-spy on the running server, by function.

    python -m benchmarks.hotspots --upstream rest --case b
    python -m benchmarks.hotspots --upstream rest --case c --flame docs/images/flame-rest-c.svg

Only samples that hold the interpreter are counted: what waits is not work. What the threads cost is
printed beside it, since the record's thread spends its time outside the interpreter. Needs py-spy (the
`bench` extra), and on some machines the right to trace.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import uvloop

from benchmarks.cases import CASES
from benchmarks.field import UPSTREAMS, open_field
from benchmarks.load import burst
from benchmarks.run import POSTGRES_URL

FRAME = re.compile(r"^(?P<name>.*) \((?P<file>[^)]*)\)$")
TITLE = re.compile(r'(<text id="title"[^>]*>)[^<]*<')
PATH = re.compile(r"(?<=\()(?:/[^/\s()<>]+)+/(?=[^/\s()<>]+:\d+\))")
"""Directories of a file in a frame, `(/a/b/file.py:12)`; py-spy shortens those that are in Python's path."""
PLACES = ("site-packages/", "/lib/python3.11/", "/lib/python3.12/", "/lib/python3.13/")


def main() -> None:
    """Profile one case; print, or draw a flame graph."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--upstream", choices=UPSTREAMS, default="memory")
    parser.add_argument("--case", choices=CASES, default="b")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--top", type=int, default=25)
    parser.add_argument("--flame", type=Path, metavar="FILE", help="draw an SVG file instead of printing")
    parser.add_argument(
        "--py-spy", default=shutil.which("py-spy") or str(Path(sys.executable).with_name("py-spy"))
    )
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_field(given.upstream, Path(folder), POSTGRES_URL, only=("jutong",)) as field,
    ):
        server, recorded = field.servers["jutong"], Path(folder) / "recorded"
        case = CASES[given.case]
        warm = uvloop.run(burst(server.port, case, 100, 1))
        recording = threading.Thread(
            target=subprocess.run,
            args=(
                [
                    given.py_spy, "record", "--gil", "--function", "--rate", "400",
                    "--format", "flamegraph" if given.flame else "raw",
                    "--pid", str(server.popen.pid), "--duration", str(given.seconds),
                    "--output", str(recorded),
                ],
            ),
            kwargs={"check": True, "capture_output": True},
        )  # fmt: skip
        before = thread_seconds(server.popen.pid)
        recording.start()
        done = uvloop.run(burst(server.port, case, warm.next_person, given.seconds + 1))
        recording.join()
        for thread, seconds in thread_seconds(server.popen.pid).items():
            spent = (seconds - before.get(thread, 0)) / done.requests
            print(f"{spent * 1e3:8.3f} ms CPU a request in thread {thread}")
        text = recorded.read_text(encoding="utf-8")
    if given.flame:
        title = f"case {case.name} over {given.upstream}: {case.title}"
        given.flame.write_text(flame_of(text, title), encoding="utf-8")
    else:
        _print(text.splitlines(), given.top)


def flame_of(drawn: str, title: str) -> str:
    """py-spy's picture under a title of ours instead of its command line, without this machine's paths."""
    titled = TITLE.sub(lambda found: f"{found[1]}{title}<", drawn)
    return "\n".join(PATH.sub("", line).rstrip() for line in titled.splitlines()) + "\n"


def thread_seconds(pid: int) -> dict[str, float]:
    """CPU seconds of each thread of a process so far, by name and id."""
    return {
        f"{(task / 'comm').read_text(encoding='utf-8').strip()} {task.name}": int(
            (task / "schedstat").read_text(encoding="ascii").split()[0]
        )
        / 1e9
        for task in Path(f"/proc/{pid}/task").iterdir()
    }


def _print(lines: Iterable[str], top: int) -> None:
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    total = 0
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = [_short(frame) for frame in stack.split(";")]
        total += int(count)
        own[frames[-1]] += int(count)
        whole.update(dict.fromkeys(frames, int(count)))
    files = Counter({file: sum(own[n] for n in own if n.startswith(f"{file}:")) for file in map(_file, own)})
    inner = Counter({name: count for name, count in whole.items() if count < 0.9 * total})
    for title, counter in (
        ("by file", files),
        ("by function, itself", own),
        ("by function, with what it calls", inner),
    ):
        print(f"\nshare of {total} samples, {title}:")
        for name, samples in counter.most_common(top):
            print(f"  {100 * samples / total:5.1f} %  {name}")


def _file(name: str) -> str:
    return name.partition(":")[0]


def _short(frame: str) -> str:
    found = FRAME.match(frame)
    if found is None:
        return frame
    file = found["file"]
    for place in PLACES:
        file = file.rpartition(place)[2]
    return f"{file}:{found['name']}"


if __name__ == "__main__":
    main()
