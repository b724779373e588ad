"""Settings -> an open database: which runner serves which dialect."""

import sqlite3
from typing import Any, cast

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from connectors.sql.driver import SqlConnector
from connectors.sql.errors import DRIVER_ERRORS, translate
from connectors.sql.moments import read_moments
from connectors.sql.pool import OVERFLOW, Pool
from connectors.sql.runner import EngineRunner, Hear, Runner, SessionRunner
from connectors.sql.sessions import MysqlSession, PostgresSession, open_raw
from connectors.sql.settings import SqlSettings
from connectors.sql.sqlite_session import SqliteSession
from connectors.sql.threads import Engine, ThreadRunner
from schema.catalogue.model import Resource, Source


def open_sql(source: Source, resources: tuple[Resource, ...]) -> SqlConnector:  # noqa: ARG001 - `from:` says all
    """Open a database. Nothing is connected to yet."""
    settings = SqlSettings.model_validate(source.settings)
    return open_database(settings)


def open_database(settings: SqlSettings, on_statement: Hear | None = None) -> SqlConnector:
    """Open a database by its settings; `on_statement` hears the text of every statement."""
    url = make_url(settings.url.get_secret_value())
    runner = _runner_of(url, settings.pool_size, on_statement)
    return SqlConnector(
        runner,
        settings.max_keys,
        settings.statement_timeout_seconds,
        max_concurrent=settings.pool_size + OVERFLOW,
    )


def _runner_of(url: URL, pool_size: int, hear: Hear | None) -> Runner:
    if url.get_backend_name() == "sqlite":
        return ThreadRunner(_sqlite(url), hear)
    if url.drivername not in _CONNECT:
        return EngineRunner(create_async_engine(url, hide_parameters=True, pool_size=pool_size), hear)
    connect_args = _CONNECT[url.drivername]
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=connect_args)
    if url.get_backend_name() == "postgresql":

        async def open_postgres() -> PostgresSession:
            raw = await open_raw(engine)
            await read_moments(raw)
            return PostgresSession(raw)

        return SessionRunner(engine.dialect, Pool(open_postgres, pool_size), hear)

    async def open_mysql() -> MysqlSession:
        return MysqlSession(await open_raw(engine), engine)

    return SessionRunner(engine.dialect, Pool(open_mysql, pool_size), hear)


SQLITE_THREADS = 4
"""Reads of one SQLite file at once; more would wait for the same interpreter."""


def _sqlite(url: URL) -> Engine:
    """A SQLite file; SQLAlchemy opens the connections and no more."""
    engine = create_engine(_read_only(url), hide_parameters=True, poolclass=NullPool)

    def connect() -> sqlite3.Connection:
        proxied = engine.raw_connection()
        raw = cast(sqlite3.Connection, proxied.driver_connection)
        proxied.detach()
        return raw

    path = url.database if url.database != ":memory:" and not url.query.get("uri") else None
    return Engine(
        engine.dialect,
        lambda: SqliteSession(connect, path or None),
        DRIVER_ERRORS,
        translate,
        engine.dispose,
        SQLITE_THREADS,
    )


_MYSQL = {"init_command": "SET time_zone = '+08:00'", "autocommit": True}
_CONNECT: dict[str, dict[str, Any]] = {
    "postgresql+asyncpg": {"server_settings": {"timezone": "Etc/GMT-8"}},
    "mysql+asyncmy": _MYSQL,
    "mariadb+asyncmy": _MYSQL,
}
"""Moments without an offset are Beijing time, also where a server compares or shows moments.

A statement is a transaction of its own: none stays open, and each sees what is there by then.
"""


def _read_only(url: URL) -> URL:
    """Open SQLite files for reading only; a missing file is an error and not a new database."""
    if not url.database or url.database == ":memory:" or url.query.get("uri"):
        return url
    return url.set(database=f"file:{url.database}").update_query_dict({"mode": "ro", "uri": "true"})
