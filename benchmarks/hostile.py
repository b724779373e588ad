"""Documents that are meant to hurt: CPU of the server until it refuses (or answers) each."""

import argparse
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import orjson
import uvloop

from benchmarks.big_catalogue import write_city
from benchmarks.catalogue import write_plugin
from benchmarks.city import FIVE
from benchmarks.field import start_jutong
from benchmarks.load import Refused, ask
from benchmarks.machine import describe_machine
from benchmarks.processes import OTHER_CORE, ROOT, Process, pin
from benchmarks.report import machine_line, put_section, table
from benchmarks.world import person_id

RESULTS = ROOT / "var" / "bench" / "hostile.json"
DOUBLINGS = 30


@dataclass(frozen=True)
class Cost:
    """What one document cost."""

    document: str
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
        "a typo on a type with 1,800 fields": (
            f"{{ {person} {{ bureau00 {{ resourze0001 {{ item00 }} }} }} }}"
        ),
        "20 typos on it": (
            f"{{ {person} {{ bureau00 {{ " + " ".join(f"resourze{n:04d}" for n in range(20)) + " } } }"
        ),
        "1,000 levels": "{ a " * 1_000 + "}" * 1_000,
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
            costs = [_cost(server, what, text, given.times) for what, text in documents().items()]
        finally:
            server.stop()
    results = {
        "machine": {**machine, "load_after": round(os.getloadavg()[0], 2)},
        "costs": [asdict(one) for one in costs],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    head = ["document", "bytes", "answer", "CPU, ms", "again, ms"]
    rows = [
        [
            one.document,
            f"{one.bytes:,}",
            one.answer,
            f"{one.cpu_seconds * 1e3:.1f}",
            f"{one.again_cpu_seconds * 1e3:.1f}",
        ]
        for one in costs
    ]
    text = "\n".join([machine_line(results["machine"]), "", *table(head, rows)])
    print(text)
    if not given.keep_docs:
        put_section(ROOT / "docs" / "performance.md", "hostile", text)


def _cost(server: Process, what: str, text: str, times: int) -> Cost:
    new = []
    for number in range(times):
        before = server.cpu_seconds()
        answer = _post(server, f"{text} # {number}")
        new.append(server.cpu_seconds() - before)
    before = server.cpu_seconds()
    for _ in range(times):
        _post(server, f"{text} # {times - 1}")
    again = (server.cpu_seconds() - before) / times
    return Cost(what, len(text.encode()), answer, median(new), again)


def _post(server: Process, text: str) -> str:
    try:
        answer = uvloop.run(ask(server.port, orjson.dumps({"query": text})))
    except Refused as refused:
        return str(refused)[:80]
    errors = orjson.loads(answer).get("errors")
    return str(errors[0].get("extensions", {}).get("code", "refused")) if errors else "answered"


if __name__ == "__main__":
    main()
