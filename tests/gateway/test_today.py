"""Today is what the calendar says in Beijing, whatever the clock of the machine is set to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schema.policy.model import Policy
from tests.cities.harbour_rows import FLEET, TABLES, ZHANG
from tests.kit import ALL, City, open_catalogue, read_city

LAST_SECOND = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""When the 24th begins in Beijing."""
NAME = f'{{ person(id: "{ZHANG}") {{ name }} }}'
VERSION = f'{{ enterprise(uscc: "{FLEET}") {{ market {{ profile {{ tradeName }} }} }} }}'
TO_COME = {"USCC": FLEET, "SINCE": "2026-11-24", "UNTIL": None, "NAME": "新港城", "MANAGER": ZHANG}


def until_the_23rd(policy: Policy) -> Policy:
    changed = {
        name: replace(one, grants=tuple(replace(grant, valid_to=date(2026, 11, 23)) for grant in one.grants))
        for name, one in policy.applications.items()
    }
    return replace(policy, applications=changed)


def city_at(moment: datetime, *, is_ending: bool) -> City:
    catalogue, policy = read_city("harbour")
    profiles = [
        {**row, "UNTIL": "2026-11-24"} if row["USCC"] == FLEET and row["UNTIL"] is None else row
        for row in TABLES["market.profile"]
    ]
    tables = {**TABLES, "market.profile": [*profiles, TO_COME]}
    city = open_catalogue(catalogue, until_the_23rd(policy) if is_ending else policy, ALL, tables)
    city.gateway.now = lambda: moment
    return city


@pytest.mark.parametrize(("moment", "state"), [(LAST_SECOND, None), (MIDNIGHT, "DENIED")])
async def test_a_grant_ends_when_its_last_day_does(moment: datetime, state: str | None) -> None:
    body = await city_at(moment, is_ending=True).ask(NAME)
    states: list[Any] = body.get("extensions", {}).get("states", [])
    assert [one["state"] for one in states] == ([state] if state else [])


@pytest.mark.parametrize(("moment", "name"), [(LAST_SECOND, "港城运输"), (MIDNIGHT, "新港城")])
async def test_a_version_begins_when_its_first_day_does(moment: datetime, name: str) -> None:
    body = await city_at(moment, is_ending=False).ask(VERSION)
    assert body["data"]["enterprise"]["market"]["profile"] == {"tradeName": name}
