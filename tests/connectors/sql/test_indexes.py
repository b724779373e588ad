"""What PostgreSQL does for a statement: an index look-up where there is an index, however large the table."""

from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from connectors.requests import OrderTerm, Scan
from schema.catalogue.model import Resource
from schema.predicate import Compare, Predicate
from tests.connectors.sql.legacy import OWN, TEXT, Legacy, column, legacy, resource
from tests.patience import soon

pytestmark = pytest.mark.xdist_group("sql")
ROWS = 20_000
TABLE = (
    'CREATE TABLE {t}_i (id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, day date NOT NULL, n integer,'
    " de text NOT NULL)",
    "INSERT INTO {t}_i SELECT 'K' || lpad(i::text, 9, '0'), 'k' || i % 3, '2000-01-01'::date + i % 7000,"
    f" nullif(i, 5), 'd' || i FROM generate_series(1, {ROWS}) i",
    "CREATE INDEX ON {t}_i (day, id)",
    "CREATE INDEX ON {t}_i (n)",
    "CREATE INDEX ON {t}_i (kind, day, id)",
    "ANALYZE {t}_i",
)
OF = resource(
    f"{OWN}_i",
    {"id": TEXT, "kind": TEXT, "day": column("Date"), "n": column("Int"), "de": TEXT},
    ("id",),
    max_rows=50,
)
MANY = replace(OF, identity=("kind", "id"))
"""Declared so that a key may have several rows."""


async def rows_read(database: Legacy, *arguments: Any) -> float:
    """Rows that the nodes of the last statement's plan gave or threw away, at most."""
    url = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    try:
        statement = await connection.prepare(database.sent[-1])
        ((explained),) = await statement.explain(*arguments, analyze=True)
    finally:
        await connection.close()
    return _read(explained["Plan"])


def _read(plan: Any) -> float:
    thrown = sum(value for name, value in plan.items() if name.startswith("Rows Removed"))
    own = (plan["Actual Rows"] + thrown) * plan["Actual Loops"]
    return max([float(own), *map(_read, plan.get("Plans", []))])


@pytest.mark.parametrize(
    ("order", "predicate", "arguments"),
    [
        ((), None, []),
        ((OrderTerm("day"),), None, []),
        ((OrderTerm("day", descending=True),), None, []),
        ((OrderTerm("n"),), None, []),
        ((OrderTerm("day"),), Compare("kind", "eq", "k1"), ["k1"]),
    ],
)
async def test_a_page_reads_a_page(
    order: tuple[OrderTerm, ...], predicate: Predicate | None, arguments: list[Any]
) -> None:
    async with legacy("postgres", *TABLE) as database:
        scan = Scan(OF, ("id", "n"), 50, soon(), order=order, predicate=predicate)
        page = await database.connector.scan(scan)
        assert len(page.rows) == 50
        assert await rows_read(database, *arguments, 51) < 200


async def test_a_page_far_behind_reads_a_page() -> None:
    async with legacy("postgres", *TABLE) as database:
        for descending in (False, True):
            order = (OrderTerm("day", descending),)
            first = await database.connector.scan(Scan(OF, ("id",), ROWS // 2, soon(), order=order))
            scan = Scan(OF, ("id",), 50, soon(), order=order, cursor=first.cursors[-1])
            assert len((await database.connector.scan(scan)).rows) == 50
            assert await rows_read(database, *first.cursors[-1], 51) < 200


@pytest.mark.parametrize(
    ("of", "limit", "limits"),
    [(OF, None, [2501]), (OF, 3, [2501]), (MANY, None, [2501]), (MANY, 3, [3, 2501])],
)
async def test_a_load_reads_the_rows_of_its_keys(of: Resource, limit: int | None, limits: list[int]) -> None:
    """Of a key that is the identity there is one row, and nothing to rank."""
    async with legacy("postgres", *TABLE) as database:
        keys = [f"K{number:09}" for number in range(100, 150)]
        entries = await database.ask(of, ("id",), *keys, items=("n",), limit_per_key=limit)
        assert entries == tuple(((number,),) for number in range(100, 150))
        assert await rows_read(database, keys, *limits) <= 50


async def test_the_look_up_of_one_key_is_planned_once() -> None:
    """PostgreSQL plans the first five times anew, and then keeps a plan that expects to cost no more."""
    async with legacy("postgres", *TABLE) as database:
        for number in range(20):
            await database.ask(MANY, ("id",), f"K{number:09}", items=("n",), order=("de",))
        pool = database.connector._runner._pool  # type: ignore[attr-defined] # plans are of a session
        session = await pool.take()
        plans = await session.fetch(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1",
            [database.sent[-1]],
        )
        pool.give(session)
        assert [tuple(row) for row in plans] == [(15, 5)]


async def test_a_key_of_several_columns_finds_its_index() -> None:
    async with legacy("postgres", *TABLE) as database:
        keys = [(f"k{number % 3}", date(2000, 1, 1 + number)) for number in range(1, 9)]
        entries = await database.ask(OF, ("kind", "day"), *keys, items=("n",))
        assert entries == tuple(((None if number == 5 else number,),) for number in range(1, 9))
        arguments = [[kind for kind, _ in keys], [day for _, day in keys], 401]
        assert await rows_read(database, *arguments) <= 60
        assert await database.ask(OF, ("kind", "day"), keys[0], items=("n",)) == entries[:1]
        assert await rows_read(database, *keys[0], 51) <= 10
