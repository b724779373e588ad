"""Collections: paging to the end, and cursors that are good for nothing else."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from msgspec import structs

from connectors.memory import MemoryConnector
from connectors.requests import Scan
from connectors.results import Page
from tests.cities.harbour_rows import TABLES
from tests.kit import ALL, ANONYMOUS, DESK, City, open_city

PAGE = """query($after: String, $first: Int) {
  penaltyRecords(orderBy: [{ fact: DESC }], first: $first, after: $after) {
    totalCount edges { cursor node { decisionNo } } pageInfo { hasNextPage hasPreviousPage endCursor }
  } }"""
NUMBERS = [row["DECISION_NO"] for row in TABLES["market.penalty"]]


async def page(city: City, **variables: Any) -> dict[str, Any]:
    body = await city.ask(PAGE, variables)
    assert "errors" not in body
    found: dict[str, Any] = body["data"]["penaltyRecords"]
    return found


@pytest.mark.parametrize("first", [1, 2, 5, 6, 50])
async def test_pages_lead_through_every_row_once(first: int) -> None:
    city, seen, after = open_city(), [], None
    while True:
        found = await page(city, first=first, after=after)
        assert found["totalCount"] == len(NUMBERS)
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        seen += [edge["node"]["decisionNo"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == NUMBERS


async def test_one_can_go_on_after_any_row() -> None:
    city = open_city()
    for position, edge in enumerate((await page(city, first=50))["edges"]):
        rest = await page(city, first=50, after=edge["cursor"])
        assert [one["node"]["decisionNo"] for one in rest["edges"]] == NUMBERS[position + 1 :]


async def test_the_ends_of_a_page_are_the_cursors_of_its_first_and_last_edge() -> None:
    """As the connection specification of Relay has it, whatever stands first in the document."""
    document = """{ penaltyRecords(first: 3) {
      pageInfo { startCursor endCursor } edges { cursor } again: edges { cursor } } }"""
    found = (await open_city().ask(document))["data"]["penaltyRecords"]
    assert found["edges"] == found["again"]
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert found["pageInfo"] == {"startCursor": cursors[0], "endCursor": cursors[-1]}


async def test_a_cursor_is_good_for_one_caller_and_one_list() -> None:
    city = open_city()
    cursor = (await page(city, first=1))["pageInfo"]["endCursor"]
    assert NUMBERS[0] not in cursor
    other = replace(DESK, application="other")
    asked = [
        (PAGE, {"after": cursor}, other),
        (PAGE, {"after": cursor[:-4] + "AAAA"}, DESK),
        (PAGE, {"after": "nonsense"}, DESK),
        (PAGE.replace("[{ fact: DESC }]", "[]"), {"after": cursor}, DESK),
        ("query($after: String) { taxpayers(after: $after) { nodes { grade } } }", {"after": cursor}, DESK),
    ]
    for document, variables, caller in asked:
        answer = await city.answer(document, variables, caller)
        assert answer.status == 400
        assert b"no cursor of this list" in answer.body
    assert len(city.sources["marketDb"].calls) == 1


async def test_everyone_sees_the_rows_that_are_open() -> None:
    city = open_city()
    body = await city.ask("{ taxpayers { nodes { grade } } }", caller=ANONYMOUS)
    assert body["data"]["taxpayers"]["nodes"] == [{"grade": "A"}]
    body = await city.ask("{ taxpayers { nodes { grade } } }")
    assert body["data"]["taxpayers"]["nodes"] == [{"grade": "A"}, {"grade": "B"}]


async def test_links_lead_out_of_a_page_in_one_call_for_all_rows() -> None:
    city = open_city()
    body = await city.ask(
        """{ companies { nodes { name legalRepresentative { __typename
             ... on Enterprise { name penalties { decisionNo } } ... on Person { name } } } }
           again: companies { nodes { name } } }"""
    )
    fleet, shop = body["data"]["companies"]["nodes"]
    assert fleet["legalRepresentative"] == {"__typename": "Person", "name": "张伟"}
    assert shop["legalRepresentative"]["name"] == fleet["name"] == "港城运输集团"
    assert len(shop["legalRepresentative"]["penalties"]) == 3
    asked = [load.resource.code for load in city.loads]
    assert sorted(asked) == [
        "market.company",
        "market.company",
        "market.penalty",
        "registry.household",
    ]


async def test_a_total_is_there_only_where_it_was_declared() -> None:
    schema = open_city(ALL).gateway.snapshot.closed.schema
    assert "totalCount" in schema.type_map["MarketPenaltyConnection"].fields  # type: ignore[attr-defined] # an object type
    assert "totalCount" not in schema.type_map["MarketTaxConnection"].fields  # type: ignore[attr-defined] # an object type


@pytest.mark.parametrize("place", [time(8), timedelta(hours=8), 2**70, "\ud800"])
async def test_a_place_that_no_cursor_can_hold_loses_its_own_list_alone(place: Any) -> None:
    class Odd(MemoryConnector):
        async def scan(self, scan: Scan) -> Page:
            page = await super().scan(scan)
            return structs.replace(page, cursors=tuple((place,) for _ in page.rows))

    city = open_city()
    city.gateway.connector = lambda _name: Odd(TABLES, capabilities=ALL)
    body = await city.ask("""{ taxpayers { nodes { grade } }
      penaltyRecords { nodes { decisionNo } pageInfo { endCursor } } }""")
    assert body["data"] == {"taxpayers": {"nodes": [{"grade": "A"}, {"grade": "B"}]}, "penaltyRecords": None}
    assert [one["extensions"]["code"] for one in body["errors"]] == ["SOURCE_DOWN"]
