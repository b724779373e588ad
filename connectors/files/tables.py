"""Drops as tables of one engine, and what the SQL driver is told of them."""

from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

import duckdb

from connectors.files.engine import literal, quoted
from connectors.files.refused import DropRefused
from connectors.files.served import Standing
from connectors.files.taking import ABOUT
from connectors.sql.driver import SqlConnector


class Tables:
    """Of all resources of a source. One thread attaches and detaches."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, sql: SqlConnector) -> None:
        self._engine = engine
        self._sql = sql
        self._numbers = count()

    @contextmanager
    def session(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A session of its own at the engine, closed in the end."""
        session = self._engine.cursor()
        try:
            yield session
        finally:
            session.close()

    def attach(self, place: Path, table: str, columns: Set[str], as_of: datetime | None) -> Standing:
        """Attach a database whose table has these columns, by a name that no other has.

        Without `as_of` the database itself says on which moment it stands. Raises `DropRefused` where there
        is no such table, and what DuckDB raises; nothing is attached then.
        """
        alias = f"drop{next(self._numbers)}"
        with self.session() as session:
            try:
                session.execute(f"ATTACH {literal(place.absolute())} AS {alias} (READ_ONLY)")
                if as_of is None:
                    (row,) = session.execute(f"SELECT as_of FROM {alias}.{ABOUT}").fetchall()
                    as_of = datetime.fromisoformat(row[0])
                _check_columns(session, alias, table, columns)
            except BaseException:
                with suppress(duckdb.Error):
                    session.execute(f"DETACH {alias}")
                raise
        return Standing(alias, f"{alias}.{quoted(table)}", as_of)

    def detach(self, standing: Standing) -> None:
        """Give back what nobody reads."""
        self._sql.forget(standing.origin)
        with self.session() as session:
            session.execute(f"DETACH {standing.alias}")

    def know_order(self, standing: Standing, columns: tuple[str, ...]) -> None:
        """Its rows stand in the order of these columns."""
        self._sql.know_order(standing.origin, columns)


def _check_columns(session: duckdb.DuckDBPyConnection, alias: str, table: str, columns: Set[str]) -> None:
    """A table, and never a view: its text would be run here, over whatever we may read."""
    rows = session.execute(
        "SELECT column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_oid)"
        " WHERE database_name = ? AND duckdb_tables.table_name = ?",
        [alias, table],
    ).fetchall()
    missing = columns - {row[0] for row in rows}
    if missing:
        what = f"no column '{min(missing)}'" if rows else "no such table"
        raise DropRefused(f"table '{table}': {what}")
