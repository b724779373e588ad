"""What is asked of a service's filter: true for the same rows, whatever it thinks of empty values."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from pydantic import ValidationError

from connectors.graphql.driver import GraphQLConnector
from connectors.graphql.filter import FilterWriter
from connectors.graphql.settings import GraphQLFilter, GraphQLOrigin, GraphQLSettings
from connectors.requests import KeyBinding, Load
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Not, Or, Predicate
from tests.conformance.town import ANNA, citizen
from tests.connectors.graphql.asked import LIST, connector_to, declared
from tests.connectors.graphql.test_declared import serving
from tests.connectors.http.declared import NO

OPERATORS = {
    "eq": "_eq", "ne": "_neq", "lt": "_lt", "ge": "_gte", "le": "_lte", "gt": "_gt",
    "contains": "text.has", "isNull": "{}_missing",
}  # fmt: skip
FILTER = {"variable": "where", "operators": OPERATORS, "columns": {"name": "label"}}
WHERE = {
    "query": "query ($keys: [ID!]!, $where: Where) { list(keys: $keys, where: $where) { __typename } }",
    "filter": FILTER,
}
SIZE, NAME = "size", "name"
NOT_EMPTY = {"size_missing": False}


def resource() -> Resource:
    """`no` may be stored with 18 or 15 digits; `old` with 15 only, which nobody born in 2001 has."""
    made = declared(WHERE, NO)
    no = replace(made.items["no"], codec=make_codec("CitizenId", stored=("18", "15")))
    old = replace(no, name="old", column="old", codec=make_codec("CitizenId", stored=("15",)))
    return replace(made, items={**made.items, "no": no, "old": old})


EQ, NE = Compare(SIZE, "eq", 7), Compare(SIZE, "ne", 7)
YOUNG = citizen("20010203", 1)
SHORT = f"{ANNA[:6]}{ANNA[8:17]}"
CASES: dict[str, tuple[Predicate, Any]] = {
    "equal": (EQ, {"size": {"_eq": 7}}),
    "a member of its own": (Compare(NAME, "eq", "x"), {"label": {"_eq": "x"}}),
    "a path of its own": (Compare(NAME, "contains", "x"), {"label": {"text": {"has": "x"}}}),
    "empty": (Compare(SIZE, "isNull", True), {"size_missing": True}),
    "not empty": (Not(Compare(SIZE, "isNull", True)), NOT_EMPTY),
    "a negation is the opposite": (Not(EQ), {"size": {"_neq": 7}}),
    "twice negated": (Not(Not(EQ)), {"size": {"_eq": 7}}),
    "not less": (Not(Compare(SIZE, "lt", 7)), {"size": {"_gte": 7}}),
    "not held by anything that is there": (
        Not(Compare(NAME, "contains", "x")),
        {"and": [{"not": {"label": {"text": {"has": "x"}}}}, {"label_missing": False}]},
    ),
    "several stored forms": (
        Compare("no", "eq", ANNA), {"or": [{"no": {"_eq": ANNA}}, {"no": {"_eq": SHORT}}]},
    ),
    "neither stored form": (
        Compare("no", "ne", ANNA), {"and": [{"no": {"_neq": ANNA}}, {"no": {"_neq": SHORT}}]},
    ),
    "no form at all": (Compare("old", "eq", YOUNG), False),
    "anything but what it cannot hold": (Compare("old", "ne", YOUNG), {"old_missing": False}),
    "among none": (Compare(SIZE, "in", ()), False),
    "not among none": (Not(Compare(SIZE, "in", ())), True),
    "among what is unknown": (Compare(SIZE, "in", (None, 7)), {"size": {"_eq": 7}}),
    "not among what is unknown": (Not(Compare(SIZE, "in", (None, 7))), False),
    "compared with nothing": (Compare(SIZE, "lt", None), False),
    "neither is compared with nothing": (Not(Compare(SIZE, "eq", None)), False),
    "all": (And((EQ, NE)), {"and": [{"size": {"_eq": 7}}, {"size": {"_neq": 7}}]}),
    "all of nothing": (And(()), True),
    "any of nothing": (Or(()), False),
    "not all": (Not(And((EQ, NE))), {"or": [{"size": {"_neq": 7}}, {"size": {"_eq": 7}}]}),
    "what is never true is left out of any": (Or((EQ, Compare(SIZE, "eq", None))), {"size": {"_eq": 7}}),
    "and ends all": (And((EQ, Compare(SIZE, "eq", None))), False),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_predicate_is_written_as_the_service_reads_it(name: str) -> None:
    predicate, expected = CASES[name]
    assert FilterWriter(GraphQLFilter.model_validate(FILTER), resource()).write(predicate) == expected


async def test_operands_travel_in_variables_and_what_nobody_passes_is_not_asked() -> None:
    of, binding = declared(WHERE, NO), KeyBinding((NO,), (None,))
    async with serving({"list_0": []}) as service:
        connector = connector_to(service.url, of)
        load = Load(of, binding, (("A",),), ("no",), _soon(), predicate=Compare(NAME, "eq", "secret"))
        assert (await connector.load(load)).entries == ((),)
        assert (await connector.load(structs.replace(load, predicate=Or(())))).entries == ((),)
        assert (await connector.load(structs.replace(load, predicate=And(())))).entries == ((),)
        await connector.aclose()
    asked, everything = service.bodies
    assert asked["variables"] == {"where": {"label": {"_eq": "secret"}}, "keys_0": ["A"]}
    assert asked["query"] == everything["query"]
    assert "secret" not in asked["query"]
    assert everything["variables"] == {"keys_0": ["A"]}


def operators_of(origin: dict[str, Any]) -> frozenset[str]:
    """What a connector promises of a resource with this origin."""
    settings = GraphQLSettings(endpoint="http://127.0.0.1:1/graphql")
    return GraphQLConnector(settings, (declared(origin, NO),)).capabilities.operators


def test_operators_are_promised_where_every_column_can_be_filtered_by() -> None:
    assert operators_of(WHERE) == {*OPERATORS, "in"}
    assert operators_of(LIST) == frozenset()
    moved = {**WHERE, "fields": {"size": "box.size"}}
    assert operators_of(moved) == frozenset()
    assert operators_of({**moved, "filter": {**FILTER, "columns": {"size": "boxSize"}}}) == {*OPERATORS, "in"}


def test_a_page_is_filtered_too_or_nothing_is_promised() -> None:
    scan = "query ($where: Where) { all(where: $where) { __typename } }"
    assert operators_of({**WHERE, "scan": {"query": scan}}) == frozenset()
    fewer = {**FILTER, "operators": {"isNull": "isNull", "eq": "eq", "ne": "ne"}}
    assert operators_of({**WHERE, "scan": {"query": scan, "filter": fewer}}) == {"isNull", "eq", "ne", "in"}


@pytest.mark.parametrize(
    ("operators", "told"),
    [
        ({"eq": "eq", "isNull": "isNull"}, "eq and ne"),
        ({"lt": "lt", "isNull": "isNull"}, "lt and ge"),
        ({"gt": "gt", "isNull": "isNull"}, "le and gt"),
        ({"eq": "eq", "ne": "ne"}, "isNull"),
        ({"in": "in", "isNull": "isNull"}, "eq with in"),
    ],
)
def test_an_operator_without_its_opposite_is_refused(operators: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        GraphQLOrigin.model_validate({**WHERE, "filter": {**FILTER, "operators": operators}})
    assert told in str(caught.value)


def test_a_filter_without_its_variable_is_refused() -> None:
    with pytest.raises(ValidationError):
        GraphQLOrigin.model_validate({**LIST, "filter": FILTER})


def _soon() -> float:
    return asyncio.get_running_loop().time() + 5
