"""That there are rows, how many and in which order: told where something of them may be shown, and nowhere else."""

from dataclasses import replace

import pytest

from schema.policy.caller import Caller
from schema.policy.model import Right
from tests.cities import harbour_rows as rows
from tests.gateway.authorize.lender import LENDER, grant, harbour
from tests.kit import DESK, STRANGER, City, open_city

NOTHING_OF_ROWS = [
    "__typename",
    "totalCount",
    "pageInfo { hasNextPage startCursor }",
    "edges { cursor }",
    "edges { __typename }",
    "nodes { __typename }",
    "edges { node { __typename } }",
    "totalCount edges { cursor node { __typename } }",
    "totalCount @skip(if: $yes)",
    "totalCount nodes { tradeName @skip(if: $yes) }",
    "totalCount nodes { tradeName @include(if: $no) }",
    "totalCount edges { node { ... @skip(if: $yes) { tradeName } } }",
    "totalCount nodes { ... Nothing }",
    "totalCount nodes { manager { __typename } }",
    "totalCount nodes { manager { citizenId name } }",
]
"""Ways to ask for a page that show no value of it."""
DENIED_ITEMS = ["nodes { __typename } edges { node { tradeName } }", "totalCount nodes { tradeName since }"]
FRAGMENT = "fragment Nothing on MarketProfile { ... on MarketProfile { since @skip(if: $yes) } }"


async def refused(city: City, document: str, place: str, caller: Caller = LENDER) -> None:
    """A place is null and DENIED, no source was asked, and the record says so."""
    body = await city.ask(document, caller=caller)
    found = body["data"]
    for step in place.split("."):
        found = found[step]
    assert found is None, document
    errors = {error["extensions"]["pattern"]: error["extensions"]["code"] for error in body["errors"]}
    assert errors[place] == "DENIED"
    assert city.loads == []
    assert [event.kind for event in city.record.events] == ["denial"]


def page_of(selection: str) -> str:
    fragments = FRAGMENT if "Nothing" in selection else ""
    defaults = {"$no": "false", "$yes": "true"}
    used = [f"{name}: Boolean = {value}" for name, value in defaults.items() if name in selection + fragments]
    head = f"query({', '.join(used)}) " if used else ""
    return f"{head}{{ profiles {{ {selection} }} }} {fragments}"


@pytest.mark.parametrize("selection", NOTHING_OF_ROWS + DENIED_ITEMS)
@pytest.mark.parametrize("rights", [(), ("use",), ("match",), ("use", "match")])
async def test_a_page_is_refused_to_whom_nothing_of_it_may_be_shown(
    selection: str, rights: tuple[Right, ...]
) -> None:
    city = harbour(grant("market.profile.*", rights=frozenset(rights)), grant("registry.household.*"))
    await refused(city, page_of(selection), "profiles")


@pytest.mark.parametrize("selection", NOTHING_OF_ROWS)
async def test_a_page_is_there_for_whom_something_of_it_may_be_shown(selection: str) -> None:
    city = harbour(
        grant("market.profile.since"), grant("market.profile.*", rights=frozenset({"use", "match"}))
    )
    body = await city.ask(page_of(selection), caller=LENDER)
    assert body["data"]["profiles"] is not None
    assert "market.profile:exists" in city.record.events[0].items


BESIDE_DENIED: list[tuple[str, list[str]]] = [
    ("totalCount nodes { tradeName }", ["nodes.*.tradeName"]),
    ("nodes { __typename tradeName since @skip(if: true) }", ["nodes.*.tradeName"]),
    ("nodes { __typename } edges { node { tradeName } }", ["edges.*.node.tradeName"]),
    ("edges { cursor node { tradeName since } }", ["edges.*.node.tradeName"]),
    ("edges { node { tradeName } } nodes { since }", ["edges.*.node.tradeName"]),
    ("pageInfo { hasNextPage } nodes { t: tradeName u: tradeName }", ["nodes.*.t", "nodes.*.u"]),
    ("nodes { manager { __typename } tradeName }", ["nodes.*.tradeName"]),
    ("nodes { since @skip(if: true) } edges { node { tradeName } }", ["edges.*.node.tradeName"]),
]
"""Ways to ask whether there are rows beside an item that may not be shown, and where that is said."""


@pytest.mark.parametrize(("selection", "denied"), BESIDE_DENIED)
async def test_a_page_is_there_beside_items_that_may_not_be_shown(selection: str, denied: list[str]) -> None:
    """`since` may be shown, `tradeName` may not: asking for it takes nothing else away."""
    city = harbour(grant("market.profile.since"), grant("market.profile.manager", rights=frozenset({"use"})))
    body = await city.ask(page_of(selection), caller=LENDER)
    page = body["data"]["profiles"]
    assert all(page.values())
    assert [error["extensions"]["pattern"] for error in body["errors"]] == [f"profiles.{at}" for at in denied]
    assert {error["extensions"]["code"] for error in body["errors"]} == {"DENIED"}
    assert [column for load in city.loads for column in load.items if column == "tradeName"] == []


@pytest.mark.parametrize(
    "selection", ["nodes { tradeName }", "nodes { tradeName } edges { node { tradeName } }"]
)
async def test_a_page_of_nothing_but_denied_items_is_refused(selection: str) -> None:
    await refused(harbour(grant("market.profile.since")), page_of(selection), "profiles")


async def test_a_list_is_there_beside_an_item_that_may_not_be_shown() -> None:
    city = harbour(grant("registry.marriage.certificateNo"))
    document = '{ person(id: "%s") { registry { marriages { %s } } } }'
    body = await city.ask(document % (rows.ZHANG, "registeredOn __typename"), caller=LENDER)
    marriage = {"registeredOn": None, "__typename": "RegistryMarriage"}
    assert body["data"]["person"]["registry"] == {"marriages": [marriage]}
    (error,) = body["errors"]
    assert error["path"] == ["person", "registry", "marriages", 0, "registeredOn"]
    assert error["extensions"]["code"] == "DENIED"
    intent, denial = city.record.events
    assert intent.items == ("registry.marriage:exists",)
    assert denial.kind == "denial"
    bare = document % (rows.ZHANG, "registeredOn")
    fresh = harbour(grant("registry.marriage.certificateNo"))
    await refused(fresh, bare, "person.registry.marriages")


@pytest.mark.parametrize(
    "selection",
    [
        "__typename",
        "certificateNo @skip(if: true)",
        "... @include(if: false) { husband { name } }",
        "husband { __typename }",
        "husband { name } __typename",
        "wife { ... @skip(if: true) { name } }",
        "husband { registry { marriages { __typename } } }",
    ],
)
@pytest.mark.parametrize("rights", [(), ("use",), ("use", "match")])
async def test_rows_below_an_entity_are_refused_alike(selection: str, rights: tuple[Right, ...]) -> None:
    city = harbour(grant("registry.marriage.*", rights=frozenset(rights)), grant("registry.household.*"))
    document = f'{{ person(id: "{rows.X_CHECK}") {{ registry {{ marriages {{ {selection} }} }} }} }}'
    await refused(city, document, "person.registry.marriages")


async def test_rows_on_a_way_back_are_refused_alike() -> None:
    city = harbour(grant("transport.vehicle.*", rights=frozenset({"use"})))
    document = f'{{ person(id: "{rows.ZHANG}") {{ transport {{ vehicles {{ owner {{ __typename }} }} }} }} }}'
    await refused(city, document, "person.transport.vehicles")


async def test_a_link_on_the_entity_itself_is_refused_alike() -> None:
    """It would tell whether the register has a record."""
    company = ("departments/market/company.yaml", "open: unconditional\n", "")
    used = grant("market.company.legalRepresentative", rights=frozenset({"use"}))
    document = f'{{ enterprise(uscc: "{rows.FLEET}") {{ legalRepresentative {{ __typename }} }} }}'
    await refused(harbour(used, change=company), document, "enterprise.legalRepresentative")
    city = harbour(used, grant("market.company.name"), change=company)
    body = await city.ask(document, caller=LENDER)
    assert body["data"]["enterprise"] == {"legalRepresentative": {"__typename": "Person"}}


async def test_what_is_withheld_is_not_even_counted() -> None:
    withheld = ("departments/market/profile.yaml", "type: unconditional", "type: withheld, basis: 法 — Law")
    document = "{ profiles { totalCount edges { cursor node { __typename } } } }"
    await refused(harbour(change=withheld), document, "profiles", replace(STRANGER, department="tax"))
    sealed = (
        f'{{ person(id: "{rows.ZHANG}") {{ education {{ sealedFiles {{ number @skip(if: true) }} }} }} }}'
    )
    await refused(open_city(), sealed, "person.education.sealedFiles", DESK)


async def test_that_there_are_rows_is_a_disclosure_and_recorded() -> None:
    city = open_city()
    document = f'{{ person(id: "{rows.ZHANG}") {{ registry {{ marriages {{ __typename }} }} }} }}'
    body = await city.ask(document)
    assert body["data"]["person"]["registry"] == {"marriages": [{"__typename": "RegistryMarriage"}]}
    (intent,) = city.record.events
    assert (intent.kind, intent.items) == ("intent", ("registry.marriage:exists",))
    assert len(intent.subjects) == 1
    (outcome,) = city.record.notes
    assert outcome.detail["rows"] == {"registry.marriage": 1}


async def test_what_is_refused_is_named_in_the_record() -> None:
    city = open_city()
    await refused(
        city,
        f'{{ person(id: "{rows.ZHANG}") {{ education {{ sealedFiles {{ __typename }} }} }} }}',
        "person.education.sealedFiles",
        DESK,
    )
    assert city.record.events[0].detail == {"denied": ["GRANT_REQUIRED education.sealed:exists"]}
