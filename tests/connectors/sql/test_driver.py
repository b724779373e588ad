"""Ending statements at the database, and what a connector may do to a file."""

import asyncio
import time
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.errors import SourceError, SourceTimeout
from connectors.sql.driver import SqlConnector
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from tests.services import require

SLOW = {
    "postgres": "SELECT pg_sleep(20) AS jutong_slow",
    "mariadb": "SELECT sleep(20) AS jutong_slow",
}
RUNNING = {
    "postgres": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
    " AND query LIKE '%AS jutong_slow' AND pid <> pg_backend_pid()",
    "mariadb": "SELECT count(*) FROM information_schema.processlist"
    " WHERE info LIKE '%AS jutong_slow' AND id <> connection_id()",
}
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def opened(url: str, seconds: float | None = None) -> SqlConnector:
    return open_database(SqlSettings(url=SecretStr(url), statement_timeout_seconds=seconds))


def soon(seconds: float = 10) -> float:
    return asyncio.get_running_loop().time() + seconds


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
async def test_a_deadline_ends_the_statement_at_the_server(name: str) -> None:
    url = require(name)
    connector = opened(url)
    with pytest.raises(SourceTimeout):
        await connector.run(text(SLOW[name]), soon(0.3))
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        for _ in range(20):
            running = (await connection.execute(text(RUNNING[name]))).scalar()
            if not running:
                break
            await connection.rollback()
            await asyncio.sleep(0.1)
    await engine.dispose()
    assert running == 0
    assert (await connector.probe(soon())).is_up
    await connector.aclose()


async def test_a_timeout_of_the_settings_interrupts_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    path.touch()
    connector = opened(f"sqlite+pysqlite:///{path}", 0.3)
    with pytest.raises(SourceTimeout):
        await connector.run(text(ENDLESS), soon(30))
    started = time.monotonic()
    await connector.aclose()  # waits for the threads
    assert time.monotonic() - started < 5


async def test_sqlite_is_opened_for_reading_only(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    engine = create_engine(f"sqlite+pysqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
    engine.dispose()
    connector = opened(f"sqlite+pysqlite:///{path}")
    with pytest.raises(SourceError):
        await connector.run(text("INSERT INTO t VALUES (1) RETURNING a"), soon())
    await connector.aclose()
