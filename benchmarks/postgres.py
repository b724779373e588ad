"""The departments' tables in PostgreSQL, in a schema of their own, filled once."""

import asyncpg

from benchmarks.world import ENTERPRISES, TABLES, credit_code, person_id, rows_of

SCHEMA = "jutong_bench"
PERSONS = 30_000
"""More than one run asks for, so that a key seldom comes twice to the same server."""


async def fill(url: str, persons: int = PERSONS) -> None:
    """Create and fill the tables, unless they are there with as many persons."""
    connection = await asyncpg.connect(url)
    try:
        if await _is_filled(connection, persons):
            return
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        people = [person_id(number) for number in range(persons)]
        firms = [credit_code(number) for number in range(min(ENTERPRISES, 2 * persons))]
        for name, table in TABLES.items():
            rows = rows_of(name, people if table.is_of_person else firms)
            columns = ", ".join(
                f'"{column}" {"integer" if column in table.numbers else "text"} NOT NULL'
                for column in rows[0]
            )
            await connection.execute(f"CREATE TABLE {SCHEMA}.{name} ({columns})")
            await connection.copy_records_to_table(
                name, schema_name=SCHEMA, columns=list(rows[0]), records=[tuple(row.values()) for row in rows]
            )
            await connection.execute(f'CREATE INDEX ON {SCHEMA}.{name} ("{table.key}")')
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _is_filled(connection: "asyncpg.Connection", persons: int) -> bool:
    for name in (next(iter(TABLES)), [*TABLES][-1]):
        if await connection.fetchval("SELECT to_regclass($1)", f"{SCHEMA}.{name}") is None:
            return False
    return bool(await connection.fetchval(f"SELECT count(*) FROM {SCHEMA}.household") == persons)
