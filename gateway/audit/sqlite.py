"""The record in SQLite: append-only, durable when the future of `record` is done, one sync for many events.

One thread owns the connection. Whatever waits when it comes round goes into one transaction and so
one fsync (group commit): the cost of durability is shared by everyone who asks at the same time. Events are
handed to it when a round of the event loop brought no more of them: a sync that began with the first
would leave out those who are about to ask, each of whom would pay for one of its own.
It gets finished texts and writes them in one statement as far as it can, since whatever it does in Python
it does on the back of requests that are being answered.
Noted events wait for the next transaction of somebody who waits, or for a moment: waking the thread
costs more than to write what it is woken for.
A file that was moved or removed is written to no more: what lies at its path is what is kept.
While the last write has failed, the thread tries by itself whether it can write again, so that nobody has to
be refused to find out.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import orjson
import structlog
from msgspec import Struct

from connectors.file_identity import file_at
from gateway.audit.event import Event, RecordUnavailable
from gateway.audit.layout import insertion_of, open_record, text_of
from gateway.telemetry.metrics import METRICS

log = structlog.get_logger()

MAX_GROUP = 512
"""Events in one transaction: bounds how long the first of them waits for the last."""
MAX_READ = 500
"""Events read at once, for export."""
_NEXT = "SELECT * FROM event WHERE number > ? ORDER BY number LIMIT ?"
MAX_ROWS = 32
"""Events in one statement: as many statements are kept prepared."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a recorder waits, and for what."""

    lock_seconds: float = 5.0
    """For another process that writes to the file."""
    gather_seconds: float = 0.002
    """For more events, while each round of the loop brings some: some syncs of a disk of today."""
    note_seconds: float = 0.25
    """Until a noted event is written, in memory alone: what kill -9 can take of the outcomes."""
    probe_seconds: float = 1.0
    """After a failed write, before another is tried, if nobody wants to write."""


class _Waiting(Struct, frozen=True):
    kind: str
    request_id: str
    text: str
    done: "asyncio.Future[None] | None" = None
    """`None`: noted, nobody waits."""


class RecordMoved(Exception):
    """Another file, or none, lies where the record did."""


class SqliteRecorder:
    """A recorder on one file; other processes may write to the same file."""

    def __init__(self, path: Path, timing: Timing = Timing()) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._timing = timing
        self._waiting: queue.SimpleQueue[list[_Waiting] | None] = queue.SimpleQueue()
        self._begun: list[_Waiting] = []
        """What goes to the thread together."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one in which events are gathered and noted now."""
        self._is_gathering = False
        self._noting: asyncio.TimerHandle | None = None
        """When what is noted goes at the latest. It runs on when something goes before: taking it back and
        setting it anew for each request would cost more than an early round of its."""
        self._path = path
        self._connection = open_record(path, timing.lock_seconds)
        self._file = file_at(path)
        self.is_writable = True
        METRICS.say("record_unwritable", 0)
        self._is_closed = False
        self._thread = threading.Thread(target=self._write_all, name="record", daemon=True)
        self._thread.start()
        self.groups = 0
        """Transactions so far; what group commit is held to in tests."""

    def record(self, event: Event) -> "asyncio.Future[None]":
        """Begin to write; done when the event is on disk."""
        loop = self._running_loop()
        done: asyncio.Future[None] = loop.create_future()
        try:
            waiting = self._waiting_for(event, done)
        except RecordUnavailable as error:
            done.set_exception(error)
            return done
        self._begun.append(waiting)
        if not self._is_gathering:
            self._is_gathering = True
            loop.call_soon(self._gather, loop, 0, loop.time() + self._timing.gather_seconds)
        return done

    def note(self, event: Event) -> None:
        """Write the event with the next group, or after a moment."""
        try:
            waiting = self._waiting_for(event)
        except RecordUnavailable as error:
            _report(event.kind, event.request_id, error)
            return
        loop = self._running_loop()
        if self._noting is None:
            self._noting = loop.call_later(self._timing.note_seconds, self._hand_over_noted)
        self._begun.append(waiting)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """The loop that runs. What another one was to do, and did not before it ended, begins anew in it."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._is_gathering, self._noting = loop, False, None
        return loop

    def _waiting_for(self, event: Event, done: "asyncio.Future[None] | None" = None) -> _Waiting:
        """An event that has no form in the file fails here, alone."""
        if self._is_closed:
            raise RecordUnavailable("the record is closed")
        try:
            return _Waiting(event.kind, event.request_id, text_of(event), done)
        except TypeError as failure:  # orjson's
            raise RecordUnavailable(type(failure).__name__) from failure

    def _gather(self, loop: asyncio.AbstractEventLoop, before: int, until: float) -> None:
        """Wait for another round of the loop where the last one brought more than had begun `before`: the
        first one always did, and whoever came with it is yet to begin."""
        begun = len(self._begun)
        if before < begun < MAX_GROUP and loop.time() < until:
            loop.call_soon(self._gather, loop, begun, until)
            return
        self._is_gathering = False
        self._hand_over()

    def _hand_over_noted(self) -> None:
        self._noting = None
        self._hand_over()

    def _hand_over(self) -> None:
        begun, self._begun = self._begun, []
        if begun:
            self._waiting.put(begun)

    async def aclose(self) -> None:
        """Write what is pending and close."""
        if self._noting is not None:
            self._noting.cancel()
        self._hand_over()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """The same, for who has no event loop."""
        self._is_closed = True
        self._hand_over()
        self._waiting.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            if group or is_open:
                self._write(group)
        self._connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Give what waits, and whether more may come. Nothing: it is time to try."""
        group: list[_Waiting] = []
        try:
            one = self._waiting.get(timeout=None if self.is_writable else self._timing.probe_seconds)
        except queue.Empty:
            return group, True
        while one is not None:
            group += one
            if len(group) >= MAX_GROUP or self._waiting.empty():
                break
            one = self._waiting.get()
        return group, one is not None

    def _write(self, group: list[_Waiting]) -> None:
        error: RecordUnavailable | None = None
        try:
            self._insert([one.text for one in group])
            if file_at(self._path) != self._file:
                raise RecordMoved
            self.groups += 1
        except Exception as failure:  # noqa: BLE001 - the thread outlives whatever it cannot write
            error = RecordUnavailable(_kind_of(failure))
        if self.is_writable is not (error is None):
            self._turn(error)
        waiting: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for one in group:
            if one.done is not None:
                waiting.setdefault(one.done.get_loop(), []).append(one.done)
            elif error is not None:
                _report(one.kind, one.request_id, error)
        for loop, done in waiting.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish, done, error)

    def _turn(self, error: RecordUnavailable | None) -> None:
        """Say once that the record cannot be written any more, or that it can again."""
        if error is None:
            log.info("record_writable")
        else:
            log.error("record_unwritable", error=str(error))
        METRICS.say("record_unwritable", error is not None)
        self.is_writable = error is None

    def _insert(self, texts: list[str]) -> None:
        """Insert events in one transaction: a statement alone is one by itself. None: it only writes."""
        if not texts:
            self._connection.execute("PRAGMA user_version = 0")
            return
        if len(texts) <= MAX_ROWS:
            self._connection.execute(insertion_of(len(texts)), texts)
            return
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for start in range(0, len(texts), MAX_ROWS):
                some = texts[start : start + MAX_ROWS]
                self._connection.execute(insertion_of(len(some)), some)


def read_events(path: Path) -> Iterator[dict[str, object]]:
    """All events of a record, oldest first, with their subjects: for export and tests.

    They are read in pieces, so that a record of years takes no more memory than one of a day, and no reader
    keeps the writer's log from being cut.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        last = 0
        while rows := connection.execute(_NEXT, (last, MAX_READ)).fetchall():
            for row in rows:
                read = {name: orjson.loads(row[name]) for name in ("items", "detail", "subjects")}
                yield {**dict(row), **read}
            last = rows[-1]["number"]


def _kind_of(failure: Exception) -> str:
    """What went wrong, without a value: SQLite's own name where it has one, such as SQLITE_FULL."""
    name: str = getattr(failure, "sqlite_errorname", type(failure).__name__)
    return name


def _report(kind: str, request_id: str, error: RecordUnavailable) -> None:
    log.error("note_lost", kind=kind, request_id=request_id, error=str(error))


def _finish(waiting: "list[asyncio.Future[None]]", error: RecordUnavailable | None) -> None:
    for done in waiting:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
