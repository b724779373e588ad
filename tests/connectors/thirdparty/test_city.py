"""Departments written from the documentation alone, over schemas and services of others."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.request import Ask
from gateway.settings import Settings
from schema.policy.caller import Caller, Operator
from tests.conformance.town import ANNA, BEN, CARL, XENA
from tests.connectors.sql.legacy import run
from tests.patience import soon
from tests.services import require

pytestmark = pytest.mark.xdist_group("sql")
CATALOGUE = Path(__file__).parent / "catalogue"
SCHEMA = f"jutong_far_{os.getpid()}"
FLEET, SHOP = "91500000DEM000129B", "91500000DEM000217R"
DESK = Caller("desk", "share", "housing", frozenset({"SERVICE"}), "SERVICE", Operator("op-1"), "2026-1")

POSTGRES = (
    "CREATE SCHEMA {s}",
    'CREATE TABLE {s}."ZG.ACCOUNT" (zh bigint PRIMARY KEY, sfzh char(18), "order" smallint, ye numeric(14,0),'
    ' khrq integer, fc bit(1), zl char(4), "单位 代码" varchar(18))',
    f"INSERT INTO {{s}}.\"ZG.ACCOUNT\" VALUES (70001, '{ANNA}', 2, 123456, 20240203, b'0', '01', '{FLEET}'),"
    f" (70002, '{ANNA[:6]}{ANNA[8:17]}', 1, 5, 20200101, b'1', '02', NULL),"
    f" (70003, '{BEN}', 1, NULL, NULL, NULL, NULL, '{SHOP}'), (70004, '{XENA.lower()}', 9, 0, 20019999, b'0', '', NULL)",
    "CREATE TABLE {s}.dk (id uuid PRIMARY KEY, sfzh text, je double precision)",
    f"INSERT INTO {{s}}.dk VALUES ('0b8d3c1e-0000-4000-8000-000000000001', '{ANNA}', 10.5)",
    "CREATE VIEW {s}.v_loan AS SELECT id, sfzh, je FROM {s}.dk",
)
MARIADB = (
    "CREATE TABLE {s}_cbr (`key` integer PRIMARY KEY, sfz char(18), `姓名` varchar(40), zt tinyint(1), tx bit(1),"
    " tbrq date NOT NULL, xz char(6)) CHARACTER SET gbk",
    f"INSERT IGNORE INTO {{s}}_cbr VALUES (1, '{ANNA}', '安娜', 1, b'0', '0000-00-00', '310'),"
    f" (2, '{XENA.lower()}', '芈', 0, b'1', '2024-02-29', ''), (3, '{BEN[:6]}{BEN[8:17]}', '本', NULL, NULL, '2020-01-01', NULL)",
)


@asynccontextmanager
async def service(seen: list[str]) -> AsyncIterator[str]:
    """Somebody else's service: a score for each enterprise, and an old one that answers in XML."""

    async def score(request: web.Request) -> web.Response:
        seen.append(request.path_qs)
        if request.query.get("appkey") != "k3y":
            return web.json_response({"success": "denied", "data": None})
        if request.match_info["code"] != FLEET:
            return web.json_response({"success": True, "data": None})
        body = '{"success": true, "data": {"serial": 7, "result": {"grade": "甲", "points": 88.5}}}'
        return web.Response(body=body.encode("gb18030"))

    async def lists(request: web.Request) -> web.Response:
        form = await request.post()
        seen.append("lists " + str(form["pageNo"]))
        codes = str(form["codes"]).split(";")
        rows = [(n, code, "未年报 & 失联") for n in range(3) for code in codes if code == FLEET]
        start = (int(str(form["pageNo"])) - 1) * 2
        shown = "".join(
            f'<row id="L{n}"><code>{code}</code><reason>{text.replace("&", "&amp;")}</reason><day>2024年2月{n + 1}日</day></row>'
            for n, code, text in rows[start : start + 2]
        )
        xml = f'<?xml version="1.0" encoding="GBK"?><response><total>{len(rows)}</total><rows>{shown}</rows></response>'
        return web.Response(body=xml.encode("gbk"), content_type="text/html")

    app = web.Application()
    app.router.add_get("/api/v2/subjects/{code}/score", score)
    app.router.add_post("/old/lists.asp", lists)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def seen() -> list[str]:
    return []


@pytest.fixture(params=["native"])
def transport(request: pytest.FixtureRequest) -> str:
    """The HTTP client."""
    return str(request.param)


@pytest.fixture
async def gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: list[str], transport: str
) -> AsyncIterator[Gateway]:
    postgres, mariadb = require("postgres"), require("mariadb")
    await run(postgres, *(one.replace("{s}", SCHEMA) for one in POSTGRES))
    await run(mariadb, *(one.replace("{s}", SCHEMA) for one in MARIADB))
    async with service(seen) as url:
        catalogue = tmp_path / "catalogue"
        for path in CATALOGUE.rglob("*.yaml"):
            copy = catalogue / path.relative_to(CATALOGUE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            # `from:` takes no environment; a test's tables have names of their own.
            copy.write_text(
                path.read_text(encoding="utf-8").replace("${FAR_SCHEMA}", SCHEMA), encoding="utf-8"
            )
        found = {"POSTGRES": postgres, "MARIADB": mariadb, "SERVICE": url, "KEY": "k3y", "CLIENT": transport}
        for name, value in found.items():
            monkeypatch.setenv(f"FAR_{name}", value)
        async with open_gateway(Settings(catalogue=catalogue, state=tmp_path / "state")) as opened:
            yield opened
    await run(postgres, f"DROP SCHEMA {SCHEMA} CASCADE")
    await run(mariadb, f"DROP TABLE {SCHEMA}_cbr")


async def ask(gateway: Gateway, document: str) -> Any:
    deadline = soon()
    answer = await gateway.answer(Ask(document, DESK, "r-1", deadline))
    body = orjson.loads(answer.body)
    assert "errors" not in body, body["errors"]
    return body["data"]


def test_the_catalogue_has_no_mistakes(tmp_path: Path) -> None:
    from connectors.registry import find_kinds
    from schema.catalogue.read import read_catalogue

    environment = {
        "FAR_POSTGRES": "postgresql+asyncpg://x/y",
        "FAR_MARIADB": "mariadb+asyncmy://x/y",
        "FAR_SERVICE": "http://x",
        "FAR_KEY": "x",
    }
    checked = read_catalogue(CATALOGUE, find_kinds(), environment)
    assert checked.problems == ()


async def test_a_postgresql_schema_of_others(gateway: Gateway) -> None:
    data = await ask(
        gateway,
        f"""{{
          person(id: "{ANNA}") {{
            housing {{
              accounts(orderBy: [{{ number: ASC }}]) {{ number rank balance openedOn isSealed kind employer {{ uscc }} }}
              top: accounts(first: 1, orderBy: [{{ balance: DESC }}]) {{ number }}
              late: accounts(where: {{ openedOn: {{ ge: "2024-01-01" }} }}) {{ number }}
              named: accounts(where: {{ number: {{ eq: "70002" }} }}) {{ rank }}
              loans {{ number amount }}
            }}
          }}
          enterprise(uscc: "{SHOP}") {{ housing {{ accounts {{ number balance }} }} }}
        }}""",
    )
    housing = data["person"]["housing"]
    assert housing["accounts"] == [
        {
            "number": "70001",
            "rank": 2,
            "balance": "1234.56",
            "openedOn": "2024-02-03",
            "isSealed": False,
            "kind": "01",
            "employer": {"uscc": FLEET},
        },
        {
            "number": "70002",
            "rank": 1,
            "balance": "0.05",
            "openedOn": "2020-01-01",
            "isSealed": True,
            "kind": "02",
            "employer": None,
        },
    ]
    assert housing["top"] == [{"number": "70001"}]
    assert housing["late"] == [{"number": "70001"}]
    assert housing["named"] == [{"rank": 1}]
    assert housing["loans"] == [{"number": "0b8d3c1e-0000-4000-8000-000000000001", "amount": "10.5"}]
    assert data["enterprise"]["housing"]["accounts"] == [{"number": "70003", "balance": None}]


async def test_a_mariadb_table_of_others(gateway: Gateway) -> None:
    fields = "insurance { insured { number name isActive isRetired stoppedOn fund } }"
    people = " ".join(
        f'{name}: person(id: "{key}") {{ {fields} }}'
        for name, key in zip("abcx", (ANNA, BEN, CARL, XENA), strict=True)
    )
    data = await ask(gateway, f"{{ {people} }}")
    rows = {name: [list(row.values()) for row in one["insurance"]["insured"]] for name, one in data.items()}
    assert rows == {
        "a": [["1", "安娜", True, False, None, "310"]],
        "b": [["3", "本", None, None, "2020-01-01", None]],
        "c": [],
        "x": [["2", "芈", False, True, "2024-02-29", None]],
    }


@pytest.mark.parametrize("transport", ["native", "aiohttp"], indirect=True)
async def test_services_of_others(gateway: Gateway, seen: list[str]) -> None:
    fields = "credit { score { serial grade points } listings(orderBy: [{ listedOn: DESC }]) { number reason listedOn } }"
    data = await ask(
        gateway,
        f'{{ a: enterprise(uscc: "{FLEET}") {{ {fields} }} b: enterprise(uscc: "{SHOP}") {{ {fields} }} }}',
    )
    assert data["a"]["credit"]["score"] == {"serial": "7", "grade": "甲", "points": "88.5"}
    listings = data["a"]["credit"]["listings"]
    assert [one["number"] for one in listings] == ["L2", "L1", "L0"]
    assert listings[0] == {"number": "L2", "reason": "未年报 & 失联", "listedOn": "2024-02-03"}
    assert data["b"]["credit"] == {"score": None, "listings": []}
    assert sum(one.startswith("lists") for one in seen) == 3  # two pages for the one, one for the other
