"""Who holds the large table: PostgreSQL, or a database of DuckDB in a department's folder.

Both make its rows themselves.
"""

import asyncio
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import duckdb

SCHEMA = "jutong_large"
DISTRICTS = 420
ROW_GROUP = 65_536
"""Rows of DuckDB that are left out together: of 8,192 to 245,760 the number with the cheapest pages."""
CHECKED_SECONDS = 15.0
"""After which a gateway knows how 42 million rows stand: it begins within a second and reads for four."""
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of credit codes, each at its value."""


class Holder(Protocol):
    """One place for a table of so many rows."""

    title: str

    async def fill(self, name: str, rows: int) -> None:
        """Make the table, unless it is there."""
        ...

    def source(self) -> dict[str, Any]:
        """How a catalogue names the place."""
        ...

    def origin(self, name: str) -> Any:
        """How a catalogue names the table."""
        ...

    async def rows_read(self, name: str) -> float | None:
        """Rows of the table that all statements have read; `None` where nobody counts."""
        ...

    async def settle(self) -> None:
        """Wait after the first request, until all is as it stays."""
        ...


class Postgres:
    """A table of PostgreSQL."""

    title = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = url

    async def fill(self, name: str, rows: int) -> None:
        """Make the table and its indexes."""
        connection = await asyncpg.connect(self._url)
        try:
            full = f"{SCHEMA}.{name}"
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            if await connection.fetchval("SELECT to_regclass($1)", full) is not None:
                if await connection.fetchval(f"SELECT max(n) FROM {full}") == rows - 1:
                    return
                await connection.execute(f"DROP TABLE {full}")
            await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
            made = select_rows(rows, "/", ' COLLATE "C"')
            await connection.execute(f"CREATE TABLE {full} AS {made}", timeout=3_600)
            for statement in (
                f"ALTER TABLE {full} ALTER uscc SET NOT NULL, ALTER district SET NOT NULL",
                f"ALTER TABLE {full} ADD PRIMARY KEY (uscc)",
                f"CREATE INDEX ON {full} (district, uscc)",
                f"CREATE INDEX ON {full} (n)",
                f"ANALYZE {full}",
            ):
                await connection.execute(statement, timeout=3_600)
        finally:
            await connection.close()

    def source(self) -> dict[str, Any]:
        """By its URL."""
        return {"kind": "sql", "url": self._url.replace("postgresql://", "postgresql+asyncpg://")}

    def origin(self, name: str) -> Any:
        """Schema and name."""
        return f"{SCHEMA}.{name}"

    async def rows_read(self, name: str) -> float | None:
        """As its statistics say; a backend that is idle tells within ten seconds."""
        await asyncio.sleep(11)
        connection = await asyncpg.connect(self._url)
        try:
            row = await connection.fetchrow(
                "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"
                " WHERE schemaname = $1 AND relname = $2",
                SCHEMA,
                name,
            )
        finally:
            await connection.close()
        return float(row[0])

    async def settle(self) -> None:
        """There is nothing to wait for."""


class DuckDb:
    """A database of DuckDB, as docs/connectors.md tells departments to make one."""

    title = "DuckDB"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fill(self, name: str, rows: int) -> None:
        """Make the file: rows in the order of pages, an index for the key."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name}.duckdb"
        if path.exists():
            with duckdb.connect(str(path), read_only=True) as there:
                if there.execute("SELECT max(n) FROM firm").fetchall() == [(rows - 1,)]:
                    return
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with duckdb.connect(config={"memory_limit": "8GB", "temp_directory": str(self._folder)}) as making:
            making.execute(f"ATTACH '{part}' AS made (ROW_GROUP_SIZE {ROW_GROUP})")
            making.execute(
                "CREATE TABLE made.firm (uscc VARCHAR NOT NULL, n INTEGER NOT NULL,"
                " district VARCHAR NOT NULL, name VARCHAR NOT NULL, capital INTEGER NOT NULL,"
                " status VARCHAR NOT NULL)"
            )
            making.execute(f"INSERT INTO made.firm {select_rows(rows, '//', '')} ORDER BY district, uscc")
            making.execute("CREATE INDEX firm_uscc ON made.firm (uscc)")
        part.replace(path)

    def source(self) -> dict[str, Any]:
        """By its folder."""
        return {"kind": "files", "directory": str(self._folder)}

    def origin(self, name: str) -> Any:
        """File and table, read where they stand, and how they do."""
        return {"file": f"{name}.duckdb", "table": "firm", "sorted_by": ["district", "uscc"]}

    async def rows_read(self, name: str) -> float | None:  # noqa: ARG002 - of the protocol
        """DuckDB reads within the gateway: it is in the gateway's CPU."""
        return None

    async def settle(self) -> None:
        """The gateway looks once whether the rows stand as is declared."""
        await asyncio.sleep(CHECKED_SECONDS)


def select_rows(rows: int, divide: str, collate: str) -> str:
    """The rows, with the checks of `schema.identifiers` done by the database; integers divide by `divide`."""
    number = f"(n {divide} {DISTRICTS})"
    digits = [f"({number} {divide} {10 ** (4 - place)} % 10)" for place in range(5)]
    weights = (10, 5, 8, 4, 2)
    organisation = " + ".join(f"{weight} * {digit}" for weight, digit in zip(weights, digits, strict=True))
    district = [f"(d {divide} {10 ** (5 - place)} % 10)" for place in range(6)]
    terms = [(9, 0), (1, 1), *((one, 2 + place) for place, one in enumerate(district))]
    terms += [(13, 8), (14, 9), (CREDIT.index("M"), 10)]
    terms += [(one, 11 + place) for place, one in enumerate(digits)]
    terms.append((f"CASE o WHEN 10 THEN {CREDIT.index('X')} WHEN 11 THEN 0 ELSE o END", 16))
    credit = " + ".join(f"({value}) * {pow(3, place, 31)}" for value, place in terms)
    return f"""
SELECT ('91' || d || 'DEM' || lpad({number}::text, 5, '0')
        || CASE o WHEN 10 THEN 'X' WHEN 11 THEN '0' ELSE o::text END
        || substr('{CREDIT}', 1 + ((31 - ({credit}) % 31) % 31)::int, 1)){collate} AS uscc,
       n, d::text{collate} AS district, 'Firm ' || n AS name, n % 1000 * 10 AS capital,
       CASE WHEN n % 17 = 0 THEN 'CLOSED' ELSE 'OPEN' END AS status
FROM (SELECT n, {500_000} + n % {DISTRICTS} AS d,
             11 - (3 * 13 + 7 * 14 + 9 * 22 + {organisation}) % 11 AS o
      FROM generate_series(0, {rows - 1}) AS numbers(n)) made
"""
