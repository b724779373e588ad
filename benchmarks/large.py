"""A resource of 42 million rows: an enterprise's profile, and a filtered page of 50, against a small table.

PostgreSQL and DuckDB make the rows themselves; they are kept between runs. What a request reads is what
PostgreSQL counts (`pg_stat_user_tables`), so that an answer that came from a scan would be seen whatever its
speed. DuckDB reads within the gateway, so a scan would be in its CPU.
"""

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import yaml

from benchmarks.catalogue import write_application
from benchmarks.field import start_jutong
from benchmarks.holders import DISTRICTS, DuckDb, Holder, Postgres
from benchmarks.load import Connection
from benchmarks.machine import describe_machine
from benchmarks.processes import OTHER_CORE, ROOT, Process, pin
from benchmarks.report import machine_line, put_section, table
from schema.identifiers import credit_check_character, organisation_check_character

RESULTS = ROOT / "var" / "bench" / "large.json"
FOLDER = ROOT / "var" / "bench" / "large"
ROWS = 42_000_000
SMALL = 100_000
PROFILE = "query Profile($id: CreditCode!) { enterprise(uscc: $id) { name district capital status } }"
PAGE = """query Page($district: String!, $after: String) {
  firms(where: { district: { eq: $district } }, first: 50, after: $after) {
    nodes { name capital status } pageInfo { endCursor hasNextPage } } }"""


@dataclass(frozen=True)
class Cost:
    """What one kind of request cost over one table."""

    holder: str
    query: str
    rows: int
    cpu_seconds: float
    """Of the gateway, per request."""
    p50_seconds: float
    first_seconds: float
    """The first request of a gateway that was just started."""
    rows_read: float | None
    """By PostgreSQL, per request, as its statistics say."""


def code_of(number: int) -> str:
    """The credit code of a row: a district and five digits, with both checks."""
    organisation = f"DEM{number // DISTRICTS:05d}"
    body = f"91{500_000 + number % DISTRICTS:06d}{organisation}{organisation_check_character(organisation)}"
    return body + credit_check_character(body)


def write_large(folder: Path, holder: Holder, name: str) -> Path:
    """A catalogue of one resource over one table."""
    home = folder / "departments" / "market"
    home.mkdir(parents=True)
    department = {"department": "market", "title": "Market", "sources": {"marketDb": holder.source()}}
    resource = {
        "resource": "firm",
        "title": "Firm",
        "source": "marketDb",
        "from": holder.origin(name),
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


async def measure(holder: Holder, name: str, rows: int, server: Process, times: int) -> list[Cost]:
    """Profiles from all over the table, then two pages of each of many districts."""
    connection = await Connection.open(server.port)
    costs = []
    try:
        for query, text in (("profile", PROFILE), ("page", PAGE)):
            first = time.perf_counter()
            await _ask(connection, text, rows - 1, None)
            first = time.perf_counter() - first
            await holder.settle()
            before, cpu, latencies = await holder.rows_read(name), server.cpu_seconds(), []
            after = None
            for number in range(times):
                row = number * (rows // times)
                sent = time.perf_counter()
                answer = await _ask(connection, text, row if after is None else row - rows // times, after)
                latencies.append(time.perf_counter() - sent)
                if query == "page":
                    found = answer["firms"]
                    assert len(found["nodes"]) == 50
                    after = found["pageInfo"]["endCursor"] if after is None else None
                else:
                    assert answer["enterprise"]["name"] == f"Firm {row}"
            spent = (server.cpu_seconds() - cpu) / times
            read = await holder.rows_read(name)
            each = None if read is None or before is None else (read - before) / times
            costs.append(Cost(holder.title, query, rows, spent, median(latencies), first, each))
    finally:
        connection.close()
    return costs


async def _ask(connection: Connection, text: str, number: int, after: str | None) -> Any:
    variables = {"id": code_of(number), "district": f"{500_000 + number % DISTRICTS}", "after": after}
    used = {key: value for key, value in variables.items() if f"${key}" in text}
    answer = orjson.loads(await connection.post(orjson.dumps({"query": text, "variables": used})))
    if "errors" in answer:
        raise SystemExit(f"{answer['errors']}")
    return answer["data"]


def main() -> None:
    """Fill, measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--postgres", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--duckdb", type=Path, default=FOLDER, help="Folder of DuckDB's files.")
    parser.add_argument("--only", choices=("PostgreSQL", "DuckDB"), help="One holder alone; keeps the docs.")
    parser.add_argument("--keep-docs", action="store_true")
    given = parser.parse_args()
    pin(os.getpid(), OTHER_CORE)
    machine = describe_machine()
    costs: list[Cost] = []
    both: tuple[Holder, ...] = (Postgres(given.postgres), DuckDb(given.duckdb))
    holders = [one for one in both if given.only in {None, one.title}]
    for holder, (name, rows) in product(holders, (("small", min(SMALL, given.rows)), ("large", given.rows))):
        asyncio.run(holder.fill(name, rows))
        with tempfile.TemporaryDirectory() as folder:
            catalogue = write_large(Path(folder) / "catalogue", holder, name)
            server = start_jutong(catalogue, Path(folder) / "state")
            try:
                costs += asyncio.run(measure(holder, name, rows, server, given.times))
            finally:
                server.stop()
    machine = {**machine, "load_after": round(os.getloadavg()[0], 2)}
    results = {"machine": machine, "costs": [asdict(one) for one in costs]}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    rows_of = [
        [
            one.holder,
            one.query,
            f"{one.rows:,}",
            "" if one.rows_read is None else f"{one.rows_read:.1f}",
            f"{one.cpu_seconds * 1e3:.2f}",
            f"{one.p50_seconds * 1e3:.1f}",
            f"{one.first_seconds * 1e3:.0f}",
        ]
        for one in costs
    ]
    head = [
        "held by",
        "query",
        "rows of the table",
        "rows read",
        "CPU of the gateway, ms",
        "p50, ms",
        "first, ms",
    ]
    text = "\n".join([machine_line(machine), "", *table(head, rows_of)])
    print(text)
    if not given.keep_docs and given.only is None:
        put_section(ROOT / "docs" / "performance.md", "large", text)


if __name__ == "__main__":
    main()
