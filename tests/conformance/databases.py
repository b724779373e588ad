"""Harnesses: memory, SQLite, PostgreSQL and MariaDB."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import (
    Column,
    Date,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    make_url,
)
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.memory import MemoryConnector
from connectors.protocol import Connector
from connectors.sql.driver import SqlConnector
from connectors.sql.opening import open_database
from connectors.sql.runner import EngineRunner
from connectors.sql.settings import SqlSettings
from schema.catalogue.model import Resource
from tests.conformance.town import CODECS
from tests.services import require

PLACES = {
    "sqlite": "sqlite+pysqlite:///{path}",
    "postgres": "postgresql+asyncpg://postgres@127.0.0.1:1/test",
    "mariadb": "mysql+asyncmy://root@127.0.0.1:1/test",
}
"""Where nothing answers."""
NATIVE: Mapping[str, Any] = {
    "ROW_ID": Integer(),
    "YEAR": Integer(),
    "AMOUNT": Numeric(12, 2),
    "DAY": Date(),
}


class MemoryHarness:
    """Rows in memory."""

    sent = None
    takes_composite = True
    asks_each = False
    keeps_empty_text = True

    def __init__(self, _directory: Path) -> None:
        """Memory needs no place."""

    async def make(self, resource: Resource, raw_rows: Sequence[Mapping[str, Any]]) -> Connector:
        """Keep the rows."""
        return MemoryConnector({resource.code: raw_rows})

    async def make_dead(self) -> None:
        """Memory is always there."""

    async def aclose(self) -> None:
        """Nothing was opened."""


class SqlHarness:
    """Rows in a table of one database, reached by its driver."""

    takes_composite = True
    asks_each = False
    keeps_empty_text = True

    def __init__(self, name: str, directory: Path) -> None:
        self.sent: list[str] = []
        self._name = name
        self._path = directory / "town.db"
        self._opened: list[SqlConnector] = []
        self._tables: list[Table] = []
        self.url = f"sqlite+pysqlite:///{self._path}" if name == "sqlite" else require(name)

    async def make(self, resource: Resource, raw_rows: Sequence[Mapping[str, Any]]) -> Connector:
        """Make the table anew."""
        table = self._table(str(resource.origin))
        self._tables.append(table)
        await self._store(table, [dict(row) for row in raw_rows])
        return self._open(self.url)

    async def make_dead(self) -> Connector:
        """Nobody listens at port 1, and no file stands at the path."""
        return self._open(PLACES[self._name].format(path=self._path.with_name("missing.db")))

    async def aclose(self) -> None:
        """Close connections and drop tables."""
        for connector in self._opened:
            await connector.aclose()
        for table in self._tables:
            await self._store(table, None)

    def _table(self, name: str) -> Table:
        columns = (
            Column(column, NATIVE.get(column, String(60)), primary_key=column == "ROW_ID")
            for column in CODECS
        )
        return Table(name, MetaData(), *columns, mysql_charset="utf8mb4")

    def _open(self, url: str) -> SqlConnector:
        connector = open_database(SqlSettings(url=SecretStr(url)), self.sent.append)
        self._opened.append(connector)
        return connector

    async def _store(self, table: Table, rows: list[dict[str, Any]] | None) -> None:
        def work(connection: Any) -> None:
            table.drop(connection, checkfirst=True)
            if rows is not None:
                table.create(connection)
                if rows:
                    connection.execute(table.insert(), rows)

        if make_url(self.url).get_backend_name() == "sqlite":
            sync = create_engine(self.url)
            with sync.begin() as connection:
                work(connection)
            sync.dispose()
            return
        engine = create_async_engine(self.url)
        async with engine.begin() as opened:
            await opened.run_sync(work)
        await engine.dispose()


class EngineHarness(SqlHarness):
    """The same through SQLAlchemy alone, as every other dialect is reached."""

    def _open(self, url: str) -> SqlConnector:
        runner = EngineRunner(create_async_engine(url, hide_parameters=True), self.sent.append)
        self._opened.append(SqlConnector(runner, 500))
        return self._opened[-1]
