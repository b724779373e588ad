"""A collection over a service: pages of ours out of pages of theirs, after any row, to the end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from connectors.registry import find_kinds
from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.request import Ask
from gateway.settings import Settings
from schema.catalogue.read import compile_declarations
from schema.policy.caller import ANONYMOUS
from tests.patience import soon

SHIPS = [{"no": f"S{number}", "name": name} for number, name in enumerate("abcdefg")]
STYLES = {
    "number": "{ kind: number, parameter: page, size: 3 }",
    "offset": "{ kind: offset, parameter: skip, size: 2 }",
    "cursor": "{ kind: cursor, parameter: after, next: next }",
}
CITY = "city: Port\nuse: [Enterprise]\n"
DEPARTMENT = (
    "department: port\ntitle: Port\nsources:\n  ships: { kind: rest, base_url: 'http://127.0.0.1:%d' }\n"
)
RESOURCE = """resource: ship
title: Ships
source: ships
from: { path: "/ships/{key}", records: ships, scan: { path: /ships, records: ships, pages: %s } }
identity: [no]
attach: [{ on: Enterprise, field: ships, by: { registrationNo: no } }]
limits: { max_keys: 1, unbatched: true }
open: unconditional
collection: { field: ships%s }
items:
  no: { title: Number, column: no }
  name: { title: Name, column: name }
"""
PAGE = """query($first: Int, $after: String) { ships(first: $first, after: $after) {
  edges { cursor node { name } } pageInfo { hasNextPage startCursor endCursor } } }"""


async def answer(request: web.Request) -> web.Response:
    if "page" in request.query:
        start, size = (int(request.query["page"]) - 1) * 3, 3
    elif "skip" in request.query:
        start, size = int(request.query["skip"]), 2
    else:
        start, size = int(request.query.get("after", 0)), 4
    following = start + size if start + size < len(SHIPS) else None
    return web.json_response({"ships": SHIPS[start : start + size], "next": following})


def texts(style: str, port: int = 1, more: str = "") -> dict[str, str]:
    return {
        "city.yaml": CITY,
        "departments/port/department.yaml": DEPARTMENT % port,
        "departments/port/ship.yaml": RESOURCE % (STYLES[style], more),
    }


@pytest.fixture(params=STYLES)
async def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Gateway]:
    app = web.Application()
    app.router.add_get("/ships", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    for name, text in texts(request.param, int(runner.addresses[0][1])).items():
        file = tmp_path / "city" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    async with open_gateway(Settings(catalogue=tmp_path / "city", state=tmp_path / "state")) as opened:
        yield opened
    await runner.cleanup()


async def ask(gateway: Gateway, **variables: Any) -> dict[str, Any]:
    deadline = soon()
    answered = await gateway.answer(Ask(PAGE, ANONYMOUS, "r-1", deadline, variables=variables))
    body = orjson.loads(answered.body)
    assert "errors" not in body
    found: dict[str, Any] = body["data"]["ships"]
    return found


@pytest.mark.parametrize("first", [1, 2, 3, 4, 7, 8])
async def test_pages_lead_through_every_row_once(gateway: Gateway, first: int) -> None:
    seen, after = [], None
    while True:
        page = await ask(gateway, first=first, after=after)
        assert len(page["edges"]) <= first
        seen += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == list("abcdefg")


async def test_one_can_go_on_after_any_row(gateway: Gateway) -> None:
    edges = (await ask(gateway, first=7))["edges"]
    for position, edge in enumerate(edges):
        rest = await ask(gateway, first=7, after=edge["cursor"])
        assert [one["node"]["name"] for one in rest["edges"]] == list("abcdefg")[position + 1 :]


def test_there_is_nothing_to_filter_sort_or_count_by() -> None:
    checked = compile_declarations(texts("cursor"), find_kinds())
    assert checked.problems == ()
    collection = checked.catalogue.resources["port.ship"].collection
    assert collection is not None
    assert not collection.is_searchable


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{ field: ships }", "{ field: ships, total: true }", "CANNOT_SEARCH"),
        ("open: unconditional", "open: { type: unconditional, rows: { name: { eq: a } } }", "CANNOT_SEARCH"),
        (f", scan: {{ path: /ships, records: ships, pages: {STYLES['cursor']} }}", "", "CANNOT_SCAN"),
    ],
)
def test_what_a_service_cannot_do_is_refused_before_anybody_asks(old: str, new: str, code: str) -> None:
    given = texts("cursor")
    file = "departments/port/ship.yaml"
    assert old in given[file]
    found = compile_declarations(given | {file: given[file].replace(old, new)}, find_kinds()).problems
    assert [problem.code for problem in found] == [code]
