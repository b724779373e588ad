"""The record in SQLite: append-only, durable when `record` returns, many writers sharing one sync.

    event    (number, kind, request_id, at, application, audience, purpose, operator, unit, case_no,
              operation, items, detail)
    subject  (name, number)     whose: keyed hashes, for "who looked at my data"

One thread owns the connection. Whatever waits when it comes round goes into one transaction and so
one fsync (group commit): the cost of durability is shared by everyone who asks at the same time.
"""

import asyncio
import queue
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

import orjson

from gateway.audit.event import Event, RecordUnavailable

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, request_id TEXT NOT NULL,
    at TEXT NOT NULL, application TEXT NOT NULL, audience TEXT NOT NULL, purpose TEXT,
    operator TEXT, unit TEXT, case_no TEXT, operation TEXT NOT NULL, items TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS subject (
    name TEXT NOT NULL, number INTEGER NOT NULL REFERENCES event(number),
    PRIMARY KEY (name, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS event_keeps BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_stays BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS subject_keeps BEFORE UPDATE ON subject
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS subject_stays BEFORE DELETE ON subject
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
"""
MAX_GROUP = 512
"""Events in one transaction: bounds how long the first of them waits for the last."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: Event
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"


class SqliteRecorder:
    """A recorder on one file; other processes may write to the same file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._connection = _open(path)
        self._thread = threading.Thread(target=self._write_all, name="record", daemon=True)
        self._thread.start()
        self.groups = 0
        """Transactions so far; what group commit is held to in tests."""

    async def record(self, event: Event) -> None:
        """Return when the event is on disk."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        if not self._thread.is_alive():
            raise RecordUnavailable("the record is closed")
        self._waiting.put(_Waiting(event, loop, done))
        await done

    async def aclose(self) -> None:
        """Write what is pending and close."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _write_all(self) -> None:
        is_open = True
        while is_open:
            group = [self._waiting.get()]
            while len(group) < MAX_GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            is_open = None not in group
            self._write([one for one in group if one is not None])
        self._connection.close()

    def _write(self, group: list[_Waiting]) -> None:
        if not group:
            return
        error: RecordUnavailable | None = None
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                for one in group:
                    _insert(self._connection, one.event)
            self.groups += 1
        except sqlite3.Error as failure:
            error = RecordUnavailable(type(failure).__name__)
        for one in group:
            if not one.loop.is_closed():
                one.loop.call_soon_threadsafe(_finish, one.done, error)


def read_events(path: Path) -> list[dict[str, object]]:
    """All events of a record, oldest first, with their subjects: for export and tests."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        events = [dict(row) for row in connection.execute("SELECT * FROM event ORDER BY number")]
        subjects = connection.execute("SELECT name, number FROM subject ORDER BY name").fetchall()
    finally:
        connection.close()
    for event in events:
        event["items"] = orjson.loads(event["items"])
        event["detail"] = orjson.loads(event["detail"])
        event["subjects"] = [row["name"] for row in subjects if row["number"] == event["number"]]
    return events


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(_TABLES)
    return connection


def _insert(connection: sqlite3.Connection, event: Event) -> None:
    caller = event.caller
    operator = caller.operator
    number = connection.execute(
        "INSERT INTO event (kind, request_id, at, application, audience, purpose, operator, unit,"
        " case_no, operation, items, detail) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
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
        ),
    ).lastrowid
    connection.executemany(
        "INSERT INTO subject (name, number) VALUES (?, ?)",
        [(subject, number) for subject in event.subjects],
    )


def _finish(done: "asyncio.Future[None]", error: RecordUnavailable | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
