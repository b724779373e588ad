"""Databases inside the process: a few threads, each statement one hop into one of them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol

from sqlalchemy import Dialect

from connectors.errors import SourceError, SourceUnavailable
from connectors.sql.plain import Rows
from connectors.sql.prepared import Prepared
from connectors.sql.runner import Hear

AGAIN_SECONDS = 0.05
"""Between two interrupts of a statement that goes on."""


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
    """Runs statements in threads of its own, each with its connection.

    `ThreadPoolExecutor` makes two futures for each statement and joins them by two callbacks, and a shield
    makes a third: a look-up in SQLite cost 76 µs of CPU instead of 53.
    """

    def __init__(self, engine: Engine, hear: Hear | None) -> None:
        self.dialect = engine.dialect
        self._engine = engine
        self._hear = hear
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._under_way = 0
        self._is_closed = False

    async def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Rows:
        """Run a statement; cancellation interrupts it."""
        if self._is_closed:
            raise SourceUnavailable("the source was closed")
        if self._hear is not None:
            self._hear(prepared.text)
        loop = asyncio.get_running_loop()
        job = _Job(prepared.text, prepared.arguments(values), loop.create_future())
        self._under_way += 1
        if len(self._threads) < min(self._under_way, self._engine.threads):
            self._begin_thread()
        self._jobs.put(job)
        try:
            return await job.rows
        except asyncio.CancelledError:
            job.stop()
            raise
        except self._engine.errors as error:
            raise self._engine.translate(error) from None  # the text of drivers may hold keys

    async def aclose(self) -> None:
        """Close connections and threads, once what they run has ended."""
        self._is_closed = True
        threads, self._threads = self._threads, []
        for _ in threads:
            self._jobs.put(None)
        for thread in threads:
            await asyncio.to_thread(thread.join)
        self._engine.dispose()

    def _begin_thread(self) -> None:
        name = f"{self.dialect.name}_{len(self._threads)}"
        thread = Thread(target=self._work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        connection: Connection | None = None
        while (job := self._jobs.get()) is not None:
            connection = self._run(job, connection)
            del job  # with its values, while nothing is to do
        if connection is not None:
            connection.close()

    def _run(self, job: "_Job", connection: Connection | None) -> Connection | None:
        rows: Rows = []
        error: BaseException | None = None
        try:
            if connection is None:
                connection = self._engine.connect()
            rows = job.run(connection)
        except BaseException as raised:  # noqa: BLE001 - whoever waits is told
            error = raised
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            job.rows.get_loop().call_soon_threadsafe(self._tell, job, rows, error)
        del error  # whose traceback holds this frame
        return connection

    def _tell(self, job: "_Job", rows: Rows, error: BaseException | None) -> None:
        """Give an answer, in the thread of the loop; nobody may be waiting any more."""
        self._under_way -= 1
        if job.rows.done():
            return
        if error is None:
            job.rows.set_result(rows)
        else:
            job.rows.set_exception(error)


class _Job:
    """One statement. Stopping never reaches the connection's next statement."""

    __slots__ = ("_arguments", "_interrupt", "_is_stopped", "_lock", "_text", "rows")

    def __init__(self, text: str, arguments: Sequence[Any], rows: "asyncio.Future[Rows]") -> None:
        self._text = text
        self._arguments = arguments
        self.rows = rows
        self._lock = Lock()
        self._interrupt: Callable[[], None] | None = None
        self._is_stopped = False

    def run(self, connection: Connection) -> Rows:
        """Run it, unless it was stopped before."""
        with self._lock:
            if self._is_stopped:
                return []
            self._interrupt = connection.interrupt
        try:
            rows: Rows = connection.execute(self._text, self._arguments).fetchall()
            return rows
        finally:
            with self._lock:
                self._interrupt = None

    def stop(self) -> None:
        """End it, wherever it is; in the thread of the loop.

        A driver passes over an interrupt that comes before its statement has begun: one is not enough.
        """
        with self._lock:
            self._is_stopped = True
            if self._interrupt is None:
                return
            self._interrupt()
        self.rows.get_loop().call_later(AGAIN_SECONDS, self.stop)
