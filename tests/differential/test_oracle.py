"""Random documents: both assemblers, with and without pushdown, answer as the oracle does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import pytest
from graphql import GraphQLScalarType
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from connectors.memory import KIND
from schema.catalogue.model import Catalogue
from schema.catalogue.read import compile_declarations
from schema.policy.caller import Caller
from schema.policy.model import Policy
from tests.cities import harbour_rows as rows
from tests.cities import shore_rows
from tests.differential.documents import Asked, documents, twins
from tests.differential.generated import generate_city
from tests.differential.oracle import Oracle
from tests.kit import (
    ALL,
    ANONYMOUS,
    ARCHIVE,
    DESK,
    FILING,
    NOTHING,
    NOW,
    PSEUDONYMS,
    STRANGER,
    City,
    open_catalogue,
    read_city,
)

VALUES = {
    "CitizenId": [
        f'"{i}"'
        for i in (
            rows.ZHANG,
            rows.LI,
            rows.X_CHECK,
            rows.CHILD,
            rows.PROTECTED,
            rows.UNKNOWN,
            rows.MISTAKEN,
            rows.CORRECTED,
            rows.FIRST,
            rows.TORN,
            rows.ONCE_PROTECTED,
        )
    ],
    "CreditCode": [f'"{i}"' for i in (rows.FLEET, rows.SHOP, rows.SOCIETY, rows.MERGED)],
    "String": [
        '"a"',
        '"b"',
        '"s1"',
        '"t1"',
        '"张伟"',
        '"ROAD_FREIGHT"',
        '"P-1"',
        f'"{rows.OLD_NUMBER}"',
        '"渝DEM001"',
        '"渝DEM002"',
        '"DEM000129"',
        '"A"',
        '""',
    ],
    "Int": ["2", "6", "2024"],
    "Decimal": ['"100.50"', '"12345.67"', '"0"'],
    "Date": ['"2026-06-30"', '"2012-03-12"', '"1985-02-14"'],
    "Boolean": ["true", "false"],
}
AREAS = [
    {"type": "Polygon", "coordinates": [shore_rows.SQUARE, shore_rows.LAGOON]},
    {"type": "Polygon", "coordinates": [[[109.9, 19.9], [110.1, 20.1], [110.1, 19.9], [109.9, 19.9]]]},
    {
        "type": "MultiPolygon",
        "coordinates": [[shore_rows.LAGOON], [[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]]],
    },
]
SHORE_VALUES = VALUES | {
    "String": ['"W1"'] * 6 + ['"W2"', '"W3"', '"W4"', '"a"'],
    "Int": ["1990", "2001"],
    "Decimal": ['"110"', '"20.1"'],
    "Longitude": ["110", '"110.05"', "110.1", "-180", '"179.9"', "-179.9"],
    "Latitude": ["20", '"20.1"', "20.2", "-16.5", "-17"],
    "Metres": ["1", "300", "5228", "5230", "200000"],
    "GeoJSON": [orjson.dumps(orjson.dumps(area).decode()).decode() for area in AREAS],
}
WRONG_IDS = ["500000850214001", "50000019900101018x", "123", "500000198502140018"]
CALLERS = {
    "desk": DESK,
    "stranger": STRANGER,
    "anonymous": ANONYMOUS,
    "archive": ARCHIVE,
    "filing": FILING,
}
APP = replace(DESK, application="app", department="d0")
"""Holds the random grants of a generated city."""

PROTECTED = frozenset({PSEUDONYMS.subject("Person", (rows.PROTECTED,))})
Tables = Mapping[str, Sequence[Mapping[str, Any]]]


class Trial:
    """One city, opened with and without pushdown, and the oracle for it."""

    def __init__(self, catalogue: Catalogue, policy: Policy, tables: Tables) -> None:
        self._cities = {
            name: open_catalogue(catalogue, policy, capabilities, tables)
            for name, capabilities in (("pushed", ALL), ("unpushed", NOTHING))
        }
        self._oracle = partial(
            Oracle, catalogue, policy, tables, pseudonyms=PSEUDONYMS, today=NOW.date(), protected=PROTECTED
        )
        made = [resource.collection for resource in catalogue.resources.values()]
        self._collections = [collection.field for collection in made if collection]
        self._oracles: dict[Caller, Oracle] = {}

    def oracle(self, caller: Caller) -> Oracle:
        if caller not in self._oracles:
            self._oracles[caller] = self._oracle(caller=caller)
        return self._oracles[caller]

    async def hold(self, asked: Asked, caller: Caller) -> None:
        """Every way to answer a document gives what the oracle gives."""
        document, variables = asked
        oracle = self.oracle(caller)
        expected_data, expected_errors = oracle.run(document, variables)
        through_core = document.replace("{", "{ catalogue { __typename } ", 1)
        ways = [("pushed", document), ("pushed", through_core)]
        if not any(name in document for name in self._collections):  # pages are all the source's work
            ways.append(("unpushed", document))
        for run, text in ways:
            city = self._cities[run]
            city.record.events.clear()
            body = await city.ask(text, variables, caller)
            assert "data" in body, (document, body)
            answered = body["data"]
            answered.pop("catalogue", None)
            assert plain(expected_data) == answered, (run, document)
            assert list(expected_data) == list(answered)
            assert expected_errors == errors_in(body), (run, document)
            assert unrecorded(oracle, city) == set(), (run, document)


HARBOUR = Trial(*read_city("harbour"), rows.TABLES)
USED, FRESH = (open_catalogue(*read_city("harbour"), ALL, rows.TABLES) for _ in range(2))
SHORE = Trial(*read_city("shore"), shore_rows.TABLES)
thorough = partial(
    settings,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", CALLERS)
@thorough(max_examples=150)
@given(data=st.data())
async def test_random_documents_answer_as_the_oracle_does(name: str, data: st.DataObject) -> None:
    caller = CALLERS[name]
    document = data.draw(documents(HARBOUR.oracle(caller).schema, VALUES, WRONG_IDS))
    await HARBOUR.hold(document, caller)


@pytest.mark.parametrize("name", ["desk", "stranger", "anonymous"])
@thorough(max_examples=80)
@given(data=st.data())
async def test_random_documents_find_what_stands_where_the_oracle_does(
    name: str, data: st.DataObject
) -> None:
    caller = CALLERS[name] if name != "desk" else replace(DESK, department="harbour")
    schema = SHORE.oracle(caller).schema
    await SHORE.hold(data.draw(documents(schema, SHORE_VALUES, WRONG_IDS)), caller)


@pytest.mark.parametrize("caller", [APP, ANONYMOUS], ids=["app", "anonymous"])
@thorough(max_examples=40)
@given(seed=st.integers(0, 1_000_000), data=st.data())
async def test_random_cities_answer_as_the_oracle_does(
    caller: Caller, seed: int, data: st.DataObject
) -> None:
    made = generate_city(seed)
    checked = compile_declarations(made.texts, {"memory": KIND}, {})
    assert checked.problems == ()
    trial = Trial(checked.catalogue, made.policy, made.tables)
    assume(trial.oracle(caller).roots)  # nothing at all may be open
    for _ in range(5):
        await trial.hold(data.draw(documents(trial.oracle(caller).schema, VALUES, WRONG_IDS)), caller)


@pytest.mark.parametrize("name", ["desk", "anonymous"])
@thorough(max_examples=50)
@given(data=st.data())
async def test_no_document_is_answered_as_another_was(name: str, data: st.DataObject) -> None:
    """What a gateway has read before changes nothing: each twin is answered as by one that has read nothing."""
    caller = CALLERS[name]
    document, variables = data.draw(documents(HARBOUR.oracle(caller).schema, VALUES, WRONG_IDS))
    pair = data.draw(st.permutations([document, data.draw(twins(document, VALUES))]))
    for text in (*pair, pair[0]):
        FRESH.gateway.snapshot.view(caller.audience).documents.known.clear()
        fresh = await FRESH.answer(text, variables, caller)
        assert await USED.answer(text, variables, caller) == fresh, text


async def test_no_record_behind_an_index_that_was_cut_says_so() -> None:
    made = generate_city(28971)
    checked = compile_declarations(made.texts, {"memory": KIND}, {})
    trial = Trial(checked.catalogue, made.policy, made.tables)
    nothing = '{ x: r1Via(where: {word: {eq: "张伟"}}) { tone } }'
    document = f'{{ person(id: "50000019900101018x") {{ d1 {nothing} _states {{ state }} }} }}'
    await trial.hold((document, {}), ANONYMOUS)
    data, _ = trial.oracle(ANONYMOUS).run(document, {})
    assert [row["state"] for row in plain(data)["person"]["_states"]] == ["NO_RECORD", "TRUNCATED"]


def unrecorded(oracle: Oracle, city: City) -> set[str]:
    """Resources and subjects that an answer told of and the record does not name."""
    resources = oracle.catalogue.resources
    told, named = oracle.resources_told, oracle.subjects_told
    if oracle.caller.audience == "open" and not any(resources[code].is_personal for code in told):
        return set()  # nothing is kept of what is nobody's
    events = city.record.events
    items = {item for event in events for item in event.items}
    read = {code for code in told if any(item.startswith((f"{code}.", f"{code}:")) for item in items)}
    return (told - read) | named.difference(*(event.subjects for event in events))


def plain(data: Any) -> Any:
    return orjson.loads(orjson.dumps(data))


def errors_in(body: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((e["extensions"]["pattern"], e["extensions"]["code"]) for e in body.get("errors", ()))


def test_every_scalar_has_values_to_draw() -> None:
    used = {
        name
        for caller in CALLERS.values()
        for name, type_ in HARBOUR.oracle(caller).schema.type_map.items()
        if isinstance(type_, GraphQLScalarType)
    }
    assert used - {"ID", "DateTime"} <= set(VALUES)
