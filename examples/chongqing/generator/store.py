"""Writes rows to the departments' databases, many at a time; indexes come last."""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.tables import DATABASES, columns_of, indexed


class Store:
    """One SQLite file for each database, all of them empty at first."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._open = {name: self._create(directory / f"{name}.sqlite", name) for name in DATABASES}
        self._inserts: dict[str, str] = {}

    def insert(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows of `database.table`, in the order of its columns."""
        database, table = name.split(".")
        statement = self._inserts.get(name)
        if statement is None:
            places = ", ".join("?" for _ in columns_of(name))
            statement = self._inserts[name] = f'INSERT INTO "{table}" VALUES ({places})'
        self._open[database].executemany(statement, rows)

    def plant(self, name: str, row: Mapping[str, Any]) -> None:
        """Add one row by column; a column that there is not is a mistake of the persona."""
        columns = columns_of(name)
        if unknown := set(row) - set(columns):
            raise ValueError(f"{name} has no {sorted(unknown)}")
        self.insert(name, [tuple(row.get(column) for column in columns)])

    def close(self) -> None:
        """Index and commit."""
        for database, connection in self._open.items():
            for table in DATABASES[database]:
                for column in indexed(f"{database}.{table}"):
                    connection.execute(f'CREATE INDEX "{table}_{column}" ON "{table}" ("{column}")')
            connection.commit()
            connection.close()

    def _create(self, path: Path, name: str) -> sqlite3.Connection:
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        for table in DATABASES[name]:
            quoted = ", ".join(f'"{column}"' for column in columns_of(f"{name}.{table}"))
            connection.execute(f'CREATE TABLE "{table}" ({quoted})')
        return connection
