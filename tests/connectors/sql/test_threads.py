"""SQLite runs in threads: as many as are needed, no more than may be, and none after the end."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from connectors.errors import SourceRefused, SourceUnavailable
from connectors.sql.driver import SqlConnector
from connectors.sql.opening import SQLITE_THREADS, open_database
from connectors.sql.settings import SqlSettings
from connectors.sql.threads import Engine, ThreadRunner
from tests.patience import PATIENCE_SECONDS, comes, soon, until

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
COUNT = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000) SELECT max(i) FROM n"
)


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("sqlite_")}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SqlConnector]:
    path = folder / "a.db"
    sqlite3.connect(path).execute("CREATE TABLE IF NOT EXISTS t (id TEXT)").connection.close()
    connector = open_database(SqlSettings(url=SecretStr(f"sqlite+pysqlite:///{path}")))
    try:
        yield connector
    finally:
        await connector.aclose()


async def test_one_statement_after_another_needs_one_thread(tmp_path: Path) -> None:
    async with opened(tmp_path) as connector:
        for number in range(20):
            assert await connector.run(text("SELECT :n"), soon(), n=number) == [(number,)]
        assert threads() == {"sqlite_0"}
    assert threads() == set()


async def test_many_at_once_have_the_threads_that_may_be(tmp_path: Path) -> None:
    """Each gets its own answer, whoever was asked for it."""
    async with opened(tmp_path) as connector:
        asked = [connector.run(text("SELECT :n"), soon(), n=number) for number in range(50)]
        assert await asyncio.gather(*asked, connector.run(COUNT, soon())) == [
            *([(number,)] for number in range(50)),
            [(200_000,)],
        ]
        assert len(threads()) == SQLITE_THREADS


async def test_a_cancelled_statement_ends_and_its_thread_goes_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as connector:
        running = [asyncio.create_task(connector.run(ENDLESS, soon())) for _ in range(SQLITE_THREADS)]
        await until(lambda: len(threads()) == SQLITE_THREADS)
        waiting = asyncio.create_task(connector.run(text("SELECT 1"), soon()))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        for task in running:
            task.cancel()
        assert await waiting == [(1,)]
        for task in running:
            with pytest.raises(asyncio.CancelledError):
                await task


class Beginning:
    """A connection whose statement begins after the first interrupt, which is passed over as SQLite does."""

    def __init__(self) -> None:
        self.has_been_asked, self.is_ended = threading.Event(), threading.Event()
        self.interrupts = 0

    def execute(self, _query: str, _parameters: Any, /) -> Any:
        self.has_been_asked.set()
        assert self.is_ended.wait(PATIENCE_SECONDS)
        raise sqlite3.OperationalError("interrupted")

    def interrupt(self) -> None:
        self.interrupts += 1
        if self.interrupts > 1:
            self.is_ended.set()

    def close(self) -> None: ...


async def test_a_statement_that_begins_while_it_is_cancelled_ends_too() -> None:
    connection = Beginning()
    engine = Engine(
        dialect=sqlite.dialect(), connect=lambda: connection, errors=(sqlite3.Error,),
        translate=lambda _error: SourceRefused(), dispose=lambda: None, threads=1,
    )  # fmt: skip
    runner = ThreadRunner(engine, None)
    prepared: Any = SimpleNamespace(text="SELECT 1", arguments=lambda _values: ())
    running = asyncio.create_task(runner.run(prepared, {}))
    await until(connection.has_been_asked.is_set)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await comes(runner.aclose())
    assert connection.interrupts == 2


async def test_a_statement_that_is_cancelled_before_its_turn_never_runs(tmp_path: Path) -> None:
    async with opened(tmp_path) as connector:
        running = [asyncio.create_task(connector.run(ENDLESS, soon())) for _ in range(SQLITE_THREADS)]
        await until(lambda: len(threads()) == SQLITE_THREADS)
        never = [asyncio.create_task(connector.run(ENDLESS, soon())) for _ in range(20)]
        await asyncio.sleep(0.05)
        for task in (*never, *running):
            task.cancel()
        assert await connector.run(text("SELECT 1"), soon()) == [(1,)]
        for task in (*never, *running):
            with suppress(asyncio.CancelledError):
                await task


async def test_an_error_is_of_its_statement_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as connector:
        for _ in range(3):
            with pytest.raises(SourceRefused):
                await connector.run(text("SELECT missing FROM t"), soon())
            assert await connector.run(text("SELECT count(*) FROM t"), soon()) == [(0,)]


async def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as connector:
        (tmp_path / "a.db").rename(tmp_path / "away.db")
        with pytest.raises(SourceUnavailable):
            await connector.run(text("SELECT count(*) FROM t"), soon())
        (tmp_path / "away.db").rename(tmp_path / "a.db")
        assert await connector.run(text("SELECT count(*) FROM t"), soon()) == [(0,)]


async def test_the_end_waits_for_what_runs_and_takes_no_more(tmp_path: Path) -> None:
    async with opened(tmp_path) as connector:
        running = asyncio.create_task(connector.run(COUNT, soon()))
        await until(lambda: threads() != set())
        await connector.aclose()
        assert await running == [(200_000,)]
        assert threads() == set()
        with pytest.raises(SourceUnavailable):
            await connector.run(text("SELECT 1"), soon())
