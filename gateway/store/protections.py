"""Protected subjects: a set of pseudonyms in SQLite, looked at without waiting."""

import sqlite3
from pathlib import Path


class Protections:
    """The subjects of whom guarded resources tell nothing."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._connect() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS protection (subject TEXT PRIMARY KEY) STRICT")
        self._subjects: frozenset[str] = frozenset()
        self.reload()

    def __contains__(self, subject: object) -> bool:
        return subject in self._subjects

    def add(self, subject: str) -> None:
        """Protect a subject, by pseudonym; holds from the next request on."""
        with self._connect() as connection:
            connection.execute("INSERT OR IGNORE INTO protection VALUES (?)", (subject,))
        self.reload()

    def reload(self) -> None:
        """Look at the store again, for what other processes wrote."""
        with self._connect() as connection:
            rows = connection.execute("SELECT subject FROM protection").fetchall()
        self._subjects = frozenset(row[0] for row in rows)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5)
