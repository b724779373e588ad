"""What is false of every row asks nobody, whatever the source can do; what is true of every row says nothing."""

from typing import Any

import pytest

from gateway.plan.explain import explain
from tests.cities import harbour_rows as rows
from tests.kit import ALL, DESK, NOTHING, STRANGER, open_city

LIST = """query($where: TransportQualificationWhere) {
  person(id: "%s") { qualifications(where: $where) { number } } }"""
PAGE = """query($where: MarketCompanySearch) {
  companies(where: $where) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }"""
EVERY = ["Q-1", "Q-2", "Q-3"]
FALSE: list[dict[str, Any]] = [
    {"or": []},
    {"not": {"and": []}},
    {"or": [], "points": {"ge": 0}},
    {"and": [{"or": []}, {"points": {"ge": 0}}]},
    {"or": [{"or": []}, {"points": {"ge": 0}, "or": []}]},
]
TRUE: list[dict[str, Any]] = [{}, {"and": []}, {"not": {"or": []}}, {"or": [{"points": {"ge": 9}}, {}]}]


def states_of(body: dict[str, Any]) -> list[str]:
    """With every error, of which there is none here."""
    return [*body.get("errors", ()), *(one["state"] for one in body["extensions"]["states"])]


@pytest.mark.parametrize("capabilities", [ALL, NOTHING], ids=["all", "nothing"])
@pytest.mark.parametrize("where", FALSE, ids=str)
async def test_no_row_is_asked_for_under_what_is_false(capabilities: Any, where: dict[str, Any]) -> None:
    city = open_city(capabilities)
    body = await city.ask(LIST % rows.ZHANG, {"where": where})
    assert body["data"] == {"person": {"qualifications": []}}
    assert states_of(body) == ["NO_RECORD"]
    assert [load.resource.code for load in city.loads if load.resource.name == "qualification"] == []


@pytest.mark.parametrize("capabilities", [ALL, NOTHING], ids=["all", "nothing"])
@pytest.mark.parametrize("where", TRUE, ids=str)
async def test_every_row_is_given_under_what_is_true(capabilities: Any, where: dict[str, Any]) -> None:
    city = open_city(capabilities)
    body = await city.ask(LIST % rows.ZHANG, {"where": where})
    assert [row["number"] for row in body["data"]["person"]["qualifications"]] == EVERY
    assert [load.predicate for load in city.loads if load.resource.name == "qualification"] == [None]


@pytest.mark.parametrize("where", FALSE[:2], ids=str)
async def test_a_page_under_what_is_false_is_the_last(where: dict[str, Any]) -> None:
    city = open_city()
    body = await city.ask(PAGE, {"where": where})
    ends = {"hasNextPage": False, "endCursor": None}
    assert body["data"] == {"companies": {"totalCount": 0, "nodes": [], "pageInfo": ends}}
    assert states_of(body) == ["NO_RECORD"]
    assert city.loads == []


async def test_what_may_not_be_compared_is_denied_beside_what_is_false() -> None:
    """Whether there is a row would be told by what else is said."""
    city = open_city()
    document = LIST % rows.ZHANG
    body = await city.ask(document, {"where": {"or": [], "points": {"ge": 0}}}, STRANGER)
    assert body["data"]["person"]["qualifications"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["DENIED"]


@pytest.mark.parametrize("document", [LIST % rows.ZHANG, PAGE], ids=["list", "page"])
async def test_a_plan_promises_no_call_for_what_is_false(document: str) -> None:
    city = open_city()
    view = city.gateway.snapshot.view("share")
    asked = view.documents.ask(document, None, {"where": {"or": []}})
    plan, operands = city.gateway.plan(city.gateway.snapshot, view, DESK, asked, city.gateway.now())
    explained = explain(plan, operands, city.gateway.capabilities)
    assert [(one["pushed"], one["remaining"], one["calls"]) for one in explained["fetches"]] == [
        ("false", "", 0)
    ]
    assert explained["calls"] == 0
