"""MASKED: a value is there, and this caller is shown no more of it than its mask leaves."""

from typing import Any

import pytest

from tests.cities import harbour_rows as rows
from tests.kit import ARCHIVE, DESK, open_city

PEOPLE = "query($ids: [String!]!) { persons(ids: $ids) { person { addressMasked _states { field state item } } }%s }"
both_assemblers = pytest.mark.parametrize("beside", ["", " catalogue { total }"])


def masked(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in body.get("extensions", {}).get("states", ()) if one["state"] == "MASKED"]


@both_assemblers
async def test_masked_values_are_counted_where_they_stand(beside: str) -> None:
    body = await open_city().ask(PEOPLE % beside, {"ids": [rows.LI, rows.ZHANG, rows.X_CHECK]})
    assert "errors" not in body
    addresses = [one["person"]["addressMasked"] for one in body["data"]["persons"]]
    assert addresses == [None, "***", "***"]
    assert masked(body) == [
        {
            "path": ["persons", 1, "person", "addressMasked"],
            "pattern": "persons.*.person.addressMasked",
            "count": 2,
            "state": "MASKED",
            "message": "Shown masked only: level 3.",
            "item": "registry.household.address",
            "rule": "MASKED_ONLY",
        }
    ]


@both_assemblers
async def test_an_entity_is_told_what_of_it_is_masked_and_what_is_empty_is_not(beside: str) -> None:
    body = await open_city().ask(PEOPLE % beside, {"ids": [rows.ZHANG, rows.LI]})
    zhang, li = [one["person"]["_states"] for one in body["data"]["persons"]]
    data = {"field": "addressMasked", "state": "DATA", "item": None}
    assert zhang == [data, data | {"state": "MASKED", "item": "registry.household.address"}]
    assert li == [data]


async def test_values_of_rows_are_told_below_their_place() -> None:
    document = f"""{{ person(id: "{rows.X_CHECK}") {{
      registry {{ marriages {{ husbandMasked }} }} _states {{ field state }} }} }}"""
    person = (await open_city().ask(document, caller=DESK))["data"]["person"]
    assert person["registry"]["marriages"] == [{"husbandMasked": "500***********0017"}]
    assert person["_states"] == [
        {"field": "registry.marriages", "state": "DATA"},
        {"field": "registry.marriages.husbandMasked", "state": "MASKED"},
    ]


@both_assemblers
async def test_who_may_see_the_whole_value_and_asks_for_its_mask_is_told_nothing(beside: str) -> None:
    body = await open_city().ask(PEOPLE % beside, {"ids": [rows.ZHANG]}, ARCHIVE)
    assert body["data"]["persons"][0]["person"]["addressMasked"] == "***"
    assert masked(body) == []
