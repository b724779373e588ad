"""Sessions of a driver: what was prepared may become outdated, and what was cancelled leaves nothing behind."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from connectors.errors import SourceMisbehaved, SourceTimeout
from connectors.sql import sessions
from connectors.sql.pool import OVERFLOW
from connectors.sql.sessions import MysqlSession, open_raw
from connectors.sql.settings import SqlSettings
from schema.predicate import Compare
from schema.values import Invalid
from tests.connectors.sql.legacy import OWN, TEXT, column, legacy, resource, run
from tests.connectors.sql.test_driver import SLOW, until_slow
from tests.patience import PATIENCE_SECONDS, soon

pytestmark = pytest.mark.xdist_group("sql")
PLACES = SqlSettings.model_fields["pool_size"].default + OVERFLOW
"""Sessions that a source has at most."""
BOTH = pytest.mark.parametrize("name", ["postgres", "mariadb"])
CHANGES = {
    "bigint": "varchar(9)",
    "varchar(9)": "char(18)",
    "char(18)": "varchar(18)",
    "integer": "bigint",
    "smallint": "numeric(9,0)",
}


@pytest.fixture(autouse=True)
def patient_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that is to be ended is ended, however slow its server is."""
    monkeypatch.setattr(sessions, "END_SECONDS", PATIENCE_SECONDS)


@BOTH
@pytest.mark.parametrize("type_", CHANGES)
async def test_a_table_may_change_its_types_between_two_loads(name: str, type_: str) -> None:
    async with legacy(
        name,
        f"CREATE TABLE {{t}}_d (id {type_}, n {type_})",
        "INSERT INTO {t}_d VALUES ('5', '1')",
    ) as database:
        of = resource(f"{OWN}_d", {"id": TEXT, "n": TEXT}, ("id",))
        for _ in range(2):
            assert await database.ask(of, ("id",), "5", "7") == ((("5", "1"),), ())
        to = CHANGES[type_]
        alter = (
            f"ALTER TABLE {OWN}_d ALTER id TYPE {to} USING id::{to}, ALTER n TYPE {to} USING n::{to}"
            if name == "postgres"
            else f"ALTER TABLE {OWN}_d MODIFY id {to}, MODIFY n {to}"
        )
        await run(database.url, alter)
        for _ in range(2):
            assert await database.ask(of, ("id",), "5", "7") == ((("5", "1"),), ())


async def test_a_type_of_postgresql_may_change_between_two_loads() -> None:
    async with legacy(
        "postgres",
        "CREATE TYPE {t}_state AS ENUM ('open')",
        "CREATE TABLE {t}_e (id integer, s {t}_state)",
        "INSERT INTO {t}_e VALUES (1, 'open')",
    ) as database:
        of = resource(f"{OWN}_e", {"id": TEXT, "s": TEXT}, ("id",))
        assert await database.ask(of, ("id",), "1") == ((("1", "open"),),)
        await run(
            database.url,
            f"ALTER TABLE {OWN}_e DROP COLUMN s",
            f"DROP TYPE {OWN}_state",
            f"CREATE TYPE {OWN}_state AS ENUM ('shut')",
            f"ALTER TABLE {OWN}_e ADD COLUMN s {OWN}_state DEFAULT 'shut'",
        )
        assert await database.ask(of, ("id",), "1") == ((("1", "shut"),),)


@BOTH
async def test_cancelled_statements_leave_no_place_taken(name: str) -> None:
    async with legacy(name, "CREATE TABLE {t}_c (id integer)", "INSERT INTO {t}_c VALUES (1)") as database:
        of = resource(f"{OWN}_c", {"id": TEXT}, ("id",))
        for _ in range(2):
            slow = [asyncio.create_task(database.connector.run(text(SLOW[name]), soon())) for _ in range(20)]
            await until_slow(name, PLACES)
            for task in slow:
                task.cancel()
            await asyncio.wait(slow)
            assert all(task.cancelled() for task in slow)
        answers = await asyncio.gather(*(database.ask(of, ("id",), "1") for _ in range(40)))
        assert answers == [((("1",),),)] * 40


async def test_a_statement_that_is_over_when_it_is_to_be_ended_leaves_no_session_open() -> None:
    """A server that notices by itself who has gone has no statement left to end, and says so as an error."""
    opened: list[Any] = []
    async with legacy("mariadb") as database:
        engine = create_async_engine(database.url, poolclass=NullPool)
        event.listen(engine.sync_engine, "connect", lambda raw, _: opened.append(raw))
        session = MysqlSession(raw := await open_raw(engine), engine)
        running = asyncio.create_task(session.fetch(SLOW["mariadb"], ()))
        await until_slow("mariadb", 1)
        running.cancel()
        await asyncio.wait([running])
        await run(database.url, f"KILL {raw.thread_id()}")
        await until_slow("mariadb", 0)
        await session.aclose()
        assert [one.driver_connection.connected for one in opened] == [False, False], "itself and its helper"


@BOTH
async def test_a_deadline_while_waiting_for_a_session_is_a_timeout(name: str) -> None:
    async with legacy(name, "CREATE TABLE {t}_c (id integer)") as database:
        slow = [asyncio.create_task(database.connector.run(text(SLOW[name]), soon())) for _ in range(20)]
        await until_slow(name, PLACES)
        with pytest.raises(SourceTimeout):
            await database.connector.run(text("SELECT 1"), soon(0.2))
        for task in slow:
            task.cancel()
        await asyncio.wait(slow)


@BOTH
async def test_no_transaction_stays_open_and_rows_are_those_of_now(name: str) -> None:
    async with legacy(
        name, "CREATE TABLE {t}_c (id integer, n integer)", "INSERT INTO {t}_c VALUES (1, 1)"
    ) as database:
        of = resource(f"{OWN}_c", {"id": TEXT, "n": column("Int")}, ("id",))
        assert await database.ask(of, ("id",), "1") == ((("1", 1),),)
        await run(database.url, f"UPDATE {OWN}_c SET n = 2")
        assert await database.ask(of, ("id",), "1") == ((("1", 2),),)
        opened = (
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
            if name == "postgres"
            else "SELECT @@autocommit - 1"
        )
        assert [tuple(row) for row in await database.connector.run(text(opened), soon())] == [(0,)]


async def test_operands_and_keys_of_every_sort_reach_postgresql() -> None:
    async with legacy(
        "postgres",
        "CREATE TABLE {t}_v (id integer, big bigint, f double precision, b bytea, d date, m timestamp,"
        " a numeric(30,2), ok boolean, g text)",
        "INSERT INTO {t}_v VALUES (1, 9000000000000000000, 0.5, '\\xd5c5', '2024-05-06', '2024-05-06 07:08:09',"
        " 123456789012345678901234567.89, true, 'x')",
    ) as database:
        from schema.catalogue.item_declarations import ReadDeclaration

        gbk = column("String", read=ReadDeclaration(encoding="gbk"))
        columns = {
            "id": column("Int"),
            "big": column("Decimal"),
            "f": column("Float"),
            "b": gbk,
            "d": column("Date"),
            "a": column("Decimal"),
            "ok": column("Boolean"),
        }
        of = resource(f"{OWN}_v", columns, ("id",))
        keys = {
            "id": 1,
            "big": Decimal(9000000000000000000),
            "f": 0.5,
            "b": "张",
            "d": date(2024, 5, 6),
            "a": Decimal("123456789012345678901234567.89"),
            "ok": True,
        }
        expected = ((tuple(keys.values()),),)
        for name, key in keys.items():
            assert await database.ask(of, (name,), key) == expected, name
            assert await database.ask(of, (name, "id"), (key, 1)) == expected, name
            assert await database.ask(of, ("id",), 1, arguments={name: key}) == expected, name
            equal = Compare(name, "eq", key)
            assert await database.ask(of, ("id",), 1, predicate=equal) == expected, name
        beyond = Decimal(10**20)
        assert await database.ask(of, ("big",), beyond, Decimal(1)) == ((), ())


async def test_a_value_that_python_has_none_for_ends_no_session() -> None:
    """A time of 24:00 that is declared as a number is read by asyncpg, which cannot."""
    async with legacy(
        "postgres",
        "CREATE TABLE {t}_k (id integer, v time)",
        "INSERT INTO {t}_k VALUES (1, '24:00'), (2, '08:30')",
    ) as database:
        of = resource(f"{OWN}_k", {"id": column("Int"), "v": column("Int")}, ("id",))
        (((two,),),) = await database.ask(of, ("id",), 2, items=("v",))
        assert isinstance(two, Invalid)
        backend = await database.connector.run(text("SELECT pg_backend_pid()"), soon())
        with pytest.raises(SourceMisbehaved):
            await database.ask(of, ("id",), 1, items=("v",))
        assert await database.connector.run(text("SELECT pg_backend_pid()"), soon()) == backend
