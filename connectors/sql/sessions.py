"""Sessions at PostgreSQL, MySQL and MariaDB, spoken to in the words of their drivers.

SQLAlchemy opens them: URLs, credentials, TLS and what a dialect sets up are its work.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import asyncpg
from asyncmy.errors import MySQLError
from sqlalchemy.exc import EmulatedDBAPIException
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.sql.errors import DRIVER_ERRORS
from connectors.sql.plain import Rows, Undress, plain_rows, undress_of

END_SECONDS = 2.0
"""How long ending a session, and the statement it is at, may take."""
MAX_STATEMENTS = 100
"""Statements that a session keeps prepared at PostgreSQL, the ones used last."""
LOST = frozenset({1053, 1077, 1078, 1080, 1152, 1927, 4031})
"""Numbers with which MySQL and MariaDB end a session; those from 2000 to 2999 are the driver's own."""


async def open_raw(engine: AsyncEngine) -> Any:
    """Open a connection and give the driver's own object. Raises what the driver raises."""
    try:
        proxied = await engine.raw_connection()
    except EmulatedDBAPIException as error:
        raise error.driver_exception from None
    except RuntimeError:  # asyncmy on uvloop, of a server that has no session left and hangs up at once
        raise ConnectionAbortedError from None
    raw = proxied.driver_connection
    proxied.detach()
    return raw


class PostgresSession:
    """A session at PostgreSQL, with the statements that are prepared there."""

    def __init__(self, raw: "asyncpg.Connection") -> None:
        self._raw = raw
        self._statements: OrderedDict[str, _AtServer] = OrderedDict()

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Rows:
        """Run a statement; one whose table changed its shape is prepared anew, once."""
        if text in self._statements:
            self._statements.move_to_end(text)
        statement, undress = self._statements.get(text) or await self._prepare(text)
        try:
            rows: Rows = await statement.fetch(*arguments)
        except OUTDATED:
            self._statements.clear()
            statement, undress = await self._prepare(text)
            rows = await statement.fetch(*arguments)
        return rows if undress is None else undress(rows)

    def is_lost(self, error: BaseException) -> bool:
        """The server says that it is fatal, or the driver has lost its way."""
        is_fatal = getattr(error, "severity_en", None) in {"FATAL", "PANIC"}
        return is_fatal or self.is_closed() or isinstance(error, asyncpg.InternalClientError | OSError)

    def is_closed(self) -> bool:
        """Whether the connection is."""
        return bool(self._raw.is_closed())

    async def aclose(self) -> None:
        """Close; the driver has told the server to end a cancelled statement, and waits for that."""
        with suppress(*DRIVER_ERRORS, TimeoutError):
            await self._raw.close(timeout=END_SECONDS)

    async def _prepare(self, text: str) -> "_AtServer":
        statement = await self._raw.prepare(text)
        undress = undress_of(attribute.type.oid for attribute in statement.get_attributes())
        self._statements[text] = statement, undress
        if len(self._statements) > MAX_STATEMENTS:
            self._statements.popitem(last=False)
        return statement, undress


_AtServer = tuple[Any, Undress | None]
OUTDATED = (
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
    asyncpg.InvalidSQLStatementNameError,
)
"""The statement is not what it was when it was prepared: tables or types have changed, or it is gone."""


class MysqlSession:
    """A session at MySQL or MariaDB."""

    def __init__(self, raw: Any, engine: AsyncEngine) -> None:
        self._raw = raw
        self._engine = engine
        self._is_running = False

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Rows:
        """Run a statement."""
        self._is_running = True
        async with self._raw.cursor() as cursor:
            await cursor.execute(text, arguments)
            rows = plain_rows(cursor.description, await cursor.fetchall())
        self._is_running = False
        return rows

    def is_lost(self, error: BaseException) -> bool:
        """The server or the driver says so by its number."""
        number = error.args[0] if isinstance(error, MySQLError) and error.args else 2013
        is_told = isinstance(number, int) and (number in LOST or 2000 <= number < 3000 or number == 0)
        self._is_running = False
        return is_told or self.is_closed()

    def is_closed(self) -> bool:
        """Whether the connection is."""
        return not self._raw.connected

    async def aclose(self) -> None:
        """Close; the server learns from another session that a cancelled statement is to end."""
        thread = self._raw.thread_id()
        with suppress(*DRIVER_ERRORS, TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                if not self._is_running:
                    await self._raw.ensure_closed()
                    return
                self._raw.close()
                await self._end_statement(int(thread))

    async def _end_statement(self, thread: int) -> None:
        helper = await open_raw(self._engine)
        try:
            with suppress(MySQLError):  # it has ended by itself, and its thread with it
                async with helper.cursor() as cursor:
                    await cursor.execute(f"KILL QUERY {thread}")
            await helper.ensure_closed()
        finally:
            helper.close()
