"""What a variable may bring to where it stands: refused before anything is asked, and no fault of ours."""

import re
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.cities.harbour_rows import FLEET, LI, ZHANG
from tests.kit import ALL, City, open_city

PERSON = f'person(id: "{ZHANG}")'
NULLS = {
    f'query($x: CitizenId = "{LI}") {{ person(id: $x) {{ name }} }}': "Argument 'id' of type 'CitizenId!'",
    f'query($x: CitizenId = "{LI}") {{ catalogue {{ total }} person(id: $x) {{ name }} }}': "Argument 'id' of type 'CitizenId!'",
    'query($x: [String!] = ["a"]) { persons(ids: $x) { code } }': "Argument 'ids' of type '[String!]!'",
    'query($x: String = "a") { persons(ids: ["b", $x]) { code } }': "Argument 'ids' at [1] of type 'String!'",
    f'query($x: String = "a") {{\n {PERSON} {{ qualifications(where: {{ number: {{ in: [$x] }} }}) {{ number }} }} }}': "Argument 'where' at .number.in[0] of type 'String!'",
    f"query($x: Boolean = true) {{ {PERSON} {{ name @skip(if: $x) sex }} }}": "Argument 'if' of type 'Boolean!'",
    f"query($x: Boolean = true) {{ {PERSON} {{ ...F @include(if: $x) sex }} }} fragment F on Person {{ name }}": "Argument 'if' of type 'Boolean!'",
    "query($x: Boolean = true) { catalogue { total @include(if: $x) } }": "Argument 'if' of type 'Boolean!'",
}  # fmt: skip
"""Documents with `$x` in a place where no null may be, and what is said of the place."""


async def refused(city: City, document: str, variables: dict[str, Any], code: str) -> dict[str, Any]:
    """The only error of a request that is refused before anything is asked of anyone."""
    loads, events = len(city.loads), len(city.record.events)
    with capture_logs() as logged:
        assert (await city.answer(document, variables)).status == 400
    assert (logged, len(city.loads), len(city.record.events)) == ([], loads, events)
    body = await city.ask(document, variables)
    (error,) = body["errors"]
    assert ("data" in body, error["extensions"]) == (False, {"code": code})
    return dict(error)


def standing_at(document: str, location: dict[str, int]) -> str:
    """What stands at a place, to the end of the document."""
    lines = document.split("\n")[location["line"] - 1 :]
    return "\n".join(lines)[location["column"] - 1 :]


@pytest.mark.parametrize("document", NULLS)
async def test_null_where_none_may_be_is_refused_with_its_place(document: str) -> None:
    """A default lets a variable that may be null into such a place (specification, 5.8.5), and no null."""
    error = await refused(open_city(ALL), document, {"x": None}, "BAD_INPUT")
    assert error["message"] == f"{NULLS[document]}: variable '$x' must not be null."
    (place,) = error["locations"]
    assert standing_at(document, place) == document[document.rindex("$x") :]


@pytest.mark.parametrize("document", NULLS)
async def test_a_default_stands_for_what_is_left_out(document: str) -> None:
    assert "errors" not in await open_city(ALL).ask(document)


async def test_a_place_is_that_in_this_document_and_not_in_one_like_it() -> None:
    city = open_city(ALL)
    for name in ("a", "abcdef", "ab"):
        document = f'query($x: Boolean = true) {{ companies(where: {{ name: {{ ne: "{name}" }} }}) {{ totalCount @skip(if: $x) }} }}'
        assert (await city.answer(document, {"x": False})).status == 200
        error = await refused(city, document, {"x": None}, "BAD_INPUT")
        (place,) = error["locations"]
        assert standing_at(document, place).startswith("$x) }")


async def test_null_where_nothing_is_asked_is_no_mistake() -> None:
    document = f"""query($x: CitizenId = "{LI}", $all: Boolean!, $first: Int = 1) {{
        person(id: $x) @include(if: $all) {{ name }} companies(first: $first) {{ totalCount }} }}"""
    body = await open_city(ALL).ask(document, {"x": None, "all": False, "first": None})
    assert body == {"data": {"companies": {"totalCount": 2}}}


@pytest.mark.parametrize("beside", ["", "catalogue { total }", "__typename"])
async def test_null_in_a_field_of_the_schema_is_an_error_of_this_field(beside: str) -> None:
    """Whether the schema is asked for alone or beside data, the first time and again."""
    city = open_city(ALL)
    document = f'query($x: String = "Query") {{ {beside} __type(name: $x) {{ name }} }}'
    for _ in range(2):
        with capture_logs() as logged:
            body = await city.ask(document, {"x": None})
        assert logged == []
        assert body["data"]["__type"] is None
        (error,) = body["errors"]
        assert (error["path"], error["extensions"]["code"]) == (["__type"], "BAD_INPUT")
        assert "'name'" in error["message"]
        assert "'$x'" in error["message"]
    assert (await city.ask(document))["data"]["__type"] == {"name": "Query"}


async def test_null_for_whether_the_schema_is_asked_for_is_no_answer_without_an_error() -> None:
    document = "query($x: Boolean = true) { __schema @include(if: $x) { queryType { name } } }"
    body = await open_city(ALL).ask(document, {"x": None})
    assert body["data"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_INPUT"]


ONE_OF: dict[str, Any] = {
    "query($x: CitizenId) { personBy(key: { citizenId: $x }) { name } }": LI,
    f'query($x: CitizenId = "{LI}") {{ personBy(key: {{ citizenId: $x }}) {{ name }} }}': LI,
    "query($x: CreditCode) { ...F } fragment F on Query { enterpriseBy(key: { uscc: $x }) { name } }": FLEET,
    "query($x: OrderDirection) { companies(orderBy: [{ name: $x }]) { totalCount } }": "ASC",
    "query($x: OrderDirection) { companies(orderBy: { name: $x }) { totalCount } }": "DESC",
    "query($x: PassportInput) { personBy(key: { passport: $x }) { id } }": {"country": "USA", "number": "1"},
}
"""Documents with `$x`, which may be null, in a field of an object of which one field is given; a value."""


@pytest.mark.parametrize("document", ONE_OF)
async def test_a_variable_that_may_be_null_is_none_for_one_of(document: str) -> None:
    """Whatever it brings: the document is what is wrong (specification, 5.8.5)."""
    city = open_city(ALL)
    for variables in ({}, {"x": None}, {"x": ONE_OF[document]}):
        error = await refused(city, document, variables, "VALIDATION_FAILED")
        assert error["message"].startswith(
            "Variable '$x' must be non-nullable to be used for OneOf Input Object"
        )
        assert [standing_at(document, place)[:2] for place in error["locations"]] == ["$x", "$x"]
    never_null = re.sub(r"\$x: (\w+)", r"$x: \1!", document, count=1)
    assert (await city.answer(never_null, {"x": ONE_OF[document]})).status == 200


@pytest.mark.parametrize(
    "document",
    [
        "query($x: [MarketCompanySearchOrder!]) { companies(orderBy: $x) { totalCount } }",
        "query($x: MarketCompanySearchOrder!) { companies(orderBy: [$x]) { totalCount } }",
        'query($x: MarketCompanySearchOrder = { name: ASC }) { companies(orderBy: [$x]) { totalCount } }',
    ],
)  # fmt: skip
async def test_a_whole_object_of_which_one_field_is_given_may_come_in_a_variable(document: str) -> None:
    assert (await open_city(ALL).answer(document, {"x": {"name": "ASC"}})).status == 200


@pytest.mark.parametrize(
    ("literal", "told"),
    [(ZHANG, "CitizenId: expects a string."), (f'"{ZHANG[:-1]}8"', "CitizenId: check digit is wrong.")],
)
async def test_a_literal_that_is_refused_has_its_place(literal: str, told: str) -> None:
    document = f"{{\n person(id: {literal}) {{ name }} }}"
    error = await refused(open_city(ALL), document, {}, "VALIDATION_FAILED")
    assert error == {
        "message": told,
        "locations": [{"line": 2, "column": 13}],
        "extensions": {"code": "VALIDATION_FAILED"},
    }


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"number": {"eq": None}}, "number.eq"),
        ({"number": None}, "number"),
        ({"or": [{"number": {"eq": "Q-1"}}, {"points": {"gt": None}}]}, "points.gt"),
        ({"not": None}, "not"),
    ],
)
async def test_null_in_a_filter_is_refused_since_more_would_be_found(where: Any, told: str) -> None:
    city = open_city(ALL)
    document = "query($who: CitizenId!, $where: TransportQualificationWhere) { person(id: $who) { qualifications(where: $where) { number } } }"
    error = await refused(city, document, {"who": LI, "where": where}, "BAD_INPUT")
    assert error["message"].startswith(f"'where' of transport.qualification has null for '{told}'.")


async def test_a_filter_that_is_left_out_says_nothing() -> None:
    city = open_city(ALL)
    document = (
        "query($number: String) { penaltyRecords(where: { decisionNo: { eq: $number } }) { totalCount } }"
    )
    total = (await city.ask("{ penaltyRecords { totalCount } }"))["data"]
    assert (await city.ask(document))["data"] == total
    assert (await refused(city, document, {"number": None}, "BAD_INPUT"))["message"]
