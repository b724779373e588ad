"""Ending statements at the database, and what a connector may do to a file."""

import asyncio
import os
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.errors import SourceError, SourceTimeout
from connectors.sql import sessions
from connectors.sql.driver import SqlConnector
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, comes, soon
from tests.services import require

_MARK = f"jutong_slow_{os.getpid()}"
SLOW = {
    "postgres": f"SELECT pg_sleep({AGES_SECONDS}) AS {_MARK}",
    "mariadb": f"SELECT sleep({AGES_SECONDS}) AS {_MARK}",
}
_RUNNING = {
    "postgres": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
    f" AND query LIKE '%AS {_MARK}' AND pid <> pg_backend_pid()",
    "mariadb": "SELECT count(*) FROM information_schema.processlist"
    f" WHERE info LIKE '%AS {_MARK}' AND id <> connection_id()",
}
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def opened(url: str, seconds: float | None = None) -> SqlConnector:
    return open_database(SqlSettings(url=SecretStr(url), statement_timeout_seconds=seconds))


@pytest.fixture(autouse=True)
def patient_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that is to be ended is ended, however slow its server is."""
    monkeypatch.setattr(sessions, "END_SECONDS", PATIENCE_SECONDS)


async def until_slow(name: str, count: int) -> None:
    """Wait until the server runs so many of our slow statements."""
    engine = create_async_engine(require(name), isolation_level="AUTOCOMMIT")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), engine.connect() as connection:
            while (await connection.execute(text(_RUNNING[name]))).scalar() != count:
                await asyncio.sleep(0.05)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
async def test_a_deadline_ends_the_statement_at_the_server(name: str) -> None:
    url = require(name)
    connector = opened(url)
    with pytest.raises(SourceTimeout):
        await connector.run(text(SLOW[name]), soon(0.3))
    await until_slow(name, 0)
    assert (await connector.probe(soon())).is_up
    await connector.aclose()


async def test_a_timeout_of_the_settings_interrupts_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    path.touch()
    connector = opened(f"sqlite+pysqlite:///{path}", 0.3)
    with pytest.raises(SourceTimeout):
        await connector.run(text(ENDLESS), soon(AGES_SECONDS))
    await comes(connector.aclose())  # waits for the threads


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
