"""SQL connectors answer as the memory connector does, over the same raw rows."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.errors import SourceError, SourceRefused, SourceTimeout
from connectors.memory import MemoryConnector
from connectors.protocol import Connector
from connectors.requests import KeyBinding, Load, OrderTerm, Scan
from connectors.results import Loaded
from connectors.sql.driver import SqlConnector
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Not, Or
from tests.cities import harbour_rows as rows
from tests.kit import read_city
from tests.patience import soon
from tests.services import require

pytestmark = pytest.mark.xdist_group("sql")

CATALOGUE, _ = read_city("harbour")
OWN = f"_{os.getpid()}"
"""Ends the names of this process's tables: other runs may use the same server."""
TYPES = {int: "INTEGER", str: "VARCHAR(80)"}


def statements(quote: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """DDL and rows for every table of the city."""
    made: list[tuple[str, list[dict[str, Any]]]] = []
    for code, table in rows.TABLES.items():
        resource = CATALOGUE.resources[code]
        if not table or resource.origin is None or code == "registry.verification":
            continue
        columns = {c: next((type(r[c]) for r in table if r[c] is not None), str) for c in table[0]}
        body = ", ".join(f"{quote}{name}{quote} {TYPES[type_]}" for name, type_ in columns.items())
        made.append((f"CREATE TABLE {quote}{resource.origin}{OWN}{quote} ({body})", []))
        names = ", ".join(f"{quote}{name}{quote}" for name in columns)
        places = ", ".join(f":{name}" for name in columns)
        insert = f"INSERT INTO {quote}{resource.origin}{OWN}{quote} ({names}) VALUES ({places})"
        made.append((insert, [dict(row) for row in table]))
    return made


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
async def connector(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlConnector]:
    if request.param == "sqlite":
        url = f"sqlite+pysqlite:///{tmp_path}/city.sqlite"
        engine = create_engine(url)
        with engine.begin() as connection:
            for statement, values in statements('"'):
                connection.execute(text(statement), values or None)
        engine.dispose()
    else:
        url = require(request.param)
        await fill(url, "`" if request.param == "mariadb" else '"')
    opened = open_database(SqlSettings(url=SecretStr(url)))
    yield opened
    await opened.aclose()
    if request.param != "sqlite":
        await drop(url, "`" if request.param == "mariadb" else '"')


async def drop(url: str, quote: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement, _ in statements(quote):
            if statement.startswith("CREATE TABLE"):
                await connection.execute(text(f"DROP TABLE {quote}{statement.split(quote)[1]}{quote}"))
    await engine.dispose()


async def fill(url: str, quote: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement, values in statements(quote):
            await connection.execute(text(statement), values or None)
    await engine.dispose()


def own(code: str) -> Resource:
    resource = CATALOGUE.resources[code]
    return replace(resource, origin=f"{resource.origin}{OWN}")


def load(code: str, keys: list[tuple[Any, ...]], place: int = 0, **options: Any) -> Load:
    resource: Resource = own(code)
    by = resource.attachments[place].by
    pieces = [(8, 17) if one.key == "orgCode" else None for one in by]
    items = tuple(name for name, item in resource.items.items() if item.column is not None)
    deadline = soon()
    return Load(
        resource=resource,
        key=KeyBinding(by, tuple(pieces)),
        keys=tuple(keys),
        items=options.pop("items", items),
        deadline=options.pop("deadline", deadline),
        **options,
    )


PEOPLE = [(one,) for one in (rows.UNKNOWN, rows.ZHANG, rows.CHILD, rows.X_CHECK, rows.LI)]
CASES: dict[str, tuple[str, list[tuple[Any, ...]], dict[str, Any]]] = {
    "several stored forms": ("registry.household", PEOPLE, {}),
    "any of two columns": ("registry.marriage", PEOPLE, {}),
    "padded and lower case": ("transport.qualification", PEOPLE, {}),
    "sliced key": ("market.penalty", [(rows.SHOP,), (rows.FLEET,)], {}),
    "composite key": (
        "transport.vehicle",
        [("渝DEM002", "BLUE"), ("渝DEM001", "YELLOW"), ("渝DEM001", "BLUE")],
        {},
    ),
    "nobody": ("market.company", [(rows.SOCIETY,)], {}),
    "order with empty values": (
        "transport.qualification",
        PEOPLE,
        {"order": (OrderTerm("points", descending=True),)},
    ),
    "limit for each key": (
        "transport.qualification",
        PEOPLE,
        {"limit_per_key": 2, "order": (OrderTerm("points"),)},
    ),
    "limit where one form names each key": (
        "market.tax",
        [(rows.FLEET,), (rows.SHOP,)],
        {"limit_per_key": 1},
    ),
    "equal": ("transport.qualification", PEOPLE, {"predicate": Compare("category", "eq", "ROAD_FREIGHT")}),
    "in": ("transport.qualification", PEOPLE, {"predicate": Compare("points", "in", (2, 9))}),
    "not": ("transport.qualification", PEOPLE, {"predicate": Not(Compare("points", "gt", 5))}),
    "empty": ("transport.qualification", PEOPLE, {"predicate": Compare("points", "isNull", True)}),
    "starts with": (
        "market.penalty",
        [(rows.FLEET,)],
        {"predicate": Compare("decisionNo", "startsWith", "P-")},
    ),
    "case matters": (
        "market.penalty",
        [(rows.FLEET,)],
        {"predicate": Compare("decisionNo", "startsWith", "p-")},
    ),
    "contains": ("market.penalty", [(rows.FLEET,)], {"predicate": Compare("fact", "contains", "载")}),
    "or and and": (
        "transport.qualification",
        PEOPLE,
        {
            "predicate": Or(
                (
                    And((Compare("points", "ge", 2), Compare("points", "lt", 9))),
                    Compare("number", "eq", "Q-1"),
                )
            )
        },
    ),
}


async def answer(connector: Connector, request: Load) -> Loaded:
    assert len(request.keys) <= connector.capabilities.max_keys
    return await connector.load(request)


@pytest.mark.parametrize("name", CASES)
async def test_a_database_answers_as_memory_does(connector: SqlConnector, name: str) -> None:
    code, keys, options = CASES[name]
    expected = await answer(MemoryConnector(rows.TABLES), load(code, keys, **options))
    answered = await answer(connector, load(code, keys, **options))
    assert answered.entries == expected.entries


async def test_only_needed_columns_are_in_the_statement(tmp_path: Path) -> None:
    heard: list[str] = []
    url = f"sqlite+pysqlite:///{tmp_path}/city.sqlite"
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement, values in statements('"'):
            connection.execute(text(statement), values or None)
    engine.dispose()
    opened = open_database(SqlSettings(url=SecretStr(url)), heard.append)
    await opened.load(load("registry.household", PEOPLE, items=("sex",)))
    await opened.aclose()
    _, statement = heard  # the first one asks how the table is stored
    assert '"XB"' in statement
    assert '"XM"' not in statement
    assert rows.ZHANG not in statement


async def test_pages_are_complete_and_do_not_overlap(connector: SqlConnector) -> None:
    resource = own("market.penalty")
    deadline = soon()
    numbers: list[str] = []
    cursor = None
    while True:
        page = await connector.scan(Scan(resource, ("decisionNo",), 4, deadline, cursor=cursor))
        numbers += [row[0] for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    assert numbers == [f"P-{n}" for n in range(6)]


async def test_a_deadline_that_passed_is_a_timeout(connector: SqlConnector) -> None:
    with pytest.raises(SourceTimeout):
        await connector.load(load("registry.household", PEOPLE, deadline=asyncio.get_running_loop().time()))


async def test_a_missing_table_says_nothing_of_the_statement(connector: SqlConnector) -> None:
    request = load("registry.household", PEOPLE)
    request = structs.replace(request, resource=replace(request.resource, origin="NO_SUCH_TABLE"))
    with pytest.raises(SourceError) as caught:
        await connector.load(request)
    assert "NO_SUCH_TABLE" not in str(caught.value)
    assert rows.ZHANG not in str(caught.value)
    assert isinstance(caught.value, SourceRefused | SourceError)


async def test_a_dead_database_is_unhealthy_and_nothing_is_raised() -> None:
    opened = open_database(SqlSettings(url=SecretStr("postgresql+asyncpg://nobody@127.0.0.1:1/none")))
    health = await opened.probe(soon())
    assert not health.is_up
    with pytest.raises(SourceError):
        await opened.load(load("registry.household", PEOPLE))
    await opened.aclose()
