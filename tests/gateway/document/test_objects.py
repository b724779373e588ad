"""Filters and orders of many terms: bounded before they cost, in documents, in variables and at every place."""

from typing import Any

import pytest

from gateway.document.objects import MAX_OBJECTS
from gateway.plan.arguments import MAX_TERMS
from tests.cities import harbour_rows as rows
from tests.kit import open_city

WITH_FILTER = """query($who: CitizenId!, $where: TransportQualificationWhere) {
  person(id: $who) { qualifications(where: $where) { number } } }"""
WITH_ORDER = """query($who: CitizenId!, $order: [TransportQualificationOrder!]) {
  person(id: $who) { qualifications(orderBy: $order) { number } } }"""


def any_of(terms: int) -> dict[str, Any]:
    """A filter of one object and two for each term, which all rows pass."""
    return {"or": [{"number": {"ne": "none"}}] * terms}


async def asked(document: str, **variables: Any) -> Any:
    body = await open_city().ask(document, {"who": rows.ZHANG, **variables})
    if "errors" in body:
        return body["errors"][0]["extensions"]["code"]
    return [row["number"] for row in body["data"]["person"]["qualifications"]]


async def test_objects_of_variables_are_bounded() -> None:
    most = MAX_OBJECTS // 2
    assert await asked(WITH_FILTER, where=any_of(most - 1)) == ["Q-1", "Q-2", "Q-3"]
    assert await asked(WITH_FILTER, where=any_of(most)) == "LIMIT_EXCEEDED"
    assert await asked(WITH_ORDER, order=[{"number": "DESC"}] * MAX_OBJECTS) == ["Q-3", "Q-2", "Q-1"]
    assert await asked(WITH_ORDER, order=[{"number": "DESC"}] * (MAX_OBJECTS + 1)) == "LIMIT_EXCEEDED"


async def test_they_are_counted_before_any_is_read() -> None:
    """What is wrong with them would be said of each."""
    assert await asked(WITH_FILTER, where={"or": [{"number": 5}] * MAX_OBJECTS}) == "LIMIT_EXCEEDED"
    assert await asked(WITH_FILTER, where={"or": [[[{}] * MAX_OBJECTS]]}) == "LIMIT_EXCEEDED"
    assert await asked(WITH_FILTER, where={"or": [{"number": 5}]}) == "BAD_INPUT"


async def test_a_list_of_values_is_one_operand() -> None:
    many = [f"N-{number}" for number in range(10 * MAX_OBJECTS)]
    assert await asked(WITH_FILTER, where={"number": {"in": [*many, "Q-2"]}}) == ["Q-2"]


@pytest.mark.parametrize("terms", [MAX_OBJECTS // 2 - 1, MAX_OBJECTS // 2])
async def test_objects_of_a_document_are_bounded(terms: int) -> None:
    written = "{ number: { ne: none } } " * terms
    document = f"query($who: CitizenId!) {{ person(id: $who) {{ qualifications(where: {{ or: [{written}] }}) {{ number }} }} }}"
    found = await asked(document.replace("none", '"none"'))
    assert found == (["Q-1", "Q-2", "Q-3"] if terms < MAX_OBJECTS // 2 else "LIMIT_EXCEEDED")


async def test_terms_are_counted_at_each_place_that_they_are_asked_for_at() -> None:
    terms = MAX_OBJECTS // 2 - 1
    at_one = 2 * terms + 1
    fits = MAX_TERMS // at_one
    for places, refused in ((fits, False), (fits + 1, True)):
        fields = " ".join(
            f"a{n}: qualifications(where: $where, first: {n + 1}) {{ number }}" for n in range(places)
        )
        document = f"query($who: CitizenId!, $where: TransportQualificationWhere) {{ person(id: $who) {{ {fields} }} }}"
        body = await open_city().ask(document, {"who": rows.ZHANG, "where": any_of(terms)})
        codes = [error["extensions"]["code"] for error in body.get("errors", ())]
        assert codes == (["LIMIT_EXCEEDED"] if refused else [])
