"""What an edited file costs those who ask meanwhile: a city under load, changed again and again.

Four connections ask without pause for forty documents. One file is edited at a time: a title, an item more, a
file that is broken, and repaired. Counted are failed requests, latencies, how long the loop was kept
(`benchmarks.watched`), and plans that a request had to make after the exchange.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import uvloop

from benchmarks.big_catalogue import count, write_city
from benchmarks.catalogue import write_plugin
from benchmarks.edits import Edit, edits
from benchmarks.load import CONNECTIONS, Connection, Refused
from benchmarks.machine import describe_machine
from benchmarks.processes import OTHER_CORE, ROOT, Process, free_port, pin, python, start
from benchmarks.reload_report import Answered, parts_of, report
from benchmarks.report import machine_line, put_section
from benchmarks.watched import reloads_of, told_reloads
from benchmarks.world import person_id

RESULTS = ROOT / "var" / "bench" / "reload.json"
GRACE_SECONDS = 2
"""`JUTONG_TIMEOUT_SECONDS` of this server: so long after the exchange the old schema is let go."""
CALM_SECONDS = 2.0
"""Between what an edit leaves behind and the next one: what it is compared with."""
LONGEST_SECONDS = 60.0
"""For an edit to be seen, and for its reload."""
POLL_SECONDS = 0.02


@dataclass
class Load:
    """Asks without pause, each time about somebody new."""

    port: int
    bodies: Sequence[str]
    answered: list[Answered] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """What was wrong, without what was asked."""
    _ends: bool = False

    async def run(self) -> None:
        """Ask until told to end."""
        async with asyncio.TaskGroup() as group:
            for number in range(CONNECTIONS):
                group.create_task(self._ask_on(number))

    def end(self) -> None:
        """Ask no more."""
        self._ends = True

    async def _ask_on(self, number: int) -> None:
        connection = await Connection.open(self.port)
        while not self._ends:
            number += CONNECTIONS
            body = orjson.dumps(
                {
                    "query": self.bodies[number // CONNECTIONS % len(self.bodies)],
                    "variables": {"id": person_id(number)},
                }
            )
            sent = time.monotonic()
            try:
                answer = await connection.post(body)
                if b'"errors"' in answer:
                    raise Refused(answer[:200].decode())
            except (Refused, OSError, EOFError) as error:
                self.failed.append(f"{type(error).__name__}: {error}")
                connection.close()
                connection = await Connection.open(self.port)
                continue
            self.answered.append(Answered(sent, time.monotonic()))
        connection.close()


@dataclass(frozen=True)
class Edited:
    """One edit, and when its answer was new; 0 where nothing was to be seen."""

    kind: str
    at: float
    seen: float


def documents() -> list[str]:
    """Forty documents, small and large: fewer than a reload makes ready."""
    core = ["name", "sex", "birthDate", "nation", "address", "householdNo", "district", "status"]
    lists = (
        "insurances { kind status paidThrough }",
        "properties { certificateNo area usage }",
        "qualifications { certificateNo category employer { name status taxpayer { grade } } }",
        "insurances { kind base } properties { area } qualifications { category }",
        "",
    )
    return [
        f"query Q{width}{place}($id: CitizenId!) {{ person(id: $id) {{ {' '.join(core[:width])} {one} }} }}"
        for width in range(1, 9)
        for place, one in enumerate(lists)
    ]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="of four edits each")
    parser.add_argument("--keep-docs", action="store_true")
    given = parser.parse_args()
    pin(os.getpid(), OTHER_CORE)
    machine = describe_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        city = write_city(folder / "city")
        results = measure(city, folder, given.rounds)
    machine["load_after"] = round(os.getloadavg()[0], 2)
    results["machine"] = machine
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    text = "\n".join([machine_line(machine), "", *report(results)])
    print(text)
    if not given.keep_docs:
        put_section(ROOT / "docs" / "performance.md", "reload", text)


def measure(city: Path, folder: Path, rounds: int) -> dict[str, Any]:
    """Serve a city, load it, edit it; what came of it. `SystemExit` if a reload did not take place."""
    counts, notes = count(city), folder / "notes.json"
    server = _start(city, folder, notes)
    try:
        load, done = uvloop.run(_run(server, city, reloads_of(notes), rounds))
        said = server.said()
    finally:
        server.stop()
    watched = orjson.loads(notes.read_bytes())
    if len(watched["reloads"]) != len(done):
        raise SystemExit(f"{len(done)} edits and {len(watched['reloads'])} reloads: {said}")
    return {
        "counts": counts,
        "edits": [asdict(one) for one in done],
        "reload_seconds": [ended - began for began, ended in watched["reloads"]],
        "failed": load.failed,
        "planned": sum(at > watched["reloads"][0][0] for at in watched["planned"]),
        "parts": [asdict(one) for one in parts_of(load.answered, watched, GRACE_SECONDS, CALM_SECONDS)],
    }


async def _run(server: Process, city: Path, reloads: Path, rounds: int) -> tuple[Load, list[Edited]]:
    load = Load(server.port, documents())
    running = asyncio.create_task(load.run())
    await asyncio.sleep(2 * CALM_SECONDS)  # every document has been asked for
    done = []
    for edit in edits(city, rounds):
        done.append(await _edit(server, edit))
        while told_reloads(reloads) < len(done):
            if time.monotonic() - done[-1].at > LONGEST_SECONDS:
                raise SystemExit(f"{edit.kind}: no reload")
            await asyncio.sleep(POLL_SECONDS)
        await asyncio.sleep(GRACE_SECONDS + 1 + CALM_SECONDS)
    load.end()
    await running
    return load, done


async def _edit(server: Process, edit: Edit) -> Edited:
    at = time.monotonic()
    edit.make()
    if edit.sees is None:
        return Edited(edit.kind, at, 0)
    connection = await Connection.open(server.port)
    try:
        body = orjson.dumps({"query": edit.asks})
        while edit.sees not in await connection.post(body):
            if time.monotonic() - at > LONGEST_SECONDS:
                raise SystemExit(f"{edit.kind}: not seen")
            await asyncio.sleep(POLL_SECONDS)
        return Edited(edit.kind, at, time.monotonic())
    finally:
        connection.close()


def _start(city: Path, folder: Path, notes: Path) -> Process:
    port = free_port()
    command = python(
        "-m", "benchmarks.watched", "--catalogue", str(city), "--port", str(port), "--notes", str(notes)
    )
    environment = {"JUTONG_STATE": str(folder / "state"), "JUTONG_TIMEOUT_SECONDS": str(GRACE_SECONDS)}
    return start(
        "watched", command, port, environment=environment, python_path=[write_plugin(folder / "plugin")]
    )


if __name__ == "__main__":
    main()
