"""Plans are made once for the shape of a request, and never hold what a request brings."""

from dataclasses import replace
from typing import Any

from tests.cities import harbour_rows as rows
from tests.kit import ALL, ANONYMOUS, DESK, STRANGER, City, open_city

DOCUMENT = """query($who: CitizenId!, $first: Int, $where: TransportQualificationWhere, $named: Boolean = true) {
  person(id: $who) { name @include(if: $named) qualifications(first: $first, where: $where) { number } } }"""


def plans_made(city: City, document: str = DOCUMENT) -> int:
    return city.gateway.snapshot.closed.documents.read(document).plans.made


async def numbers(city: City, **variables: Any) -> list[str]:
    body = await city.ask(DOCUMENT, {"who": rows.ZHANG, **variables})
    return [row["number"] for row in body["data"]["person"]["qualifications"]]


async def test_operands_never_make_another_plan() -> None:
    city = open_city()
    assert await numbers(city, first=2) == ["Q-1", "Q-2"]
    assert await numbers(city, first=1) == ["Q-1"]
    assert await numbers(city, who=rows.X_CHECK, first=3) == ["Q-5"]
    assert plans_made(city) == 1


async def test_another_shape_is_another_plan() -> None:
    city = open_city()
    assert len(await numbers(city)) == 3
    assert await numbers(city, where={"points": {"ge": 3}}) == ["Q-3"]
    assert await numbers(city, where={"points": {"ge": 1}}) == ["Q-2", "Q-3"]
    assert await numbers(city, where={"number": {"in": ["Q-1", "Q-3"]}}) == ["Q-1", "Q-3"]
    assert await numbers(city, where={"number": {"in": ["Q-2"]}}) == ["Q-2"]
    assert plans_made(city) == 3
    body = await city.ask(DOCUMENT, {"who": rows.ZHANG, "named": False})
    assert "name" not in body["data"]["person"]
    assert plans_made(city) == 4


async def test_callers_share_a_plan_only_with_the_same_rights() -> None:
    city = open_city(ALL)
    document = f'query {{ person(id: "{rows.ZHANG}") {{ name }} }}'
    allowed, refused = await city.ask(document), await city.ask(document, caller=STRANGER)
    assert allowed["data"]["person"]["name"] == "张伟"
    assert refused["data"]["person"]["name"] is None
    for caller in (replace(DESK, case=None), replace(DESK, operator=None), replace(DESK, purpose="OTHER")):
        assert (await city.ask(document, caller=caller))["data"]["person"]["name"] is None
    colleague = replace(DESK, case="2026-2")
    assert (await city.ask(document, caller=colleague))["data"]["person"]["name"] == "张伟"
    assert plans_made(city, document) == 5
    assert "errors" in await city.ask(document, caller=ANONYMOUS)


async def test_a_plan_holds_nothing_that_a_request_brought() -> None:
    city = open_city()
    await numbers(city, who=rows.LI, where={"number": {"eq": "secret"}})
    plans = city.gateway.snapshot.closed.documents.read(DOCUMENT).plans
    assert plans.made == 1
    assert rows.LI not in repr(plans._plans)
    assert "secret" not in repr(plans._plans)


async def test_first_is_bounded_whatever_the_plan() -> None:
    city = open_city()
    assert await numbers(city, first=3)
    for first in (0, -1, 1_001):
        body = await city.ask(DOCUMENT, {"who": rows.ZHANG, "first": first})
        assert body["errors"][0]["extensions"]["code"] == "BAD_INPUT"
