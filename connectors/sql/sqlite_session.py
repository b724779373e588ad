"""A connection to a file of SQLite: moved files are seen, and text that is no UTF-8 comes as bytes."""

from collections.abc import Callable, Sequence
from sqlite3 import Connection, OperationalError
from typing import Any

from connectors.file_identity import file_at
from connectors.sql.sqlite import READINGS

_NOTHING: tuple[str, Sequence[Any]] = ("", ())


class SqliteSession:
    """A connection to a file, and the result of its statement: one thread at a time has both."""

    def __init__(self, connect: Callable[[], Connection], path: str | None) -> None:
        self._connect = connect
        self._path = path
        self._asked = _NOTHING
        self._open()

    def execute(self, query: str, parameters: Sequence[Any], /) -> "SqliteSession":
        """Take a statement; `fetchall` runs it."""
        self._asked = query, parameters
        return self

    def fetchall(self) -> list[Any]:
        """Run it on the file that stands there now. Text that is no UTF-8 comes as bytes."""
        if self._path is not None and file_at(self._path) != self._file:
            self.close()
            self._open()
        connection = self._connection
        asked, self._asked = self._asked, _NOTHING
        try:
            return connection.execute(*asked).fetchall()
        except OperationalError as error:
            if "decode" not in str(error):
                raise
        connection.text_factory = _decoded
        try:
            return connection.execute(*asked).fetchall()
        finally:
            connection.text_factory = str

    def interrupt(self) -> None:
        """End the statement that runs, from another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def _open(self) -> None:
        self._file = file_at(self._path) if self._path is not None else None
        self._connection = self._connect()
        for reading in READINGS.values():
            self._connection.create_function(reading.name, 1, reading.read, deterministic=True)
        self._connection.create_function("jutong_text", 1, str, deterministic=True)


def _decoded(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
