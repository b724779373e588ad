"""SQLite: a few threads, each statement one hop into one of them."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, cast

from sqlalchemy.engine import Engine

from connectors.sql.errors import DRIVER_ERRORS, translate
from connectors.sql.plain import Rows
from connectors.sql.prepared import Prepared
from connectors.sql.runner import Hear

SQLITE_THREADS = 4
"""Reads of one SQLite file at once; more would wait for the same interpreter."""


class ThreadRunner:
    """Runs on SQLite; SQLAlchemy opens the connections and no more."""

    def __init__(self, engine: Engine, hear: Hear | None) -> None:
        self.dialect = engine.dialect
        self._engine = engine
        self._hear = hear
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(SQLITE_THREADS, thread_name_prefix="sqlite")

    async def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Rows:
        """Run a statement; cancellation interrupts it."""
        if self._hear is not None:
            self._hear(prepared.text)
        job = _Job()
        work = asyncio.get_running_loop().run_in_executor(
            self._threads, self._run, prepared.text, prepared.arguments(values), job
        )
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            job.stop()
            work.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise
        except DRIVER_ERRORS as error:
            raise translate(error) from None  # the text of drivers may hold keys

    async def aclose(self) -> None:
        """Close connections and threads."""
        await asyncio.to_thread(self._threads.shutdown)
        while not self._idle.empty():
            self._idle.get_nowait().close()
        self._engine.dispose()

    def _run(self, text: str, arguments: Sequence[Any], job: "_Job") -> Rows:
        connection = self._take()
        if not job.start(connection.interrupt):
            self._idle.put(connection)
            return []
        try:
            return connection.execute(text, arguments).fetchall()
        finally:
            job.end()
            self._idle.put(connection)

    def _take(self) -> sqlite3.Connection:
        """One that no other thread uses; there are never more than threads."""
        try:
            return self._idle.get_nowait()
        except Empty:
            proxied = self._engine.raw_connection()
            raw = cast(sqlite3.Connection, proxied.driver_connection)
            proxied.detach()
            return raw


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
