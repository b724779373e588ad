"""Driver errors -> our errors, in one table: by code where the database gives one, else by class.

The most specific entry wins, and no text is kept: it may hold values, and so keys.
"""

import sqlite3

import asyncpg
from asyncmy import errors as asyncmy
from sqlalchemy import exc

from connectors.errors import (
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceUnavailable,
)

STATES: dict[str, type[SourceError]] = {
    "00": SourceMisbehaved,  # success is no error
    "01": SourceMisbehaved,  # a warning
    "02": SourceMisbehaved,  # no data
    "03": SourceMisbehaved,  # a statement that is not complete
    "08": SourceUnavailable,  # connection
    "09": SourceMisbehaved,  # a trigger
    "0A": SourceMisbehaved,  # a feature that is not there
    "0B": SourceMisbehaved,  # transaction
    "0F": SourceMisbehaved,  # locator
    "0L": SourceRefused,  # grantor
    "0P": SourceRefused,  # role
    "0Z": SourceMisbehaved,  # diagnostics
    "10": SourceMisbehaved,  # XQuery
    "20": SourceMisbehaved,  # case
    "21": SourceMisbehaved,  # cardinality
    "22": SourceMisbehaved,  # data: a value that a type does not take
    "23": SourceMisbehaved,  # integrity
    "24": SourceMisbehaved,  # cursor
    "25": SourceUnavailable,  # transaction state: a connection that was left in the middle
    "26": SourceUnavailable,  # a prepared statement that is gone
    "27": SourceMisbehaved,  # a trigger
    "28": SourceRefused,  # user or password
    "2B": SourceRefused,  # privileges
    "2D": SourceMisbehaved,  # transaction
    "2F": SourceMisbehaved,  # a function
    "34": SourceMisbehaved,  # cursor
    "38": SourceMisbehaved,  # an external function
    "39": SourceMisbehaved,  # an external function
    "3B": SourceMisbehaved,  # savepoint
    "3D": SourceRefused,  # no such database
    "3F": SourceRefused,  # no such schema
    "40": SourceUnavailable,  # rolled back: deadlock, serialization
    "42": SourceRefused,  # no such table or column, or no right to it
    "44": SourceMisbehaved,  # a view's check
    "53": SourceUnavailable,  # resources: memory, disk, connections
    "54": SourceMisbehaved,  # a statement that is too large
    "55": SourceUnavailable,  # not in the state for it: locked
    "57": SourceUnavailable,  # an operator: shutting down, starting up
    "57014": SourceTimeout,  # the server's own statement timeout
    "58": SourceUnavailable,  # the system: disks
    "70": SourceTimeout,  # MySQL: interrupted
    "72": SourceUnavailable,  # snapshot
    "F0": SourceUnavailable,  # a configuration file
    "HV": SourceUnavailable,  # a foreign server behind this one
    "HY": SourceUnavailable,  # MySQL: anything; `NUMBERS` knows better
    "P0": SourceMisbehaved,  # a procedure
    "XX": SourceUnavailable,  # the server's own fault
    "XA": SourceUnavailable,  # MySQL: a distributed transaction
}
"""SQLSTATE, whole or by its class of two characters: PostgreSQL, MySQL and MariaDB."""

NUMBERS: dict[int, type[SourceError]] = {
    1044: SourceRefused,  # no right to the database
    1045: SourceRefused,  # wrong password
    1130: SourceRefused,  # our host is not allowed
    1267: SourceMisbehaved,  # collations that cannot be compared
    1271: SourceMisbehaved,
    1366: SourceMisbehaved,  # text that a charset lacks
    1698: SourceRefused,  # wrong user
    1969: SourceTimeout,  # MariaDB: max_statement_time
    3024: SourceTimeout,  # MySQL: max_execution_time
}
"""Numbers of MySQL and MariaDB whose SQLSTATE says less."""

SQLITE: dict[int, type[SourceError]] = {
    sqlite3.SQLITE_ERROR: SourceRefused,  # no such table or column
    sqlite3.SQLITE_PERM: SourceRefused,
    sqlite3.SQLITE_BUSY: SourceUnavailable,
    sqlite3.SQLITE_LOCKED: SourceUnavailable,
    sqlite3.SQLITE_READONLY: SourceRefused,
    sqlite3.SQLITE_INTERRUPT: SourceTimeout,
    sqlite3.SQLITE_CORRUPT: SourceMisbehaved,
    sqlite3.SQLITE_TOOBIG: SourceMisbehaved,
    sqlite3.SQLITE_MISMATCH: SourceMisbehaved,
    sqlite3.SQLITE_AUTH: SourceRefused,
    sqlite3.SQLITE_RANGE: SourceMisbehaved,
    sqlite3.SQLITE_NOTADB: SourceMisbehaved,
}
"""Primary result codes of SQLite; others are `SourceUnavailable` by their class."""

TABLE: dict[type[BaseException], type[SourceError]] = {
    exc.SQLAlchemyError: SourceMisbehaved,
    exc.DBAPIError: SourceUnavailable,
    exc.InterfaceError: SourceUnavailable,
    exc.OperationalError: SourceUnavailable,
    exc.InternalError: SourceUnavailable,
    exc.DatabaseError: SourceMisbehaved,
    exc.DataError: SourceMisbehaved,
    exc.IntegrityError: SourceMisbehaved,
    exc.ProgrammingError: SourceRefused,
    exc.NotSupportedError: SourceMisbehaved,
    exc.TimeoutError: SourceUnavailable,
    exc.DisconnectionError: SourceUnavailable,
    asyncpg.PostgresError: SourceUnavailable,
    asyncpg.InterfaceError: SourceUnavailable,
    asyncpg.InternalClientError: SourceUnavailable,
    asyncpg.UnsupportedClientFeatureError: SourceMisbehaved,
    asyncmy.MySQLError: SourceUnavailable,
    asyncmy.DatabaseError: SourceMisbehaved,
    asyncmy.DataError: SourceMisbehaved,
    asyncmy.IntegrityError: SourceMisbehaved,
    asyncmy.InternalError: SourceUnavailable,
    asyncmy.NotSupportedError: SourceMisbehaved,
    asyncmy.OperationalError: SourceUnavailable,
    asyncmy.ProgrammingError: SourceRefused,
    asyncmy.Warning: SourceMisbehaved,
    sqlite3.Error: SourceUnavailable,
    sqlite3.DatabaseError: SourceMisbehaved,
    sqlite3.DataError: SourceMisbehaved,
    sqlite3.IntegrityError: SourceMisbehaved,
    sqlite3.InternalError: SourceUnavailable,
    sqlite3.NotSupportedError: SourceMisbehaved,
    sqlite3.OperationalError: SourceUnavailable,
    sqlite3.ProgrammingError: SourceRefused,
    sqlite3.Warning: SourceMisbehaved,
    EOFError: SourceUnavailable,
    OSError: SourceUnavailable,
    ValueError: SourceMisbehaved,
    OverflowError: SourceMisbehaved,
}
"""By class. ProgrammingError: a table or column that is not there, or no right to it.

SQLAlchemy wraps errors of drivers where statements run through it; where sessions are our own they come
as they are. Values that a driver can neither read nor write are the last two: they are no outage.
"""

DRIVER_ERRORS = tuple(TABLE)
"""What to catch."""
_TRANSIENT = frozenset({"08", "40"})


def translate(error: BaseException, *, is_lost: bool = False) -> SourceError:
    """Say a driver's error in our words; only the names of classes and the code are kept.

    `is_lost`: the session ended with it, so that another may answer.
    """
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None) or ""
    class_ = _by_code(original, state) or _by_class(error)
    names = dict.fromkeys([type(error).__name__, type(original).__name__, state])
    is_lost = is_lost or bool(getattr(error, "connection_invalidated", False))
    return class_("/".join(filter(None, names)), is_transient=is_lost or state[:2] in _TRANSIENT)


def _by_code(original: BaseException, state: str) -> type[SourceError] | None:
    if isinstance(original, sqlite3.Error):
        return SQLITE.get(getattr(original, "sqlite_errorcode", 0) & 0xFF)
    number = original.args[0] if original.args else None
    known = NUMBERS.get(number) if isinstance(number, int) else None
    return known or STATES.get(state) or STATES.get(state[:2])


def _by_class(error: BaseException) -> type[SourceError]:
    return next((TABLE[class_] for class_ in type(error).__mro__ if class_ in TABLE), SourceMisbehaved)
