"""What runs statements: sessions of our own where that measures better, else SQLAlchemy.

`Runner` is the protocol. Runners raise nothing but `SourceError`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.sql.errors import DRIVER_ERRORS, translate
from connectors.sql.plain import Rows, plain_rows
from connectors.sql.pool import Closable, Pool
from connectors.sql.prepared import Prepared

Hear = Callable[[str], None]


class Runner(Protocol):
    """Runs statements of one database."""

    dialect: Dialect

    async def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Rows:
        """Run a statement and give its rows; cancellation ends it at the database."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class DriverSession(Closable, Protocol):
    """A session that speaks to a driver."""

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Rows:
        """Run a statement and give its rows. Raises what the driver raises."""
        ...

    def is_lost(self, error: BaseException) -> bool:
        """Whether the session is gone after this error of its driver."""
        ...


Session = TypeVar("Session", bound=DriverSession)


class SessionRunner(Generic[Session]):
    """Runs on sessions of a driver."""

    def __init__(self, dialect: Dialect, pool: Pool[Session], hear: Hear | None) -> None:
        self.dialect = dialect
        self._pool = pool
        self._hear = hear

    async def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Rows:
        """Run a statement; a cancelled task ends it at the server and gives up its session."""
        arguments = prepared.arguments(values)
        try:
            session = await self._pool.take()
        except DRIVER_ERRORS as error:
            raise translate(error) from None  # the text of drivers may hold keys
        if self._hear is not None:
            self._hear(prepared.text)
        try:
            rows = await session.fetch(prepared.text, arguments)
        except DRIVER_ERRORS as error:
            is_lost = session.is_lost(error)
            if is_lost:
                self._pool.clear()
                self._pool.drop(session)
            else:
                self._pool.give(session)
            raise translate(error, is_lost=is_lost) from None
        except BaseException:
            self._pool.drop(session)
            raise
        self._pool.give(session)
        return rows

    async def aclose(self) -> None:
        """Close the pool."""
        await self._pool.aclose()


class EngineRunner:
    """Runs through SQLAlchemy, on any dialect with an asynchronous driver."""

    def __init__(self, engine: AsyncEngine, hear: Hear | None) -> None:
        self.dialect = engine.dialect
        self._engine = engine
        self._hear = hear

    async def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Rows:
        """Run a statement; a cancelled task gives up its connection."""
        if self._hear is not None:
            self._hear(prepared.text)
        try:
            async with self._engine.connect() as connection:
                try:
                    result = await connection.execute(prepared.statement, dict(values))
                    return plain_rows(result.cursor.description, result.fetchall())
                except asyncio.CancelledError:
                    await asyncio.shield(connection.invalidate())
                    raise
        except DRIVER_ERRORS as error:
            raise translate(error) from None  # the text of drivers may hold keys

    async def aclose(self) -> None:
        """Close the pool."""
        await self._engine.dispose()
