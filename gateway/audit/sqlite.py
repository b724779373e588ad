"""The record in SQLite: append-only, durable when `record` returns, many writers sharing one sync.

    event    (number, kind, request_id, at, application, audience, purpose, operator, unit, case_no,
              operation, items, detail, subjects)

`items` and `subjects` (whose: keyed hashes) are JSON lists. They have no index, since an entry for each
subject would cost a list more than all the rest: who looked at somebody's data is found by `json_each`.

One thread owns the connection. Whatever waits when it comes round goes into one transaction and so
one fsync (group commit): the cost of durability is shared by everyone who asks at the same time.
Noted events wait for the next transaction of somebody who waits, or for NOTE_SECONDS: waking the thread
costs more than to write what it is woken for.
"""

import asyncio
import queue
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

import orjson
import structlog

from gateway.audit.event import Event, RecordUnavailable

log = structlog.get_logger()

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, request_id TEXT NOT NULL,
    at TEXT NOT NULL, application TEXT NOT NULL, audience TEXT NOT NULL, purpose TEXT,
    operator TEXT, unit TEXT, case_no TEXT, operation TEXT NOT NULL, items TEXT NOT NULL,
    detail TEXT NOT NULL, subjects TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TRIGGER IF NOT EXISTS event_keeps BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_stays BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
"""
_SUBJECTS_MOVE_IN = """
BEGIN IMMEDIATE;
DROP TRIGGER event_keeps;
ALTER TABLE event ADD COLUMN subjects TEXT NOT NULL DEFAULT '[]';
UPDATE event SET subjects =
    (SELECT json_group_array(name) FROM subject WHERE subject.number = event.number);
DROP TABLE subject;
COMMIT;
"""
"""For a file in which subjects have a table of their own, as they once had."""
MAX_GROUP = 512
"""Events in one transaction: bounds how long the first of them waits for the last."""

NOTE_SECONDS = 0.25
"""How long a noted event may be in memory alone: what kill -9 can take of the outcomes."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: Event
    done: "asyncio.Future[None] | None" = None
    """`None`: noted, nobody waits."""


_Written = tuple["asyncio.Future[None]", RecordUnavailable | None]
"""What somebody waits for, and why it was not written if it was not."""


class SqliteRecorder:
    """A recorder on one file; other processes may write to the same file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._waiting: queue.SimpleQueue[list[_Waiting] | None] = queue.SimpleQueue()
        self._begun: list[_Waiting] = []
        """What goes to the thread together: at the end of the loop's round in which somebody begins."""
        self._handing_over: asyncio.Handle | None = None
        self._is_awaited = False
        self._connection = _open(path)
        self._is_closed = False
        self._thread = threading.Thread(target=self._write_all, name="record", daemon=True)
        self._thread.start()
        self.groups = 0
        """Transactions so far; what group commit is held to in tests."""

    def record(self, event: Event) -> "asyncio.Future[None]":
        """Begin to write; done when the event is on disk."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        if self._is_closed:
            done.set_exception(RecordUnavailable("the record is closed"))
            return done
        if not self._is_awaited:
            self._is_awaited = True
            self._hand_over_by(loop.call_soon(self._hand_over))
        self._begun.append(_Waiting(event, done))
        return done

    def note(self, event: Event) -> None:
        """Write the event with the next group, or after a moment."""
        if self._is_closed:
            _report(event, RecordUnavailable("the record is closed"))
            return
        if self._handing_over is None:
            self._hand_over_by(asyncio.get_running_loop().call_later(NOTE_SECONDS, self._hand_over))
        self._begun.append(_Waiting(event))

    def _hand_over_by(self, handle: asyncio.Handle) -> None:
        if self._handing_over is not None:
            self._handing_over.cancel()
        self._handing_over = handle

    def _hand_over(self) -> None:
        if self._handing_over is not None:
            self._handing_over.cancel()
        self._handing_over, self._is_awaited = None, False
        begun, self._begun = self._begun, []
        if begun:
            self._waiting.put(begun)

    async def aclose(self) -> None:
        """Write what is pending and close."""
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
            self._write(group)
        self._connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Give what waits, and whether more may come."""
        group: list[_Waiting] = []
        one = self._waiting.get()
        while one is not None:
            group += one
            if len(group) >= MAX_GROUP or self._waiting.empty():
                break
            one = self._waiting.get()
        return group, one is not None

    def _write(self, group: list[_Waiting]) -> None:
        if not group:
            return
        errors: list[RecordUnavailable | None] = []
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                errors = [_insert(self._connection, one.event) for one in group]
            self.groups += 1
        except Exception as failure:  # noqa: BLE001 - the thread outlives whatever it cannot write
            errors = [RecordUnavailable(type(failure).__name__)] * len(group)
        waiting: dict[asyncio.AbstractEventLoop, list[_Written]] = {}
        for one, error in zip(group, errors, strict=True):
            if one.done is None:
                _report(one.event, error)
            else:
                waiting.setdefault(one.done.get_loop(), []).append((one.done, error))
        for loop, written in waiting.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish, written)


def read_events(path: Path) -> list[dict[str, object]]:
    """All events of a record, oldest first, with their subjects: for export and tests."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        events = [dict(row) for row in connection.execute("SELECT * FROM event ORDER BY number")]
    finally:
        connection.close()
    for event in events:
        for name in ("items", "detail", "subjects"):
            event[name] = orjson.loads(event[name])
    return events


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'subject'").fetchone():
        connection.executescript(_SUBJECTS_MOVE_IN)
    connection.executescript(_TABLES)
    return connection


_INSERT = (
    "INSERT INTO event (kind, request_id, at, application, audience, purpose, operator, unit,"
    " case_no, operation, items, detail, subjects) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)


def _insert(connection: sqlite3.Connection, event: Event) -> RecordUnavailable | None:
    """Insert an event. One that has no form in the file fails alone, and not those it is grouped with."""
    try:
        connection.execute(_INSERT, _row(event))
    except (TypeError, ValueError) as failure:  # before the statement is run: the transaction goes on
        return RecordUnavailable(type(failure).__name__)
    return None


def _row(event: Event) -> tuple[str | None, ...]:
    caller = event.caller
    operator = caller.operator
    return (
        event.kind,
        event.request_id,
        event.at.isoformat(),
        caller.application,
        caller.audience,
        caller.purpose,
        operator.id if operator else None,
        operator.unit if operator else None,
        caller.case,
        event.operation,
        orjson.dumps(event.items).decode(),
        orjson.dumps(event.detail).decode(),
        orjson.dumps(event.subjects).decode(),
    )


def _report(event: Event, error: RecordUnavailable | None) -> None:
    if error is not None:
        log.error("note_lost", kind=event.kind, request_id=event.request_id, error=str(error))


def _finish(written: list[_Written]) -> None:
    for done, error in written:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
