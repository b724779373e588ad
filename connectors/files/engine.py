"""DuckDB, locked: it reads no file that it was not told of, and loads nothing from anywhere."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

_NOTHING_FROM_OUTSIDE: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
_AS_ROWS_STAND = {"preserve_insertion_order": True}
"""Its default, and here a promise: pages of tables that stand in their order are not sorted."""
_AS_VALUES_ARE: dict[str, Any] = {"force_compression": "uncompressed"}
"""How a database is written: a row that a key finds costs a tenth of a compressed one, which is unpacked with
its neighbours (fifty keys of a million rows: 2.5 ms and 28), for three times the disk."""


def open_engine(
    memory_mb: int, folders: Iterable[Path], files: Iterable[Path] = ()
) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that may look at these folders and files, and nowhere else.

    What does not fit into the memory goes to the first folder. One thread works for each statement: whoever
    asks has threads of their own.
    """
    folders = [folder.absolute() for folder in folders]
    config = {**_NOTHING_FROM_OUTSIDE, **_AS_ROWS_STAND, **_AS_VALUES_ARE}
    config |= {"threads": 1, "memory_limit": f"{memory_mb}MB"}
    opened = duckdb.connect(":memory:", config={**config, "temp_directory": str(folders[0] / "spilled")})
    opened.execute(f"SET allowed_directories = [{', '.join(map(literal, folders))}]")
    opened.execute(f"SET allowed_paths = [{', '.join(literal(path.absolute()) for path in files)}]")
    opened.execute("SET TimeZone = 'Etc/GMT-8'")  # moments without an offset are Beijing time
    opened.execute("SET enable_external_access = false")
    opened.execute("SET lock_configuration = true")
    return opened


MAX_STATEMENTS = 200
"""Parsed statements that a session keeps."""


class Session:
    """A connection of one thread at a time, which parses each text once: a third of what a look-up costs."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._parsed: dict[str, duckdb.Statement] = {}
        self.interrupt = connection.interrupt
        self.close = connection.close

    def execute(self, query: str, parameters: Sequence[Any], /) -> duckdb.DuckDBPyConnection:
        """Run a statement."""
        statement = self._parsed.get(query)
        if statement is None:
            if len(self._parsed) >= MAX_STATEMENTS:
                self._parsed.clear()
            (statement,) = self._connection.extract_statements(query)
            self._parsed[query] = statement
        return self._connection.execute(statement, parameters)


def literal(text: object) -> str:
    """A text in a statement that takes no parameters."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name in a statement."""
    return '"' + name.replace('"', '""') + '"'
