"""Protected subjects: a set of pseudonyms in SQLite, looked at without waiting.

`PRAGMA data_version` (some microseconds) says whether another connection has written since, so what
any process protects holds from the next look on. Where another file was moved to its path, that is not
seen here, and SQLite's log of the old one lies beside the new one: nobody is shown before a gateway is
started on it, or the old one is back.
"""

import sqlite3
from collections.abc import Container
from contextlib import closing
from pathlib import Path

import structlog

from connectors.file_identity import file_at

log = structlog.get_logger()


class Everyone:
    """Holds whoever is looked for."""

    def __contains__(self, subject: object) -> bool:
        return True


EVERYONE = Everyone()
_SCHEMA = """
CREATE TABLE IF NOT EXISTS protection (subject TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS secret
    (only INTEGER PRIMARY KEY CHECK (only = 1), fingerprint TEXT NOT NULL) STRICT;
"""


class StoreMoved(sqlite3.OperationalError):
    """Another file, or none, lies where the store did."""


def is_begun(path: Path) -> bool:
    """Whether there is a store, however empty."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=5, uri=True)) as store:
        return bool(store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'protection'").fetchall())


class Protections:
    """The subjects of whom guarded resources tell nothing. While the store cannot be read: everyone."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")  # readers never wait for a writer
        self._connection.executescript(_SCHEMA)
        self._file = file_at(path)
        self._subjects: frozenset[str] = frozenset()
        self._version: int | None = None

    def listed(self) -> list[str]:
        """Who is protected now, by pseudonym, sorted."""
        return [
            subject for (subject,) in self._connection.execute("SELECT subject FROM protection ORDER BY 1")
        ]

    def subjects(self) -> Container[str]:
        """Who is protected now."""
        try:
            self._refresh()
        except sqlite3.Error as error:
            log.error("protections_unreadable", error=type(error).__name__)
            self._version = None
            return EVERYONE
        return self._subjects

    def add(self, subject: str) -> bool:
        """Protect a subject, by pseudonym, from every process's next look on; say whether it was not."""
        return self._write("INSERT OR IGNORE INTO protection VALUES (?)", subject)

    def remove(self, subject: str) -> bool:
        """Protect a subject no longer; say whether it was."""
        return self._write("DELETE FROM protection WHERE subject = ?", subject)

    def belongs_to(self, fingerprint: str) -> bool:
        """Whether the subjects are named under this secret: the first that opens a store ties it."""
        found = self._fingerprint()
        if found is None:
            self._connection.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (fingerprint,))
            found = self._fingerprint()  # another process may have been first
        return found == fingerprint

    def close(self) -> None:
        """Close the store."""
        self._connection.close()

    def _write(self, statement: str, subject: str) -> bool:
        self._version = None  # the version does not count what this connection writes
        return bool(self._connection.execute(statement, (subject,)).rowcount)

    def _fingerprint(self) -> str | None:
        found = self._connection.execute("SELECT fingerprint FROM secret").fetchone()
        return None if found is None else str(found[0])

    def _refresh(self) -> None:
        if file_at(self._path) != self._file:
            raise StoreMoved
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            rows = self._connection.execute("SELECT subject FROM protection").fetchall()
            self._subjects = frozenset(row[0] for row in rows)
            self._version = version
