"""What is meant to hurt: CPU of the server until it refuses (or answers) each, over every transport."""

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import uvloop

from benchmarks.big_catalogue import write_city
from benchmarks.catalogue import write_plugin
from benchmarks.city import FIVE
from benchmarks.field import start_jutong
from benchmarks.load import ask
from benchmarks.machine import describe_machine
from benchmarks.processes import OTHER_CORE, ROOT, Process, pin
from benchmarks.report import machine_line, put_section, table
from benchmarks.transports import TRANSPORTS
from benchmarks.world import person_id

RESULTS = ROOT / "var" / "bench" / "hostile.json"
DOUBLINGS = 30
BATCH = 10_000
TERM = '{ category: { eq: "C1" } } '


@dataclass(frozen=True)
class Cost:
    """What one document cost over one transport, with a connection of its own each time."""

    document: str
    transport: str
    bytes: int
    answer: str
    """Code of the refusal, or `answered`."""
    cpu_seconds: float
    """Median of new texts."""
    again_cpu_seconds: float
    """Per request, of the same text again and again."""


def documents() -> Mapping[str, str]:
    """The documents, by what they do."""
    person = f'person(id: "{person_id(0)}")'
    lists = " ".join(f"a{n}: qualifications(first: {n + 1}) {{ number }}" for n in range(60))
    doubling = " ".join(
        f"fragment f{n} on Person {{ ...f{n - 1} ...f{n - 1} }}" for n in range(1, DOUBLINGS + 1)
    )
    return {
        "an honest one: five fields": f"{{ {person} {{ name sex birthDate insurances {{ kind status }} }} }}",
        "200,000 tokens": "{ " + "a " * 200_000 + "}",
        "3,000 aliases": "{ " + " ".join(f"a{n}: {person} {{ name }}" for n in range(3_000)) + " }",
        "400 aliases": ("{ " + " ".join(f"a{n}: {person} {{ name }}" for n in range(400)) + " }"),
        "120 lists of two persons": (f"{{ a: {person} {{ {lists} }} b: {person} {{ {lists} }} }}"),
        "the catalogue 50 times": (
            "{ " + " ".join(f"a{n}: catalogue {{ nodes {{ items {{ name }} }} }}" for n in range(50)) + " }"
        ),
        "600 pages of the catalogue": (
            "{ catalogue { " + " ".join(f"a{n}: nodes {{ code }}" for n in range(600)) + " } }"
        ),
        "one field 1,500 times": f"{{ {person} {{ {'name ' * 1_500} }} }}",
        f"fragments that double {DOUBLINGS} times": (
            f"{{ {person} {{ ...f{DOUBLINGS} }} }} fragment f0 on Person {{ name }} {doubling}"
        ),
        "a fragment of 4,000 fields that nothing spreads": (
            f"{{ {person} {{ name }} }} fragment f on Person {{ {'name ' * 4_000} }}"
        ),
        "700 fragments of one name": f"{{ {person} {{ ...f }} }} {'fragment f on Person { name } ' * 700}",
        "an object of 1,600 fields": (
            f"{{ persons(ids: {{ {' '.join(f'a{n}: 1' for n in range(1_600))} }}) {{ name }} }}"
        ),
        "a typo on a type with 1,800 fields": (
            f"{{ {person} {{ bureau00 {{ resourze0001 {{ item00 }} }} }} }}"
        ),
        "20 typos on it": (
            f"{{ {person} {{ bureau00 {{ " + " ".join(f"resourze{n:04d}" for n in range(20)) + " } } }"
        ),
        "a filter of 500 terms": (
            f"{{ {person} {{ qualifications(where: {{ or: [{TERM * 500}] }}) {{ category }} }} }}"
        ),
        "1,000 levels": "{ a " * 1_000 + "}" * 1_000,
    }


def requests() -> Mapping[str, Callable[[int], bytes]]:
    """The bodies by what they do, each unlike those of other numbers."""

    def one(text: str) -> Callable[[int], bytes]:
        return lambda number: orjson.dumps({"query": f"{text} # {number}"})

    def batch(number: int) -> bytes:
        request = orjson.dumps({"query": f"{{ catalogue {{ total }} }} # {number}"})
        return b"[" + b",".join([request] * BATCH) + b"]"

    def given(where: Any) -> Callable[[int], bytes]:
        text = "query($id: CitizenId!, $where: TransportQualificationWhere) { person(id: $id) {"
        text += " qualifications(where: $where) { category } } }"
        variables = {"id": person_id(0), "where": where}
        return lambda number: orjson.dumps({"query": f"{text} # {number}", "variables": variables})

    return {
        **{what: one(text) for what, text in documents().items()},
        "a variable with a filter of 20,000 terms": given({"or": [{"category": {"eq": "C1"}}] * 20_000}),
        "a wrong variable of 240,000 characters": given({"or": " has invalid value: A: a" * 10_000}),
        f"a batch of {BATCH:,}": batch,
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--keep-docs", action="store_true")
    given = parser.parse_args()
    pin(os.getpid(), OTHER_CORE)
    machine = describe_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plugin = write_plugin(folder / "plugin")
        server = start_jutong(write_city(folder / "city"), folder / "state", plugin)
        try:
            uvloop.run(ask(server.port, FIVE.body(0)))
            costs = [
                _cost(server, what, transport, make, given.times)
                for what, make in requests().items()
                for transport in TRANSPORTS
            ]
        finally:
            server.stop()
    results: dict[str, Any] = {
        "machine": {**machine, "load_after": round(os.getloadavg()[0], 2)},
        "costs": [asdict(one) for one in costs],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    head = ["document", "bytes", "answer", *(h for name in TRANSPORTS for h in (f"{name}, ms", "again"))]
    rows = [row_of([one for one in costs if one.document == what]) for what in requests()]
    text = "\n".join([machine_line(results["machine"]), "", *table(head, rows)])
    print(text)
    if not given.keep_docs:
        put_section(ROOT / "docs" / "performance.md", "hostile", text)


def row_of(costs: list[Cost]) -> list[str]:
    """A document over each transport; an answer that is another there is said with its transport."""
    first, *others = costs
    answers = [
        first.answer,
        *(f"{one.transport}: {one.answer}" for one in others if one.answer != first.answer),
    ]
    figures = [
        f"{seconds * 1e3:.1f}" for one in costs for seconds in (one.cpu_seconds, one.again_cpu_seconds)
    ]
    return [first.document, f"{first.bytes:,}", "; ".join(answers), *figures]


def _cost(server: Process, what: str, transport: str, make: Callable[[int], bytes], times: int) -> Cost:
    new, answer = [], ""
    start = list(TRANSPORTS).index(transport) * times  # no text is one that another transport has brought
    for number in range(start, start + times):
        before = server.cpu_seconds()
        answer = uvloop.run(TRANSPORTS[transport](server.port, make(number)))
        new.append(server.cpu_seconds() - before)
    body = make(start)
    before = server.cpu_seconds()
    for _ in range(times):
        uvloop.run(TRANSPORTS[transport](server.port, body))
    again = (server.cpu_seconds() - before) / times
    return Cost(what, transport, len(body), answer, median(new), again)


if __name__ == "__main__":
    main()
