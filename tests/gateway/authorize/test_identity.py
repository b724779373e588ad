"""Who an entity is: over a link that may only be used, nothing in the answer tells it."""

from typing import Any

import pytest

from schema.policy.caller import Caller
from schema.policy.model import Right
from tests.cities import harbour_rows as rows
from tests.gateway.authorize.lender import LENDER, Change, grant, harbour
from tests.kit import ARCHIVE, DESK, FILING, City, open_city

HUSBAND = f'{{ person(id: "{rows.X_CHECK}") {{ registry {{ marriages {{ husband {{ %s }} }} }} }}%s }}'
USED = frozenset[Right]({"use"})
SELLER: Change = (
    "departments/market/profile.yaml",
    "items:\n",
    "items:\n  seller: { title: 卖方 — Seller, column: SELLER, level: 3, link: { to: Enterprise, by: registrationNo } }\n",
)
"""A link by a number of old, from which a register of aliases leads to the current key."""
SOLD = [{**row, "SELLER": rows.OLD_NUMBER} for row in rows.TABLES["market.profile"]]
TABLES = {**rows.TABLES, "market.profile": SOLD}


def codes(body: dict[str, Any]) -> dict[str, str]:
    return {e["extensions"]["pattern"]: e["extensions"]["code"] for e in body.get("errors", ())}


async def husband(city: City, fields: str, caller: Caller, beside: str = "") -> tuple[Any, dict[str, str]]:
    """What is told of the husband, and which of it is refused."""
    body = await city.ask(HUSBAND % (fields, beside), caller=caller)
    ((found,),) = [one.values() for one in body["data"]["person"]["registry"]["marriages"]]
    below = "person.registry.marriages.*.husband."
    return found, {pattern.removeprefix(below): code for pattern, code in codes(body).items()}


async def ids(city: City, caller: Caller, *keys: str) -> list[str]:
    """As the caller sees those whose keys it has."""
    asked = "query($ids: [String!]!) { persons(ids: $ids) { person { id } } }"
    body = await city.ask(asked, {"ids": keys}, caller)
    return [answer["person"]["id"] for answer in body["data"]["persons"]]


@pytest.mark.parametrize("beside", ["", " catalogue { total }"])
async def test_an_id_is_refused_with_the_key_that_it_stands_for(beside: str) -> None:
    """A thousand ids can be asked for at once, and one of them would be the same."""
    city = open_city()
    found, refused = await husband(city, "__typename id citizenId name", DESK, beside)
    assert found == {"__typename": "Person", "id": None, "citizenId": None, "name": "张伟"}
    assert refused == {"id": "DENIED", "citizenId": "DENIED"}
    denied = [event.detail["denied"] for event in city.record.events if event.kind == "denial"]
    assert denied == [["MASKED_ONLY registry.marriage.husband"]]


async def test_an_id_is_told_with_the_key_that_it_stands_for() -> None:
    city = open_city()
    found, refused = await husband(city, "id citizenId", ARCHIVE)
    assert refused == {}
    assert found == {"id": (await ids(city, ARCHIVE, rows.ZHANG))[0], "citizenId": rows.ZHANG}


async def test_an_id_is_recorded_as_the_item_that_it_stands_for() -> None:
    city = open_city()
    await husband(city, "id", ARCHIVE)
    assert "registry.marriage.husband:show" in city.record.events[0].items


async def test_who_stands_at_the_end_of_several_links_depends_on_the_last() -> None:
    """What leads there may be unseen; it is the last that tells."""
    wife = grant("registry.marriage.wife", "registry.marriage.registeredOn")
    city = harbour(wife, grant("registry.marriage.husband", rights=USED))
    found, refused = await husband(city, "id registry { marriages { wife { id citizenId } } }", LENDER)
    assert refused == {"id": "DENIED"}
    (marriage,) = found["registry"]["marriages"]
    assert marriage["wife"]["citizenId"] == rows.X_CHECK
    assert marriage["wife"]["id"] == (await ids(city, LENDER, rows.X_CHECK))[0]


async def test_an_id_of_either_kind_is_refused() -> None:
    city = open_city()
    body = await city.ask(
        """query($plate: PlateInput!) { vehicle(plate: $plate) { id transport { registration {
             kind owner { __typename ... on Person { id name } ... on Enterprise { id name } } } } } }""",
        {"plate": {"number": "渝DEM001", "colour": "YELLOW"}},
    )
    assert body["data"]["vehicle"]["id"] is not None
    owner = {"__typename": "Enterprise", "id": None, "name": "港城运输集团"}
    assert body["data"]["vehicle"]["transport"]["registration"] == {"kind": "货车", "owner": owner}
    assert codes(body) == {"vehicle.transport.registration.owner.id": "DENIED"}


@pytest.mark.parametrize(("level", "is_told"), [(2, False), (3, True)])
async def test_a_key_that_an_alias_leads_to_takes_the_right_to_the_link_as_well(
    level: int, is_told: bool
) -> None:
    registers = grant("market.renumbering.*", "market.merger.*")
    city = harbour(grant("market.profile.*", level=level), registers, change=SELLER, tables=TABLES)
    body = await city.ask("{ profiles { nodes { seller { id uscc orgCode name } } } }", caller=LENDER)
    (seller,) = [one["seller"] for one in body["data"]["profiles"]["nodes"]]
    assert seller["name"] == "港城运输集团"
    assert (seller["uscc"] == rows.FLEET, seller["orgCode"] is not None) == (is_told, is_told)
    known = await city.ask(f'{{ enterprise(uscc: "{rows.FLEET}") {{ id }} }}', caller=LENDER)
    assert seller["id"] == (known["data"]["enterprise"]["id"] if is_told else None)
    refused = (
        {} if is_told else {f"profiles.nodes.*.seller.{one}": "DENIED" for one in ("id", "uscc", "orgCode")}
    )
    assert codes(body) == refused


async def test_ids_tell_of_an_alias_where_the_current_key_may_be_shown() -> None:
    """Who may only use the register is told OK of both, and may not find out by their ids."""
    city = open_city()
    old, new = await ids(city, ARCHIVE, rows.MISTAKEN, rows.CORRECTED)
    assert old == new
    old, new = await ids(city, FILING, rows.MISTAKEN, rows.CORRECTED)
    assert old != new


async def test_an_id_under_another_key_tells_no_more_than_the_key() -> None:
    former = f'{{ a: enterpriseBy(key: {{ registrationNo: "{rows.OLD_NUMBER}" }}) {{ id }}'
    document = f'{former} b: enterprise(uscc: "{rows.FLEET}") {{ id }} }}'
    for caller, is_told in ((ARCHIVE, True), (FILING, False)):
        found = (await open_city().ask(document, caller=caller))["data"]
        assert (found["a"]["id"] == found["b"]["id"]) is is_told


async def test_an_id_alone_asks_no_register_that_may_only_be_used() -> None:
    city = open_city()
    await city.ask(f'{{ person(id: "{rows.MISTAKEN}") {{ id citizenId }} }}', caller=FILING)
    assert city.loads == []


async def test_of_a_link_that_may_be_shown_masked_only_the_mask_is_a_field_beside_it() -> None:
    """As the denial of its key says."""
    document = f'{{ person(id: "{rows.X_CHECK}") {{ registry {{ marriages {{ husband {{ citizenId }} husbandMasked }} }} }} }}'
    body = await open_city().ask(document)
    (marriage,) = body["data"]["person"]["registry"]["marriages"]
    assert marriage == {"husband": {"citizenId": None}, "husbandMasked": "500***********0017"}
    assert body["errors"][0]["message"].endswith("Select 'husbandMasked' instead.")
    bare = await open_city().ask(document, caller=LENDER)
    assert bare["data"]["person"]["registry"]["marriages"] is None
