"""Servers of others as departments: Datasette (PyPI) holds companies, json-server (npm) their penalties."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.request import Ask
from gateway.settings import Settings
from schema.policy.caller import ANONYMOUS
from tests.clients.conftest import HERE, node
from tests.patience import PATIENCE_SECONDS, soon
from tests.plain_http import CLIENT
from tests.ports import held_port

__all__ = ["node"]
pytestmark = pytest.mark.xdist_group("clients")  # one worker installs what Node needs

FLEET, SHOP, MILL = "91500000DEM000129B", "91500112DEM000022H", "91500103DEM000014M"
COMPANIES = [(FLEET, "Fleet", 5), (MILL, "Mill", 7), (SHOP, "Shop", None)]
PENALTIES = [
    {"id": f"P{number}", "code": code, "fact": fact}
    for number, (code, fact) in enumerate([(FLEET, "a"), (SHOP, "b"), (FLEET, "c"), (FLEET, "d")], 1)
]
TEXTS = {
    "city.yaml": "city: Market\nuse: [Enterprise]\n",
    "departments/market/department.yaml": """department: market
title: Market
sources:
  datasette: { kind: rest, base_url: "http://127.0.0.1:%d", probe: /-/versions.json }
""",
    "departments/market/company.yaml": """resource: company
title: Companies
source: datasette
from:
  path: /market/company.json
  query: { _shape: objects }
  keys: joined
  parameter: uscc__in
  records: rows
  pages: { kind: cursor, parameter: _next, next: next, size: 1, size_parameter: _size }
  scan:
    path: /market/company.json
    query: { _shape: objects }
    records: rows
    pages: { kind: cursor, parameter: _next, next: next, size: 2, size_parameter: _size }
identity: [uscc]
attach: [{ on: Enterprise, core: true, by: { uscc: uscc } }]
open: unconditional
collection: { field: companies }
items:
  name: { title: Name, column: name }
  capital: { title: Capital, column: capital, type: Int }
  enterprise: { title: The enterprise, column: uscc, type: CreditCode, link: { to: Enterprise, by: uscc } }
""",
    "departments/credit/department.yaml": """department: credit
title: Credit
sources:
  jsonServer: { kind: rest, base_url: "http://127.0.0.1:%d", probe: /db }
""",
    "departments/credit/penalty.yaml": """resource: penalty
title: Penalties
source: jsonServer
from:
  path: /penalties
  keys: repeated
  parameter: code
  pages: { kind: number, parameter: _page, size: 2, size_parameter: _limit }
identity: [id]
attach: [{ on: Enterprise, field: penalties, by: { uscc: code } }]
open: unconditional
items:
  number: { title: Number, column: id }
  fact: { title: Fact, column: fact }
""",
}


@contextmanager
def running(path: str, make: Callable[[int], list[str]]) -> Iterator[int]:
    """Run a server until the block ends; give its port once it answers."""
    with held_port() as port:
        process = subprocess.Popen(make(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + PATIENCE_SECONDS
            while True:
                try:
                    CLIENT.get(f"http://127.0.0.1:{port}{path}")
                    break
                except httpx.TransportError:
                    assert time.monotonic() < until, f"{path} does not answer"
                    time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory, node: Callable[..., Any]) -> Iterator[tuple[int, int]]:
    folder = tmp_path_factory.mktemp("servers")
    with sqlite3.connect(folder / "market.db") as database:
        database.execute("CREATE TABLE company (uscc TEXT PRIMARY KEY, name TEXT, capital INTEGER)")
        database.executemany("INSERT INTO company VALUES (?, ?, ?)", COMPANIES)
    database.close()
    (folder / "db.json").write_bytes(orjson.dumps({"penalties": PENALTIES}))
    datasette = [str(Path(sys.executable).with_name("datasette")), "serve", str(folder / "market.db")]
    program = str(HERE / "node_modules/json-server/lib/cli/bin.js")

    def of_node(port: int) -> list[str]:
        return ["node", program, "--host", "127.0.0.1", "--port", str(port), str(folder / "db.json")]

    with (
        running("/-/versions.json", lambda port: [*datasette, "-h", "127.0.0.1", "-p", str(port)]) as first,
        running("/db", of_node) as second,
    ):
        yield first, second


@pytest.fixture
async def gateway(ports: tuple[int, int], tmp_path: Path) -> AsyncIterator[Gateway]:
    for name, text in TEXTS.items():
        file = tmp_path / "city" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        port = ports[0] if "datasette" in text else ports[1]
        file.write_text(text % port if "%d" in text else text, encoding="utf-8")
    async with open_gateway(Settings(catalogue=tmp_path / "city", state=tmp_path / "state")) as opened:
        yield opened


async def ask(gateway: Gateway, document: str, **variables: Any) -> Any:
    deadline = soon()
    answer = await gateway.answer(Ask(document, ANONYMOUS, "r-1", deadline, variables=variables))
    body = orjson.loads(answer.body)
    assert "errors" not in body, body["errors"]
    return body["data"]


async def test_two_servers_are_joined_on_what_both_know(gateway: Gateway) -> None:
    data = await ask(
        gateway,
        f"""{{ enterprises(ids: ["{SHOP}", "{FLEET}", "{MILL}"]) {{
          enterprise {{ name capital credit {{ penalties(orderBy: [{{ fact: DESC }}]) {{ number fact }} }} }} }} }}""",
    )
    assert [one["enterprise"] for one in data["enterprises"]] == [
        {"name": "Shop", "capital": None, "credit": {"penalties": [{"number": "P2", "fact": "b"}]}},
        {
            "name": "Fleet",
            "capital": 5,
            "credit": {
                "penalties": [
                    {"number": "P4", "fact": "d"},
                    {"number": "P3", "fact": "c"},
                    {"number": "P1", "fact": "a"},
                ]
            },
        },
        {"name": "Mill", "capital": 7, "credit": {"penalties": []}},
    ]


async def test_pages_of_one_lead_to_the_other(gateway: Gateway) -> None:
    document = """query($after: String) { companies(first: 1, after: $after) {
      nodes { name enterprise { credit { penalties(first: 1) { number } } } }
      pageInfo { hasNextPage endCursor } } }"""
    seen, after = [], None
    while True:
        page = (await ask(gateway, document, after=after))["companies"]
        seen += [
            (node["name"], [one["number"] for one in node["enterprise"]["credit"]["penalties"]])
            for node in page["nodes"]
        ]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [("Fleet", ["P1"]), ("Mill", []), ("Shop", ["P2"])]
