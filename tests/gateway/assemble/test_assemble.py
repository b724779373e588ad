"""Assembling through the front door: compiled once, bounded, and told of at the first place."""

from typing import Any

from gateway.plan.cost import CostLimits
from gateway.plan.model import Plan
from tests.cities import harbour_rows as rows
from tests.kit import City, open_city

DOCUMENT = (
    "query($who: CitizenId!, $named: Boolean = true) { person(id: $who)"
    " { name @include(if: $named) qualifications { number category categoryLabel } } }"
)


def plans(city: City, document: str) -> list[Plan]:
    cache = city.gateway.snapshot.closed.documents.read(document)[0].plans
    return [kept.planned.plan for kept in cache.kept()]


def assemblies(plan: Plan) -> dict[bool, Any]:
    """What a plan keeps compiled, by whether it is for the fast path."""
    return {key[1]: made for key, made in plan.memo.items() if key[0] == "assembly"}


async def test_a_plan_is_compiled_once_for_each_assembler() -> None:
    city = open_city()
    for who in (rows.ZHANG, rows.LI, rows.ZHANG):
        await city.ask(DOCUMENT, {"who": who})
    (plan,) = plans(city, DOCUMENT)
    assert set(assemblies(plan)) == {True}
    made = assemblies(plan)
    await city.ask(DOCUMENT, {"who": rows.X_CHECK})
    assert assemblies(plan)[True] is made[True]
    through_core = DOCUMENT.replace("{ person", "{ catalogue { __typename } person")
    await city.ask(through_core, {"who": rows.ZHANG})
    await city.ask(through_core, {"who": rows.LI})
    (plan,) = plans(city, through_core)
    assert set(assemblies(plan)) == {False}


async def test_a_root_that_says_its_type_stays_on_the_fast_path() -> None:
    city = open_city()
    document = (
        "query($who: CitizenId!, $no: Boolean = false) { __typename person(id: $who) { name }"
        " last: __typename ...again skipped: __typename @include(if: $no) } fragment again on Query { last: __typename }"
    )
    body = await city.ask(document, {"who": rows.ZHANG})
    (plan,) = plans(city, document)
    assert set(assemblies(plan)) == {True}
    assert list(body["data"].items()) == [
        ("__typename", "Query"),
        ("person", {"name": "张伟"}),
        ("last", "Query"),
    ]


async def test_rows_are_counted_before_they_are_made() -> None:
    """The person is 2 fields, each of the three qualifications 2: the last one goes beyond."""
    city = open_city()
    document = f'{{ person(id: "{rows.ZHANG}") {{ citizenId qualifications {{ number points }} }} }}'
    city.gateway.limits = CostLimits(max_nodes=8)
    assert "errors" not in await city.ask(document)
    city.gateway.limits = CostLimits(max_nodes=7)
    body = await city.ask(document)
    assert "data" not in body
    assert [error["message"] for error in body["errors"]] == ["The answer would have more than 7 fields."]


async def test_ids_of_a_list_are_read_once_and_may_be_a_filter_too() -> None:
    """One variable is a lenient list and the operand of a filter: each reads it in its own way."""
    city = open_city()
    document = (
        "query($ids: [String!]!) { persons(ids: $ids) { code person { citizenId"
        " qualifications(where: { number: { in: $ids } }) { number } } } }"
    )
    body = await city.ask(document, {"ids": [rows.ZHANG, "Q-1", rows.ZHANG]})
    found: list[dict[str, Any]] = body["data"]["persons"]
    assert [one["code"] for one in found] == ["OK", "MALFORMED", "DUPLICATE_OF"]
    assert found[0]["person"] == {"citizenId": rows.ZHANG, "qualifications": [{"number": "Q-1"}]}
    assert found[1]["person"] is None
    assert found[2]["person"] == found[0]["person"]


async def test_the_same_state_at_many_parents_is_one_row_with_its_first_place() -> None:
    city = open_city()
    document = "query($ids: [String!]!) { persons(ids: $ids) { person { qualifications { number } } } }"
    body = await city.ask(document, {"ids": ["123", rows.LI, rows.ZHANG, rows.CHILD]})
    (state,) = body["extensions"]["states"]
    assert state["path"] == ["persons", 1, "person", "qualifications"]
    assert state["pattern"] == "persons.*.person.qualifications"
    assert (state["state"], state["count"]) == ("NO_RECORD", 2)
