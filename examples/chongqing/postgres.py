"""Puts some of the demo city's SQLite databases into a PostgreSQL server, so that the city has both kinds.

`<name>.sqlite` becomes the database `jutong_demo_<name>`; its tables are made anew at every start of
the demo, in one transaction, and keep the upper-case names that the catalogue knows.
"""

import asyncio
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg

TYPES = {"integer": "BIGINT", "real": "DOUBLE PRECISION", "blob": "BYTEA"}


def copy(directory: Path, names: Iterable[str], server: str) -> dict[str, str]:
    """Copy databases; give SQLAlchemy's URL of each. `server` is `postgresql://user:password@host:port/database`."""
    return {name: asyncio.run(copy_one(directory / f"{name}.sqlite", name, server)) for name in names}


async def copy_one(path: Path, name: str, server: str) -> str:
    base, database = server.rpartition("/")[0], f"jutong_demo_{name}"
    admin = await asyncpg.connect(server)
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'")
    finally:
        await admin.close()
    source = sqlite3.connect(path)
    target = await asyncpg.connect(f"{base}/{database}")
    try:
        async with target.transaction():
            for kind, table, statement in source.execute(
                "SELECT type, name, sql FROM sqlite_master ORDER BY rowid"
            ):
                if kind == "table":
                    await copy_table(source, target, table)
                elif statement:
                    await target.execute(statement)
    finally:
        await target.close()
        source.close()
    return f"postgresql+asyncpg://{base.partition('://')[2]}/{database}"


async def copy_table(source: sqlite3.Connection, target: Any, table: str) -> None:
    columns = [column for _, column, *_ in source.execute(f'PRAGMA table_info("{table}")')]
    types = [type_of(source, table, column) for column in columns]
    declared = ", ".join(f'"{column}" {type_}' for column, type_ in zip(columns, types, strict=True))
    await target.execute(f'DROP TABLE IF EXISTS "{table}"')
    await target.execute(f'CREATE TABLE "{table}" ({declared})')
    read = ", ".join(
        f'CAST("{column}" AS TEXT)' if type_ == "TEXT" else f'"{column}"'
        for column, type_ in zip(columns, types, strict=True)
    )
    rows = source.execute(f'SELECT {read} FROM "{table}"')
    await target.copy_records_to_table(table, records=rows, columns=columns)


def type_of(source: sqlite3.Connection, table: str, column: str) -> str:
    """The type of values that SQLite did not bind to one: what all of them have, or text."""
    query = f'SELECT DISTINCT typeof("{column}") FROM "{table}" WHERE "{column}" IS NOT NULL'
    found = [name for (name,) in source.execute(query)]
    return TYPES.get(found[0], "TEXT") if len(found) == 1 else "TEXT"
