"""How cost grows: CPU per request against entities, fields, departments, callers and size of the catalogue.

    python -m benchmarks.growth

In one process, over the memory upstream, without sockets (`benchmarks.inside`). Each figure is the least of
some short rounds, which go round all points of a series, so that a busy machine is busy for all of them.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Any

import orjson
import uvloop

from benchmarks.big_catalogue import DEPARTMENTS, RESOURCES, write_city
from benchmarks.cases import CASES
from benchmarks.catalogue import API_KEY, write_catalogue, write_more_applications, write_plugin
from benchmarks.city import FIVE
from benchmarks.growth_report import IMAGE, Series, series_table
from benchmarks.inside import Inside, log_to_nowhere, serve_inside
from benchmarks.machine import describe_machine
from benchmarks.processes import ROOT
from benchmarks.report import machine_line, put_section
from benchmarks.world import person_id

RESULTS = ROOT / "var" / "bench" / "growth.json"
ENTITIES = (1, 2, 5, 10, 20, 50, 100)
FIELDS = (
    "name", "insurances.kind", "properties.usage", "sex", "birthDate", "nation", "address", "householdNo",
    "district", "status", "insurances.status", "properties.area", "insurances.base",
)  # fmt: skip
"""In the order they are added. The first three, always there, ask three departments: fields alone grow."""
FIELD_PERSONS = 20
PARTS = (
    "name",
    "insurances { kind }",
    "properties { usage }",
    "qualifications { category %s }",
    "employer { name }",
)
"""One for each department; the last is reached through the one before."""
CALLERS = (1, 10, 100, 1_000)
CITIES = ((None, 7), (12, 100), (36, 400), (72, 1_500), (DEPARTMENTS, RESOURCES))
"""Departments and resources; the first is the bench catalogue as it is."""


@dataclass(frozen=True)
class Point:
    """One document, asked for so many new persons at a time, by callers in turns."""

    at: int
    document: str
    persons: int = 1
    keys: Sequence[str] = (API_KEY,)

    def requests(self, numbers: Iterator[int]) -> Iterator[tuple[bytes, str]]:
        """Bodies with keys, endless; no person comes twice."""
        for key in cycle(self.keys):
            ids = [person_id(next(numbers)) for _ in range(self.persons)]
            variables = {"ids": ids} if "$ids" in self.document else {"id": ids[0]}
            yield orjson.dumps({"query": self.document, "variables": variables}), key


def main() -> None:
    """Measure, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--keep-docs", action="store_true", help="print only")
    given = parser.parse_args()
    machine = describe_machine()
    with tempfile.TemporaryDirectory() as folder, log_to_nowhere():
        measured = uvloop.run(_measure(Path(folder), given.rounds))
    machine["load_after"] = round(os.getloadavg()[0], 2)
    text = "\n".join([machine_line(machine), "", *series_table(measured)])
    print(text)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"machine": machine, "series": [asdict(one) for one in measured]}
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    if not given.keep_docs:
        put_section(ROOT / "docs" / "performance.md", "growth", text)
        _draw(measured)


def _draw(measured: Sequence[Series]) -> None:
    try:
        from benchmarks.growth_picture import draw
    except ModuleNotFoundError as error:
        raise SystemExit(f"The table is written; the picture needs the extra `bench`: {error}.") from None
    draw(measured, ROOT / IMAGE)


async def _measure(folder: Path, rounds: int) -> list[Series]:
    sys.path.insert(0, str(write_plugin(folder / "plugin")))
    catalogue = write_catalogue(folder / "bench", "memory", "")
    keys = write_more_applications(catalogue, max(CALLERS))
    numbers = count(1)
    async with serve_inside(catalogue, folder / "state") as inside:
        callers = [Point(n, CASES["b"].document, keys=keys[:n]) for n in CALLERS]
        await _ask_all(inside, callers[-1], numbers)
        found = [
            Series(name, axis, await _least(inside, points, numbers, rounds))
            for name, axis, points in (
                ("entities", "persons in one answer, 28 leaves each", _by_entities()),
                ("fields", f"fields of each of {FIELD_PERSONS} persons, three departments", _by_fields()),
                ("departments", "departments asked about one person", _by_departments()),
                ("callers", "applications that ask in turns", callers),
            )
        ]
    by_size = [await _over_city(folder, size, numbers, rounds) for size in CITIES]
    return [*found, Series("catalogue", "resources in the catalogue", tuple(by_size))]


def _by_entities() -> list[Point]:
    return [Point(n, CASES["c"].document, persons=n) for n in ENTITIES]


def _by_fields() -> list[Point]:
    return [Point(n, fields_document(FIELDS[:n]), persons=FIELD_PERSONS) for n in range(3, len(FIELDS) + 1)]


def _by_departments() -> list[Point]:
    return [Point(n, departments_document(n)) for n in range(1, len(PARTS) + 1)]


def fields_document(fields: Sequence[str]) -> str:
    """A document that selects these fields of persons; `a.b` is a field of a list."""
    lists: dict[str, list[str]] = {}
    for field in fields:
        above, _, name = field.rpartition(".")
        lists.setdefault(above, []).append(name)
    selected = [*lists.pop("", []), *(f"{above} {{ {' '.join(names)} }}" for above, names in lists.items())]
    return f"query Fields($ids: [String!]!) {{ persons(ids: $ids) {{ person {{ {' '.join(selected)} }} }} }}"


def departments_document(departments: int) -> str:
    """A document that asks so many departments about a person."""
    parts = list(PARTS[:departments])
    last = parts.pop() if departments == len(PARTS) else ""
    selected = " ".join(parts).replace("%s", last)
    return f"query Departments($id: CitizenId!) {{ person(id: $id) {{ {selected} }} }}"


async def _least(
    inside: Inside, points: Sequence[Point], numbers: Iterator[int], rounds: int
) -> tuple[tuple[int, float], ...]:
    """The least CPU of some rounds for each point, milliseconds, after one round to get warm."""
    requests = [one.requests(numbers) for one in points]
    measured = [[await inside.cpu_of(one) for one in requests] for _ in range(rounds + 1)][1:]
    return tuple(
        (point.at, min(costs) * 1e3) for point, costs in zip(points, zip(*measured, strict=True), strict=True)
    )


async def _ask_all(inside: Inside, point: Point, numbers: Iterator[int]) -> None:
    """Let each caller ask once, as it would have on any other day."""
    requests = point.requests(numbers)
    for _ in point.keys:
        await inside.ask(*next(requests))


async def _over_city(
    folder: Path, size: tuple[int | None, int], numbers: Iterator[int], rounds: int
) -> tuple[int, float]:
    departments, resources = size
    home = folder / f"city{resources}"
    if departments is None:
        write_catalogue(home, "memory", "")
    else:
        write_city(home, departments, resources)
    async with serve_inside(home, folder / f"state{resources}") as inside:
        (found,) = await _least(inside, [Point(resources, FIVE.document)], numbers, rounds)
    return found


if __name__ == "__main__":
    main()
