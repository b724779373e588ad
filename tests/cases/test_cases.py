"""Golden cases: the plan, what crossed the wire, the answer and the record, side by side.

Each case runs over memory with and without pushdown, and over SQLite and HTTP. All three answer the
same; what `explain` promises (calls, hops, columns) is what the wire saw.
"""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from connectors.capabilities import Capabilities
from connectors.errors import SourceUnavailable
from connectors.registry import find_kinds
from connectors.resilience.resilient import Resilience
from connectors.stack import open_sources
from gateway.pipeline import Gateway
from gateway.plan.explain import explain, print_plan
from gateway.request import Ask
from gateway.snapshot import take_snapshot
from schema.policy.read import read_policy
from tests.cases.case import CITIES as CASE_CITIES
from tests.cases.case import FJORD, HARBOUR, Case, pretty, read_cases
from tests.cases.wire import PAUSES_SECONDS, Wire
from tests.kit import ALL, CITIES, NOTHING, NOW, KeptRecord, guards_of, open_city
from tests.patience import soon

ALL_CASES = read_cases()
every_case = pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.id)


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Wire]]:
    opened = {}
    for city in CASE_CITIES.values():
        directory = CITIES / city.name
        texts = {
            path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
            for path in directory.rglob("*.yaml")
            if "access" not in path.parts
        }
        opened[city.name] = Wire(tmp_path_factory.mktemp("wire"), texts, city.tables, city.over_http)
    yield opened
    for wire in opened.values():
        wire.close()


def test_both_catalogues_run_the_same_shapes() -> None:
    shapes = {
        city.name: {case.folder.name for case in ALL_CASES if case.city is city} for city in (HARBOUR, FJORD)
    }
    assert shapes["harbour"] == shapes["fjord"]


@every_case
async def test_over_memory_with_pushdown(case: Case) -> None:
    await run_over_memory(case, ALL, "plan.txt")


@pytest.mark.parametrize(
    "case", [c for c in ALL_CASES if not c.declared.needs_pushdown], ids=lambda case: case.id
)
async def test_over_memory_without_pushdown(case: Case) -> None:
    await run_over_memory(case, NOTHING, "plan-without-pushdown.txt")


async def run_over_memory(case: Case, capabilities: Capabilities, file: str) -> None:
    faults = {code: SourceUnavailable() for code in case.declared.down}
    city = open_city(capabilities, case.city.tables, case.city.name, faults=faults)
    explained = explained_by(city.gateway, case)
    case.compare(file, print_plan(explained) + "\n")
    answer = await ask(city.gateway, case)
    case.compare("answer.json", pretty(answer))
    check_answer(case, answer)
    check_record(case, city.record)
    assert len(city.loads) <= explained["calls"] + explained["aliasCalls"]
    promised = {(one["resource"], tuple(one["items"])) for one in explained["fetches"]}
    assert {(load.resource.code, load.items) for load in city.loads} <= promised
    assert all(one["reads"] for one in explained["fetches"]), "what is asked of a source is in the record"


@every_case
async def test_over_the_wire(case: Case, wires: Mapping[str, Wire]) -> None:
    wire, must = wires[case.city.name], case.declared.must
    wire.log.faults = frozenset(case.declared.down)
    for pause in PAUSES_SECONDS:  # who stalls can add to what waits for what, and never take from it
        wire.log.calls.clear()
        wire.log.pause_seconds = pause
        async with over_the_wire(wire, case.city.name) as (gateway, record):
            explained = explained_by(gateway, case)
            started = time.monotonic()
            answer = await ask(gateway, case)
            took = time.monotonic() - started
        if wire.log.hops() <= must.hops:
            break
    case.compare("answer.json", pretty(answer))
    case.compare("requests.txt", "".join(f"{text}\n" for text in wire.log.texts()))
    check_answer(case, answer)
    check_record(case, record)
    calls = wire.log.calls
    assert len(calls) == must.calls <= explained["calls"] + explained["aliasCalls"]
    assert wire.log.hops() == must.hops <= sum(explained[name] for name in ("hops", "aliasHops", "batchHops"))
    assert explained["hops"] == (must.promised_hops or must.hops)
    assert took >= must.hops * wire.log.pause_seconds
    promised = {
        (one["resource"], frozenset(columns))
        for one in explained["fetches"]
        for columns in [one["columns"], *one["aliasColumns"]]
    }
    assert {(call.resource, call.columns) for call in calls if call.columns} <= promised  # a count has none
    left: dict[str, set[str]] = {}
    for call in calls:
        left.setdefault(call.resource, set()).update(call.columns)
    assert left == {code: set(columns) for code, columns in must.asked.items()}


@asynccontextmanager
async def over_the_wire(wire: Wire, city: str) -> AsyncIterator[tuple[Gateway, KeptRecord]]:
    policy, problems = read_policy(CITIES / city, wire.catalogue)
    assert not tuple(problems)
    record = KeptRecord()
    with wire.listening():
        sources = open_sources(
            wire.catalogue,
            find_kinds(),
            hash_keys=lambda of, about: lambda keys: tuple(repr((about, key)) for key in keys),
            resilience=Resilience(retries=0),
        )
        try:
            yield (
                Gateway(
                    snapshot=take_snapshot(wire.catalogue, policy),
                    connector=sources.get,
                    recorder=record,
                    now=lambda: NOW,
                    **guards_of(),
                ),
                record,
            )
        finally:
            await sources.aclose()


async def ask(gateway: Gateway, case: Case) -> dict[str, Any]:
    deadline = soon()
    answer = await gateway.answer(request(case, deadline))
    body: dict[str, Any] = orjson.loads(answer.body)
    return body


def request(case: Case, deadline: float) -> Ask:
    declared = case.declared
    return Ask(
        case.document,
        case.caller,
        "r-1",
        deadline,
        variables=declared.variables,
        operation=declared.operation,
    )


def explained_by(gateway: Gateway, case: Case) -> dict[str, Any]:
    view = gateway.snapshot.view(case.caller.audience)
    asked = view.documents.ask(case.document, case.declared.operation, case.declared.variables)
    plan, operands = gateway.plan(gateway.snapshot, view, case.caller, asked, gateway.now())
    return explain(plan, operands, gateway.capabilities)


def check_answer(case: Case, answer: Mapping[str, Any]) -> None:
    must = case.declared.must
    assert answer.get("data") == must.data
    assert {
        e["extensions"].get("pattern", ""): e["extensions"]["code"] for e in answer.get("errors", ())
    } == must.errors


def check_record(case: Case, record: KeptRecord) -> None:
    events = [
        {
            "kind": event.kind,
            "operation": event.operation,
            "items": event.items,
            "subjects": event.subjects,
            "detail": event.detail,
        }
        for event in record.events
    ]
    case.compare("record.json", pretty(events))
    subjects = {one for event in record.events for one in event.subjects}
    assert len(subjects) == case.declared.must.subjects
