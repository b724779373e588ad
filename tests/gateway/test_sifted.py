"""Pages of rows whose days are stored as no source compares them: sifted by us, and the same to whoever asks."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import KIND
from schema.catalogue.read import read_catalogue
from schema.policy.read import read_policy
from tests.cities import harbour_rows as rows
from tests.kit import ALL, ANONYMOUS, CITIES, DESK, City, open_catalogue, open_city

PROFILE = "departments/market/profile.yaml"
PAGE = """query($day: Date, $first: Int, $after: String) {
  profiles(asOf: $day, first: $first, after: $after) {
    totalCount nodes { tradeName since } pageInfo { hasNextPage endCursor } } }"""


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The days of a row without their hyphens."""
    days = {name: row[name] and row[name].replace("-", "") for name in ("SINCE", "UNTIL")}
    return {**row, **days}


def stored_otherwise(folder: Path, **changes: str) -> City:
    """The harbour, with days as registers often keep them."""
    shutil.copytree(CITIES / "harbour", folder / "city")
    file = folder / "city" / PROFILE
    text = file.read_text(encoding="utf-8").replace(
        "column: SINCE, type: Date", "column: SINCE, type: Date, read: { format: yyyyMMdd }"
    )
    for old, new in changes.items():
        text = text.replace(old, new)
    file.write_text(
        text + "columns:\n  UNTIL: { type: Date, read: { format: yyyyMMdd } }\n", encoding="utf-8"
    )
    checked = read_catalogue(folder / "city", {"memory": KIND})
    assert checked.problems == ()
    policy, problems = read_policy(folder / "city", checked.catalogue)
    assert tuple(problems) == ()
    table = [written(row) for row in rows.TABLES["market.profile"]]
    return open_catalogue(checked.catalogue, policy, ALL, {**rows.TABLES, "market.profile": table})


async def pages(city: City, **variables: Any) -> list[Any]:
    """All pages, with their ends but for the cursors."""
    found, after = [], None
    while True:
        body = await city.ask(PAGE, {"after": after, **variables}, DESK)
        assert "errors" not in body
        page = body["data"]["profiles"]
        after = page["pageInfo"].pop("endCursor")
        found.append(page)
        if not page["pageInfo"]["hasNextPage"]:
            return found


@pytest.mark.parametrize("first", [1, 2, 9])
@pytest.mark.parametrize("day", [None, "2004-12-31", "2005-03-01", "2019-06-30", "2019-07-01"])
async def test_rows_of_a_day_are_the_same_however_their_days_are_stored(
    tmp_path: Path, day: str | None, first: int
) -> None:
    given: dict[str, Any] = {"first": first} if day is None else {"first": first, "day": day}
    assert await pages(stored_otherwise(tmp_path), **given) == await pages(open_city(), **given)


async def test_rows_that_a_condition_opens_are_found_as_they_are_stored(tmp_path: Path) -> None:
    changes = {
        "sharing: {": 'open: { type: unconditional, rows: { since: { lt: "2010-01-01" } } }\nsharing: {'
    }
    changes["versions: true"] = "versions: false"
    city = stored_otherwise(tmp_path, **changes)
    body = await city.ask("{ profiles { totalCount nodes { tradeName } } }", caller=ANONYMOUS)
    assert body["data"]["profiles"] == {"totalCount": 1, "nodes": [{"tradeName": "老港车队"}]}
