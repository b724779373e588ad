"""The SQL driver: asynchronous where the database's driver is, a few threads for SQLite."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Protocol, cast

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from connectors.capabilities import Capabilities
from connectors.columns import column_of
from connectors.errors import SourceError, SourceMisbehaved, SourceRefused, SourceTimeout, SourceTruncated
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from connectors.shaping import shape
from connectors.sql.columns import CHARSETS, TYPES, Kinds
from connectors.sql.errors import DRIVER_ERRORS, translate
from connectors.sql.names import table_path
from connectors.sql.plain import plain_rows
from connectors.sql.settings import SqlSettings
from connectors.sql.statements import MYSQL, Statements, keyset_of, row_bound
from schema.catalogue.model import Resource, Source
from schema.predicate import OPERATORS

Rows = Sequence[Any]
SQLITE_THREADS = 4
"""Reads of one SQLite file at once; more would wait for the same interpreter."""
KILL_SECONDS = 2
"""How long ending an abandoned statement may take."""


class Runner(Protocol):
    """Runs a statement and gives its rows."""

    async def run(self, statement: Any) -> Rows:
        """Run it; cancellation ends it at the database."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class SqlConnector:
    """One database."""

    def __init__(self, runner: Runner, dialect: str, max_keys: int, longest: float | None = None) -> None:
        self._runner = runner
        self._longest = longest
        self._dialect = dialect
        self._kinds: dict[tuple[str, ...], Kinds] = {}
        self.capabilities = Capabilities(
            max_keys=max_keys,
            projects=True,
            operators=OPERATORS,
            orders=True,
            limits_per_key=True,
            scans=True,
        )

    async def load(self, load: Load) -> Loaded:
        """Read rows by key in one statement."""
        statements = await self._statements(load.resource, load.deadline)
        statement, columns = statements.load(load)
        rows = await self._read(load.resource, statement, load.deadline)
        entries = shape(load, columns, rows)
        if len(rows) >= row_bound(load):
            entries = (SourceTruncated("more rows than the bound of all keys"),) * len(load.keys)
        return Loaded(entries, datetime.now(UTC))

    async def scan(self, scan: Scan) -> Page:
        """Read a page; a cursor is what the database sorts the row before it by."""
        statements = await self._statements(scan.resource, scan.deadline)
        statement, columns = statements.scan(scan)
        rows, total = await asyncio.gather(
            self._read(scan.resource, statement, scan.deadline), self._count(statements, scan)
        )
        readers = [column_of(scan.resource, item) for item in scan.items]
        page = rows[: scan.limit]
        keyset = [columns.index(name) for name in keyset_of(scan)]
        cursors = tuple(tuple(row[position] for position in keyset) for row in page)
        return Page(
            rows=tuple(
                tuple(codec.decode(row[columns.index(name)]) for name, codec in readers) for row in page
            ),
            cursor=cursors[-1] if len(rows) > scan.limit else None,
            fetched_at=datetime.now(UTC),
            cursors=cursors,
            total=total,
        )

    async def _count(self, statements: Statements, scan: Scan) -> int | None:
        if not scan.with_total:
            return None
        ((total,),) = await self._read(scan.resource, statements.count(scan), scan.deadline)
        return int(total)

    async def probe(self, deadline: float) -> Health:
        """Ask for 1."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            await self._run(text("SELECT 1"), deadline)
        except SourceError as error:
            return Health(is_up=False, latency_seconds=clock() - started, detail=error.detail)
        return Health(is_up=True, latency_seconds=clock() - started)

    async def aclose(self) -> None:
        """Close connections."""
        await self._runner.aclose()

    async def _statements(self, resource: Resource, deadline: float) -> Statements:
        """What builds the statements of a resource; the server is asked once how its table is stored."""
        path = table_path(str(resource.origin))
        kinds = self._kinds.get(path)
        if kinds is None:
            kinds = self._kinds[path] = await self._look_at(path, deadline)
        return Statements(self._dialect, kinds)

    async def _look_at(self, path: tuple[str, ...], deadline: float) -> Kinds:
        if self._dialect == "postgresql":
            quoted = ".".join('"' + part.replace('"', '""') + '"' for part in path)
            query = TYPES.bindparams(name=quoted)
        elif self._dialect in MYSQL:
            schema = path[-2] if len(path) > 1 else None
            query = CHARSETS.bindparams(table_name=path[-1], table_schema=schema)
        else:
            return {}
        return {str(row[0]): str(row[1]) for row in await self._run(query, deadline)}

    async def _read(self, resource: Resource, statement: Any, deadline: float) -> Rows:
        try:
            return await self._run(statement, deadline)
        except (SourceRefused, SourceMisbehaved):
            self._kinds.pop(table_path(str(resource.origin)), None)  # the table may have another shape by now
            raise

    async def _run(self, statement: Any, deadline: float) -> Rows:
        if self._longest is not None:
            deadline = min(deadline, asyncio.get_running_loop().time() + self._longest)
        try:
            async with asyncio.timeout_at(deadline):
                return await self._runner.run(statement)
        except TimeoutError as error:
            raise SourceTimeout("the deadline passed") from error
        except DRIVER_ERRORS as error:
            raise translate(error) from None  # the text of drivers may hold keys


class AsyncRunner:
    """Runs on a database whose driver is asynchronous."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, statement: Any) -> Rows:
        """Run a statement; a cancelled task ends it at the server and gives up its connection."""
        async with self._engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            try:
                result = await connection.execute(statement)
                return plain_rows(result.cursor, result.fetchall())
            except asyncio.CancelledError:
                await asyncio.shield(self._end(connection, raw))
                raise

    async def _end(self, connection: AsyncConnection, raw: Any) -> None:
        """PostgreSQL's driver has told the server by itself; MariaDB has to be told by another."""
        await connection.invalidate()
        if not hasattr(raw, "thread_id"):
            return
        helper = create_async_engine(self._engine.url, hide_parameters=True, poolclass=NullPool)
        with suppress(SQLAlchemyError, OSError, TimeoutError):
            async with asyncio.timeout(KILL_SECONDS), helper.connect() as other:
                await other.execute(text("KILL QUERY :thread"), {"thread": raw.thread_id()})

    async def aclose(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


class ThreadRunner:
    """Runs on SQLite, in a few threads of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(SQLITE_THREADS, thread_name_prefix="sqlite")

    async def run(self, statement: Any) -> Rows:
        """Run a statement; cancellation interrupts it."""
        job = _Job()
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._run, statement, job)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            job.stop()
            work.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise

    async def aclose(self) -> None:
        """Close connections and threads."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _run(self, statement: Any, job: "_Job") -> Rows:
        with self._engine.connect() as connection:
            driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
            if not job.start(driver.interrupt):
                return []
            try:
                return connection.execute(statement).fetchall()
            finally:
                job.end()


class _Job:
    """One statement in a thread. Stopping never reaches the connection's next statement."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._interrupt: Callable[[], None] | None = None
        self._is_stopped = False

    def start(self, interrupt: Callable[[], None]) -> bool:
        with self._lock:
            self._interrupt = interrupt
            return not self._is_stopped

    def end(self) -> None:
        with self._lock:
            self._interrupt = None

    def stop(self) -> None:
        with self._lock:
            self._is_stopped = True
            if self._interrupt is not None:
                self._interrupt()


def open_sql(source: Source, resources: tuple[Resource, ...]) -> SqlConnector:  # noqa: ARG001 - `from:` says all
    """Open a database. Nothing is connected to yet."""
    settings = SqlSettings.model_validate(source.settings)
    return open_database(settings)


def open_database(settings: SqlSettings, on_statement: Callable[[str], None] | None = None) -> SqlConnector:
    """Open a database by its settings; `on_statement` hears the text of every statement."""
    url = make_url(settings.url.get_secret_value())
    runner: Runner
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            _read_only(url), hide_parameters=True, poolclass=QueuePool, pool_size=SQLITE_THREADS
        )
        runner, listened = ThreadRunner(engine), engine
    else:
        async_engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=settings.pool_size,
            pool_pre_ping=False,
            connect_args=_BEIJING.get(url.drivername, {}),
        )
        runner, listened = AsyncRunner(async_engine), async_engine.sync_engine
    if on_statement is not None:
        _listen(listened, on_statement)
    longest = settings.statement_timeout_seconds
    return SqlConnector(runner, url.get_backend_name(), settings.max_keys, longest)


_BEIJING: dict[str, dict[str, Any]] = {
    "postgresql+asyncpg": {"server_settings": {"timezone": "Etc/GMT-8"}},
    "mysql+asyncmy": {"init_command": "SET time_zone = '+08:00'"},
    "mariadb+asyncmy": {"init_command": "SET time_zone = '+08:00'"},
}
"""Moments without an offset are Beijing time, also where a server compares or shows moments."""


def _read_only(url: URL) -> URL:
    """Open SQLite files for reading only; a missing file is an error and not a new database."""
    if not url.database or url.database == ":memory:" or url.query.get("uri"):
        return url
    return url.set(database=f"file:{url.database}").update_query_dict({"mode": "ro", "uri": "true"})


def _listen(engine: Engine, hear: Callable[[str], None]) -> None:
    def heard(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        hear(statement)

    event.listen(engine, "before_cursor_execute", heard)
