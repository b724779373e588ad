"""The file of the record, and the statements for it.

    record   (number, event)    each event as one JSON object, as it was written
    event    a view of it, with a column for each field; `items`, `detail` and `subjects` are JSON

Whose data it was (keyed hashes) has no index, since an entry for each subject would cost a list more than
all the rest: who looked at somebody's data is found by `json_each`.
"""

import sqlite3
from functools import cache
from pathlib import Path

import orjson

from gateway.audit.event import Event

_COLUMNS = (
    "kind", "request_id", "at", "application", "audience", "purpose", "operator", "unit", "case_no",
    "operation", "items", "subjects", "detail",
)  # fmt: skip
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY, event TEXT NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS record_keeps BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS record_stays BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE VIEW IF NOT EXISTS event AS
    SELECT number, {", ".join(f"json_extract(event, '$.{name}') AS {name}" for name in _COLUMNS)} FROM record;
"""  # noqa: S608 - names of our own
_MOVE_IN = """
BEGIN IMMEDIATE;
CREATE TABLE record (number INTEGER PRIMARY KEY, event TEXT NOT NULL) STRICT;
INSERT INTO record SELECT number, json_object({fields}, 'subjects', {subjects}) FROM event;
DROP TABLE event;
DROP TABLE IF EXISTS subject;
COMMIT;
"""
"""For a file in which events were rows of a table, as they once were, and subjects, before, of another."""
_FIELDS = ", ".join(
    f"'{name}', json({name})" if name in {"items", "detail"} else f"'{name}', {name}"
    for name in _COLUMNS
    if name != "subjects"
)


def open_record(path: Path, lock_seconds: float) -> sqlite3.Connection:
    """Open a file to write to, in today's layout; it waits so long for another process that writes."""
    connection = sqlite3.connect(path, timeout=lock_seconds, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if "event" in tables:
        apart = "(SELECT json_group_array(name) FROM subject WHERE subject.number = event.number)"
        subjects = apart if "subject" in tables else "json(subjects)"
        connection.executescript(_MOVE_IN.format(fields=_FIELDS, subjects=subjects))
    connection.executescript(_SCHEMA)
    return connection


@cache
def insertion_of(rows: int) -> str:
    """The statement that inserts so many events, each given as its text."""
    return "INSERT INTO record (event) VALUES " + ", ".join(["(?)"] * rows)  # noqa: S608 - places alone


def text_of(event: Event) -> str:
    """An event as the file has it."""
    caller = event.caller
    operator = caller.operator
    fields = {
        "kind": event.kind,
        "request_id": event.request_id,
        "at": event.at,
        "application": caller.application,
        "audience": caller.audience,
        "purpose": caller.purpose,
        "operator": operator.id if operator else None,
        "unit": operator.unit if operator else None,
        "case_no": caller.case,
        "operation": event.operation,
        "items": event.items,
        "subjects": event.subjects,
        "detail": event.detail,
    }
    return orjson.dumps(fields).decode()
