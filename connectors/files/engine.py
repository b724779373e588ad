"""DuckDB, locked: it reads no file that it was not told of, and loads nothing from anywhere."""

from collections.abc import Iterable
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


def open_engine(
    memory_mb: int, folders: Iterable[Path], files: Iterable[Path] = ()
) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that may look at these folders and files, and nowhere else.

    What does not fit into the memory goes to the first folder. One thread works for each statement: whoever
    asks has threads of their own.
    """
    folders = [folder.absolute() for folder in folders]
    config = {**_NOTHING_FROM_OUTSIDE, "threads": 1, "memory_limit": f"{memory_mb}MB"}
    opened = duckdb.connect(":memory:", config={**config, "temp_directory": str(folders[0] / "spilled")})
    opened.execute(f"SET allowed_directories = [{', '.join(map(literal, folders))}]")
    opened.execute(f"SET allowed_paths = [{', '.join(literal(path.absolute()) for path in files)}]")
    opened.execute("SET TimeZone = 'Etc/GMT-8'")  # moments without an offset are Beijing time
    opened.execute("SET enable_external_access = false")
    opened.execute("SET lock_configuration = true")
    return opened


def literal(text: object) -> str:
    """A text in a statement that takes no parameters."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name in a statement."""
    return '"' + name.replace('"', '""') + '"'
