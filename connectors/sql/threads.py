"""Databases inside the process: a few threads, each statement one hop into one of them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Dialect

from connectors.errors import SourceError
from connectors.sql.plain import Rows
from connectors.sql.prepared import Prepared
from connectors.sql.runner import Hear


class Connection(Protocol):
    """A connection of SQLite or DuckDB, used by one thread at a time."""

    def execute(self, query: str, parameters: Sequence[Any], /) -> Any:
        """Run a statement; the result has `fetchall`."""
        ...

    def interrupt(self) -> None:
        """End the statement that runs, from another thread."""
        ...

    def close(self) -> None:
        """Give the connection up."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """A database inside the process."""

    dialect: Dialect
    connect: Callable[[], Connection]
    """Open one more connection, in whatever thread."""
    errors: tuple[type[BaseException], ...]
    """What its driver raises."""
    translate: Callable[[BaseException], SourceError]
    """An error of the driver in our words."""
    dispose: Callable[[], None]
    """Close what the connections share, after them."""
    threads: int
    """Statements at once."""


class ThreadRunner:
    """Runs statements in threads of its own."""

    def __init__(self, engine: Engine, hear: Hear | None) -> None:
        self.dialect = engine.dialect
        self._engine = engine
        self._hear = hear
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(engine.threads, thread_name_prefix=engine.dialect.name)

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
        except self._engine.errors as error:
            raise self._engine.translate(error) from None  # the text of drivers may hold keys

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
            rows: Rows = connection.execute(text, arguments).fetchall()
            return rows
        finally:
            job.end()
            self._idle.put(connection)

    def _take(self) -> Connection:
        """One that no other thread uses; there are never more than threads."""
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._engine.connect()


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
