"""The first-hour queries: each with its variables, asked as its header says, answered as written here."""

import re
from typing import Any

import orjson
import pytest

from tests.examples.answers import ANSWERS, ERRORS
from tests.examples.demo import DOCUMENTS, Demo
from tests.examples.table import HISTORY, TABLE

pytestmark = pytest.mark.xdist_group("demo")

NAMES = sorted(path.stem for path in DOCUMENTS.glob("*.graphql"))


def ask(city: Demo, name: str) -> dict[str, Any]:
    text = (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")
    variables = orjson.loads((DOCUMENTS / f"{name}.json").read_bytes())
    title, who = text.splitlines()[:2]
    assert re.fullmatch(r"# \S.* — .+", title)
    key = re.fullmatch(r"# (?:as (demo-\w+)|in the open graph, without a key)", who)
    assert key is not None
    return city.ask(text, variables, key[1] or "")


def without_moments(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_moments(one) for name, one in value.items() if name != "fetchedAt"}
    return [without_moments(one) for one in value] if isinstance(value, list) else value


def test_there_are_fifteen() -> None:
    assert len(NAMES) == 15
    assert set(ANSWERS) | {"1_permit", "3_open"} == set(NAMES)  # the permit is held by test_demo


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_query_is_answered_as_written(city: Demo, name: str) -> None:
    body = ask(city, name)
    errors = {e["extensions"]["pattern"]: e["extensions"]["code"] for e in body.get("errors", ())}
    assert without_moments(body["data"]) == ANSWERS[name]
    assert errors == ERRORS.get(name, {})


def test_the_open_catalogue_is_what_the_table_opens(city: Demo) -> None:
    body = ask(city, "3_open")
    assert "errors" not in body
    rows = [
        [part.strip() for part in line.split("|")]
        for line in (TABLE + HISTORY).strip().splitlines()
        if line.strip()
    ]
    open_ = {row[0].split()[1] for row in rows if row[3] in {"un", "A"}}
    catalogue = body["data"]["catalogue"]
    assert {node["code"] for node in catalogue["nodes"]} == open_
    assert (catalogue["total"], catalogue["connected"]) == (15, 15)
    assert body["data"]["enterprise"] == {
        "name": "重庆渝北示范商贸有限公司",
        "registeredCapital": "100000.00",
        "establishedOn": "2010-05-06",
        "abnormalListings": [
            {"reason": "通过登记的住所无法联系", "listedOn": "2026-03-18", "removedOn": None}
        ],
    }
