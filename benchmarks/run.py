"""`make bench`: all contestants, all cases, all upstreams, in one run, in turns; answers compared first.

CPU is the time of the server's process tree, read from outside; what the upstream and the load
generator need is not in it. Ratios are made within a round, of neighbours in time.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import uvloop

from benchmarks.cases import CASES, Case
from benchmarks.equality import compare
from benchmarks.field import CONTESTANTS, UPSTREAMS, Field, open_field
from benchmarks.load import CONNECTIONS, ask, burst
from benchmarks.machine import describe_machine
from benchmarks.packaged import PACKAGED
from benchmarks.postgres import PERSONS
from benchmarks.processes import OTHER_CORE, ROOT, Process, pin
from benchmarks.report import write_report

POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/test"
RESULTS = ROOT / "var" / "bench" / "results.json"
IMAGE = Path("docs") / "images" / "comparison.svg"
WARM_SECONDS = 1.0


@dataclass(frozen=True)
class Measured:
    """One burst at one contestant."""

    upstream: str
    case: str
    contestant: str
    round: int
    requests: int
    cpu_seconds: float
    """Per request."""
    p50_seconds: float
    p99_seconds: float
    resident_bytes: int
    upstream_calls: float | None
    """Per request; `None` where they cannot be counted from outside."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each burst")
    parser.add_argument("--upstreams", nargs="+", choices=UPSTREAMS, default=list(UPSTREAMS))
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--postgres", default=os.environ.get("BENCH_POSTGRES", POSTGRES_URL))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--keep-docs", action="store_true", help="leave docs/performance.md alone")
    given = parser.parse_args()
    pin(os.getpid(), OTHER_CORE)
    machine = describe_machine()
    measured: list[Measured] = []
    missing = {name: reason for name, one in PACKAGED.items() if (reason := one.install()) is not None}
    sizes: dict[str, dict[str, int]] = {}
    cases = [CASES[name] for name in given.cases]
    for upstream in given.upstreams:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_field(upstream, Path(folder), given.postgres) as field,
        ):
            missing |= {f"{name} over {upstream}": why for name, why in field.missing.items()}
            measured += uvloop.run(_measure(field, cases, given.rounds, given.seconds, sizes))
    results = {
        "machine": {
            **machine,
            "load_after": round(os.getloadavg()[0], 2),
            "rounds": given.rounds,
            "seconds": given.seconds,
            "connections": CONNECTIONS,
        },
        "missing": missing,
        "answer_bytes": sizes,
        "measured": [asdict(one) for one in measured],
    }
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    if not given.keep_docs:
        write_report(results, ROOT / "docs" / "performance.md")
        _draw(measured)
    print(f"{given.results}")


def _draw(measured: Iterable[Measured]) -> None:
    try:
        from benchmarks.comparison_picture import draw
    except ModuleNotFoundError as error:
        raise SystemExit(f"The tables are written; the picture needs the extra `bench`: {error}.") from None
    draw(map(asdict, measured), ROOT / IMAGE)


async def _measure(
    field: Field, cases: Iterable[Case], rounds: int, seconds: float, sizes: dict[str, dict[str, int]]
) -> list[Measured]:
    turns = Turns(field, seconds)
    for case in cases:
        sizes[f"{case.name} over {field.upstream}"] = dict(await compare(field, case))
        for name in field.servers:
            await turns.burst(name, case, WARM_SECONDS)
    gc.collect()
    gc.freeze()  # collections of ours would be in the latencies
    measured = []
    for number in range(rounds):
        for case in cases:
            names = list(field.servers)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                measured.append(await turns.measure(name, case, number))
                _say(measured[-1])
    return measured


class Turns:
    """Bursts at the servers of one field; each server has its own next person."""

    def __init__(self, field: Field, seconds: float) -> None:
        self._field, self._seconds = field, seconds
        self._next = dict.fromkeys(CONTESTANTS, 100)

    async def burst(self, name: str, case: Case, seconds: float) -> Any:
        """Ask one server for some seconds."""
        population = PERSONS if self._field.upstream == "postgres" else 10_000_000
        port = self._field.servers[name].port
        done = await burst(port, case, self._next[name], seconds, population)
        self._next[name] = done.next_person
        return done

    async def measure(self, name: str, case: Case, number: int) -> Measured:
        """Ask one server for a burst and read what it cost."""
        server = self._field.servers[name]
        calls, cpu = await self._calls(), server.cpu_seconds()
        done = await self.burst(name, case, self._seconds)
        spent, called = server.cpu_seconds() - cpu, await self._calls()
        return Measured(
            upstream=self._field.upstream,
            case=case.name,
            contestant=name,
            round=number,
            requests=done.requests,
            cpu_seconds=spent / done.requests,
            p50_seconds=done.quantile(0.5),
            p99_seconds=done.quantile(0.99),
            resident_bytes=server.resident_bytes(),
            upstream_calls=None if called is None or calls is None else (called - calls) / done.requests,
        )

    async def _calls(self) -> int | None:
        service: Process | None = self._field.service
        if service is None:
            return None
        return int(orjson.loads(await ask_calls(service.port))["calls"])


async def ask_calls(port: int) -> bytes:
    """The service's count of calls."""
    return await ask(port, b'{"keys":[]}', path="/calls")


def _say(one: Measured) -> None:
    print(
        f"{one.round} {one.upstream:9} {one.case} {one.contestant:10} {one.cpu_seconds * 1e3:8.3f} ms CPU"
        f" {one.p50_seconds * 1e3:8.2f} p50 {one.p99_seconds * 1e3:8.2f} p99 {one.requests:6} requests",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
