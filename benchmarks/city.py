"""What a catalogue of 3,591 resources costs: CPU until the first answer, memory, and a small query on it."""

import argparse
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import orjson
import uvloop

from benchmarks.big_catalogue import count, write_city
from benchmarks.cases import Case
from benchmarks.catalogue import write_catalogue, write_plugin
from benchmarks.field import start_jutong
from benchmarks.load import ask, burst
from benchmarks.machine import describe_machine
from benchmarks.processes import OTHER_CORE, ROOT, Process, pin
from benchmarks.report import machine_line, put_section, spread, table

RESULTS = ROOT / "var" / "bench" / "city.json"
FIVE = Case(
    "five",
    "five fields of one person",
    "query Five($id: CitizenId!) { person(id: $id) { name sex birthDate insurances { kind status } } }",
)


@dataclass(frozen=True)
class Start:
    """One cold start, until the first answer."""

    catalogue: str
    cpu_seconds: float
    wall_seconds: float
    resident_bytes: int


@dataclass(frozen=True)
class Small:
    """One burst of the five-field query."""

    catalogue: str
    round: int
    cpu_seconds: float
    """Per request."""
    p50_seconds: float
    resident_bytes: int


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--keep-docs", action="store_true")
    given = parser.parse_args()
    pin(os.getpid(), OTHER_CORE)
    machine = describe_machine()
    starts, small = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plugin = write_plugin(folder / "plugin")
        catalogues = {
            "small": write_catalogue(folder / "small", "memory", ""),
            "city": write_city(folder / "city"),
        }
        counts = {one: count(path) for one, path in catalogues.items()}
        servers: dict[str, Process] = {}
        try:
            for number in range(given.starts):
                for one, catalogue in catalogues.items():
                    if one in servers:
                        servers.pop(one).stop()
                    start, servers[one] = _start(one, catalogue, folder / f"state-{one}-{number}", plugin)
                    starts.append(start)
            for number in range(-1, given.rounds):
                for one, server in servers.items():
                    measured = _burst(one, server, number, given.seconds)
                    small += [measured] if number >= 0 else []
        finally:
            for server in servers.values():
                server.stop()
    machine["load_after"] = round(os.getloadavg()[0], 2)
    results = {
        "machine": machine,
        "counts": counts,
        "starts": [asdict(one) for one in starts],
        "five_fields": [asdict(one) for one in small],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    text = _report(machine, counts, starts, small)
    print(text)
    if not given.keep_docs:
        put_section(ROOT / "docs" / "performance.md", "city", text)


def _start(name: str, catalogue: Path, state: Path, plugin: Path) -> tuple[Start, Process]:
    began = time.monotonic()
    server = start_jutong(catalogue, state, plugin)
    answer = orjson.loads(uvloop.run(ask(server.port, FIVE.body(0))))
    if "errors" in answer:
        raise SystemExit(f"{name}: {answer['errors']}")
    wall = time.monotonic() - began
    return Start(name, server.cpu_seconds(), wall, server.resident_bytes()), server


def _burst(name: str, server: Process, number: int, seconds: float) -> Small:
    cpu = server.cpu_seconds()
    done = uvloop.run(burst(server.port, FIVE, 1_000 + 10_000 * (number + 1), seconds))
    spent = (server.cpu_seconds() - cpu) / done.requests
    return Small(name, number, spent, done.quantile(0.5), server.resident_bytes())


def _report(
    machine: dict[str, object],
    counts: dict[str, tuple[int, int, int]],
    starts: list[Start],
    small: list[Small],
) -> str:
    rows = []
    for name, (departments, resources, items) in counts.items():
        cpu = spread([one.cpu_seconds for one in starts if one.catalogue == name])
        wall = median(one.wall_seconds for one in starts if one.catalogue == name)
        memory = median(one.resident_bytes for one in starts if one.catalogue == name)
        query = spread([one.cpu_seconds * 1e3 for one in small if one.catalogue == name])
        rows.append(
            [
                f"{name}: {departments} departments, {resources:,} resources, {items:,} items",
                f"{cpu[1]:.2f} ({cpu[0]:.2f} to {cpu[2]:.2f})",
                f"{wall:.1f}",
                f"{memory / 2**20:.0f}",
                f"{query[1]:.2f} ({query[0]:.2f} to {query[2]:.2f})",
            ]
        )
    by_round = [
        next(one.cpu_seconds for one in small if one.catalogue == "city" and one.round == number)
        / next(one.cpu_seconds for one in small if one.catalogue == "small" and one.round == number)
        for number in sorted({one.round for one in small})
    ]
    low, middle, high = spread(by_round)
    head = [
        "catalogue",
        "CPU from start to first answer, s",
        "the same on the clock, s",
        "resident, MiB",
        "five fields, CPU ms",
    ]
    return "\n".join(
        [
            machine_line(machine),
            "",
            *table(head, rows),
            "",
            f"Five fields over the city cost **{middle:.2f}** ({low:.2f} to {high:.2f}) times what they cost"
            " over the small catalogue.",
        ]
    )


if __name__ == "__main__":
    main()
