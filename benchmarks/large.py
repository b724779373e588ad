"""A resource of 42 million rows: an enterprise's profile, and a filtered page of 50, against a small table.

PostgreSQL makes the rows itself; they are kept between runs. What a request reads is what PostgreSQL counts
(`pg_stat_user_tables`), so that an answer that came from a scan would be seen whatever its speed.
"""

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import orjson
import yaml

from benchmarks.catalogue import write_application
from benchmarks.field import start_jutong
from benchmarks.load import Connection
from benchmarks.machine import describe_machine
from benchmarks.processes import OTHER_CORE, ROOT, Process, pin
from benchmarks.report import machine_line, put_section, table
from schema.identifiers import credit_check_character, organisation_check_character

RESULTS = ROOT / "var" / "bench" / "large.json"
SCHEMA = "jutong_large"
ROWS = 42_000_000
SMALL = 100_000
DISTRICTS = 420
PROFILE = "query Profile($id: CreditCode!) { enterprise(uscc: $id) { name district capital status } }"
PAGE = """query Page($district: String!, $after: String) {
  firms(where: { district: { eq: $district } }, first: 50, after: $after) {
    nodes { name capital status } pageInfo { endCursor hasNextPage } } }"""
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Cost:
    """What one kind of request cost over one table."""

    query: str
    rows: int
    cpu_seconds: float
    """Of the gateway, per request."""
    p50_seconds: float
    rows_read: float
    """By PostgreSQL, per request, as its statistics say."""


def code_of(number: int) -> str:
    """The credit code of a row: a district and five digits, with both checks."""
    organisation = f"DEM{number // DISTRICTS:05d}"
    body = f"91{500_000 + number % DISTRICTS:06d}{organisation}{organisation_check_character(organisation)}"
    return body + credit_check_character(body)


async def fill(url: str, name: str, rows: int) -> None:
    """Make a table of that many rows, unless it is there."""
    connection = await asyncpg.connect(url)
    try:
        full = f"{SCHEMA}.{name}"
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        if await connection.fetchval("SELECT to_regclass($1)", full) is not None:
            if await connection.fetchval(f"SELECT max(n) FROM {full}") == rows - 1:
                return
            await connection.execute(f"DROP TABLE {full}")
        await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
        await connection.execute(_create(full, rows), timeout=3_600)
        for index in (
            f"ALTER TABLE {full} ADD PRIMARY KEY (uscc)",
            f"CREATE INDEX ON {full} (district, uscc)",
            f"CREATE INDEX ON {full} (n)",
            f"ANALYZE {full}",
        ):
            await connection.execute(index, timeout=3_600)
    finally:
        await connection.close()


def _create(full: str, rows: int) -> str:
    """The rows, with the checks of `schema.identifiers` done by PostgreSQL."""
    number = f"(n / {DISTRICTS})"
    digits = [f"({number} / {10 ** (4 - place)} % 10)" for place in range(5)]
    weights = (10, 5, 8, 4, 2)
    organisation = " + ".join(f"{weight} * {digit}" for weight, digit in zip(weights, digits, strict=True))
    district = [f"(d / {10 ** (5 - place)} % 10)" for place in range(6)]
    terms = [(9, 0), (1, 1), *((one, 2 + place) for place, one in enumerate(district))]
    terms += [(13, 8), (14, 9), (_CREDIT.index("M"), 10)]
    terms += [(one, 11 + place) for place, one in enumerate(digits)]
    terms.append((f"CASE o WHEN 10 THEN {_CREDIT.index('X')} WHEN 11 THEN 0 ELSE o END", 16))
    credit = " + ".join(f"({value}) * {pow(3, place, 31)}" for value, place in terms)
    return f"""
CREATE TABLE {full} AS
SELECT ('91' || d || 'DEM' || lpad({number}::text, 5, '0')
        || CASE o WHEN 10 THEN 'X' WHEN 11 THEN '0' ELSE o::text END
        || substr('{_CREDIT}', 1 + ((31 - ({credit}) % 31) % 31)::int, 1)) COLLATE "C" AS uscc,
       n, d::text COLLATE "C" AS district, 'Firm ' || n AS name, n % 1000 * 10 AS capital,
       CASE WHEN n % 17 = 0 THEN 'CLOSED' ELSE 'OPEN' END AS status
FROM (SELECT n, {500_000} + n % {DISTRICTS} AS d,
             11 - (3 * 13 + 7 * 14 + 9 * 22 + {organisation}) % 11 AS o
      FROM generate_series(0, {rows - 1}) n) made;
ALTER TABLE {full} ALTER uscc SET NOT NULL, ALTER district SET NOT NULL
"""


def write_large(folder: Path, url: str, name: str) -> Path:
    """A catalogue of one resource over one table."""
    home = folder / "departments" / "market"
    home.mkdir(parents=True)
    source = {"kind": "sql", "url": url.replace("postgresql://", "postgresql+asyncpg://")}
    department = {"department": "market", "title": "Market", "sources": {"marketDb": source}}
    resource = {
        "resource": "firm",
        "title": "Firm",
        "source": "marketDb",
        "from": f"{SCHEMA}.{name}",
        "identity": ["uscc"],
        "attach": [{"on": "Enterprise", "core": True, "by": {"uscc": "uscc"}}],
        "sharing": {"type": "unconditional"},
        "collection": {"field": "firms"},
        "items": {
            "name": {"title": "Name", "column": "name", "level": 1},
            "district": {"title": "District", "column": "district", "level": 1},
            "capital": {"title": "Capital", "column": "capital", "type": "Int", "level": 1},
            "status": {"title": "Status", "column": "status", "level": 1},
        },
    }
    city = {"city": "Large", "use": ["Enterprise"]}
    for path, value in (("department.yaml", department), ("firm.yaml", resource)):
        (home / path).write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
    (folder / "city.yaml").write_text(yaml.safe_dump(city), encoding="utf-8")
    write_application(folder, ["market.firm.*"])
    return folder


async def measure(url: str, name: str, rows: int, server: Process, times: int) -> list[Cost]:
    """Profiles of enterprises over the whole table, then pages of districts, each further in."""
    statistics = await asyncpg.connect(url)
    connection = await Connection.open(server.port)
    costs = []
    try:
        for query, text in (("profile", PROFILE), ("page", PAGE)):
            await _ask(connection, text, rows - 1, None)
            read, cpu, latencies = await _rows_read(statistics, name), server.cpu_seconds(), []
            after = None
            for number in range(times):
                sent = time.perf_counter()
                answer = await _ask(connection, text, number * (rows // times), after)
                latencies.append(time.perf_counter() - sent)
                if query == "page":
                    found = answer["firms"]
                    assert len(found["nodes"]) == 50
                else:
                    assert answer["enterprise"]["name"] == f"Firm {number * (rows // times)}"
            spent = (server.cpu_seconds() - cpu) / times
            read = (await _rows_read(statistics, name) - read) / times
            costs.append(Cost(query, rows, spent, median(latencies), read))
    finally:
        connection.close()
        await statistics.close()
    return costs


async def _ask(connection: Connection, text: str, number: int, after: str | None) -> Any:
    variables = {"id": code_of(number), "district": f"{500_000 + number % DISTRICTS}", "after": after}
    used = {key: value for key, value in variables.items() if f"${key}" in text}
    answer = orjson.loads(await connection.post(orjson.dumps({"query": text, "variables": used})))
    if "errors" in answer:
        raise SystemExit(f"{answer['errors']}")
    return answer["data"]


async def _rows_read(connection: "asyncpg.Connection", name: str) -> float:
    """Rows that all statements have read of a table; a backend that is idle tells within ten seconds."""
    await asyncio.sleep(11)
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    row = await connection.fetchrow(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"
        " WHERE schemaname = $1 AND relname = $2",
        SCHEMA,
        name,
    )
    return float(row[0])


def main() -> None:
    """Fill, measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--postgres", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--keep-docs", action="store_true")
    given = parser.parse_args()
    pin(os.getpid(), OTHER_CORE)
    machine = describe_machine()
    costs: list[Cost] = []
    for name, rows in (("small", min(SMALL, given.rows)), ("large", given.rows)):
        asyncio.run(fill(given.postgres, name, rows))
        with tempfile.TemporaryDirectory() as folder:
            catalogue = write_large(Path(folder) / "catalogue", given.postgres, name)
            server = start_jutong(catalogue, Path(folder) / "state")
            try:
                costs += asyncio.run(measure(given.postgres, name, rows, server, given.times))
            finally:
                server.stop()
    machine = {**machine, "load_after": round(os.getloadavg()[0], 2)}
    results = {"machine": machine, "costs": [asdict(one) for one in costs]}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    rows_of = [
        [
            one.query,
            f"{one.rows:,}",
            f"{one.rows_read:.1f}",
            f"{one.cpu_seconds * 1e3:.2f}",
            f"{one.p50_seconds * 1e3:.1f}",
        ]
        for one in costs
    ]
    head = ["query", "rows of the table", "rows read by PostgreSQL", "CPU of the gateway, ms", "p50, ms"]
    text = "\n".join([machine_line(machine), "", *table(head, rows_of)])
    print(text)
    if not given.keep_docs:
        put_section(ROOT / "docs" / "performance.md", "large", text)


if __name__ == "__main__":
    main()
