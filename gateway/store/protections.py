"""Protected subjects: a set of pseudonyms in SQLite, looked at without waiting.

`PRAGMA data_version` (some microseconds) says whether another connection has written since, so what
any process protects holds from the next look on.
"""

import sqlite3
from collections.abc import Container
from pathlib import Path

import structlog

log = structlog.get_logger()


class Everyone:
    """Holds whoever is looked for."""

    def __contains__(self, subject: object) -> bool:
        return True


EVERYONE = Everyone()


class Protections:
    """The subjects of whom guarded resources tell nothing. While the store cannot be read: everyone."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")  # readers never wait for a writer
        self._connection.execute("CREATE TABLE IF NOT EXISTS protection (subject TEXT PRIMARY KEY) STRICT")
        self._subjects: frozenset[str] = frozenset()
        self._version: int | None = None

    def subjects(self) -> Container[str]:
        """Who is protected now."""
        try:
            self._refresh()
        except sqlite3.Error as error:
            log.error("protections_unreadable", error=type(error).__name__)
            self._version = None
            return EVERYONE
        return self._subjects

    def add(self, subject: str) -> None:
        """Protect a subject, by pseudonym; holds from the next look on, in every process."""
        self._connection.execute("INSERT OR IGNORE INTO protection VALUES (?)", (subject,))
        self._version = None  # the version does not count what this connection writes

    def close(self) -> None:
        """Close the store."""
        self._connection.close()

    def _refresh(self) -> None:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            rows = self._connection.execute("SELECT subject FROM protection").fetchall()
            self._subjects = frozenset(row[0] for row in rows)
            self._version = version
