"""Rows that stand in the order of a page are not sorted, and every page is the one that sorting gives."""

import asyncio
import threading
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
from structlog.testing import capture_logs

from connectors.files.follower import Follower
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Not, Or, Predicate
from tests.connectors.files.office import TEXT, WHOLE, Office, declared, office
from tests.patience import until

COLUMNS = {"id": TEXT, "kind": TEXT, "street": TEXT, "n": WHOLE, "said": WHOLE, "whole": TEXT}
ROWS = [
    (f"K{n * 37 % 120:03}", f"k{n % 3}", f"s{n % 5}" if n % 11 else None, n % 7, f"{n % 13}", n % 9)
    for n in range(120)
]
ORDER = ["kind", "n", "id"]


def write(folder: Path, order: str = "kind, n, id", rows: Any = ROWS) -> None:
    """A database whose rows stand in an order; `said` is a number that is text, `whole` text that is a number."""
    with duckdb.connect(str(folder / "a.duckdb")) as made:
        made.execute(
            "CREATE TABLE made (id VARCHAR NOT NULL, kind VARCHAR NOT NULL, street VARCHAR, n INTEGER NOT NULL,"
            " said VARCHAR NOT NULL, whole INTEGER NOT NULL)"
        )
        made.executemany("INSERT INTO made VALUES (?, ?, ?, ?, ?, ?)", rows)
        made.execute(f"CREATE TABLE firm AS FROM made ORDER BY {order}")
        for column in ("id", "kind", "n", "said", "whole"):
            made.execute(f"ALTER TABLE firm ALTER {column} SET NOT NULL")
        made.execute("CREATE INDEX of_kind ON firm (kind)")


def of(*sorted_by: str, identity: tuple[str, ...] = ("id",)) -> Resource:
    origin = {"file": "a.duckdb", "table": "firm", "sorted_by": list(sorted_by)}
    return replace(declared(origin, COLUMNS), identity=identity)


async def walk(one: Office, *order: str, limit: int, **options: Any) -> list[tuple[Any, ...]]:
    """The rows of all pages, one after the other."""
    found: list[tuple[Any, ...]] = []
    cursor = None
    while True:
        page = await one.scan(*order, limit=limit, cursor=cursor, **options)
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            return found


async def known(one: Office) -> None:
    """Wait until it is known how the table stands."""
    await one.scan()
    await until(lambda: bool(one.connector._reading.sql._standing))


NOT_SORTED = "a.duckdb, table 'firm': a row stands out of the order of 'sorted_by', or is empty there"
K1, LOW = Compare("kind", "eq", "k1"), Compare("n", "lt", 4)
FILTERS: list[Predicate | None] = [
    None,
    K1,
    And((K1, Compare("n", "eq", 3))),
    And((K1, LOW)),
    Compare("kind", "in", ("k0", "k2")),
    Not(K1),
    Or((K1, LOW)),
    Compare("n", "eq", 3),
    Compare("said", "eq", 7),
    Compare("kind", "isNull", True),
]
ORDERS = [(), ("n",), ("kind",), ("kind", "n"), ("n", "kind"), ("-n",), ("street",), ("said",), ("whole",)]


@pytest.mark.parametrize("sorted_by", [ORDER, ["kind", "n"], ["kind"]])
async def test_every_page_is_the_one_that_sorting_gives(tmp_path: Path, sorted_by: list[str]) -> None:
    write(tmp_path)
    async with office(tmp_path, of()) as plain, office(tmp_path, of(*sorted_by)) as standing:
        await known(standing)
        for predicate, order, limit in product(FILTERS, ORDERS, (7, 200)):
            expected = await walk(plain, *order, limit=limit, predicate=predicate)
            assert await walk(standing, *order, limit=limit, predicate=predicate) == expected


@pytest.mark.parametrize(
    ("predicate", "order", "is_sorted"),
    [
        (None, ("kind", "n"), False),
        (K1, ("n",), False),
        (K1, ("kind", "n"), False),
        (And((K1, Compare("n", "eq", 3))), (), False),
        (And((K1, Compare("street", "eq", "s1"))), ("n",), False),
        (None, (), True),
        (K1, (), True),
        (None, ("n",), True),
        (K1, ("-n",), True),
        (Compare("kind", "in", ("k0", "k2")), ("n",), True),
        (Or((K1, LOW)), ("n",), True),
        (Not(K1), ("n",), True),
    ],
)
async def test_what_stands_in_order_is_not_sorted(
    tmp_path: Path, predicate: Predicate | None, order: tuple[str, ...], is_sorted: bool
) -> None:
    write(tmp_path)
    async with office(tmp_path, of(*ORDER)) as one:
        await known(one)
        await one.scan(*order, predicate=predicate)
        assert ("ORDER BY" in one.sent[-1]) is is_sorted


@pytest.mark.parametrize("column", ["street", "said", "whole"])
async def test_what_sorts_otherwise_than_it_stands_is_sorted(tmp_path: Path, column: str) -> None:
    """A column that may be empty, a number that is kept as text, and text that is kept as a number."""
    rows = [row for row in ROWS if row[2] is not None]
    write(tmp_path, f"{column}, id", rows)
    async with office(tmp_path, of(column, "id")) as one:
        await known(one)
        page = await one.scan(column, limit=500)
        assert "ORDER BY" in one.sent[-1]
        values = [row[list(COLUMNS).index(column)] for row in page.rows]
        assert values == sorted(values)


@pytest.mark.parametrize(
    ("stands", "sorted_by"),
    [("kind, n DESC, id", ORDER), ("n, kind, id", ORDER), ("kind, n, id", ["street"]), ("id", ["said"])],
)
async def test_an_order_that_is_not_true_is_told_and_not_used(
    tmp_path: Path, stands: str, sorted_by: list[str]
) -> None:
    write(tmp_path, stands)
    async with office(tmp_path, of(*sorted_by)) as one:
        with capture_logs() as logged:
            await one.until(f"d.r: {NOT_SORTED}")
            await asyncio.sleep(0.1)
        assert [(line["event"], line["reason"]) for line in logged] == [("drop_not_sorted", NOT_SORTED)]
        page = await one.scan(*(name for name in sorted_by if name != "id"), limit=500)
        assert len(page.rows) == 120
        assert "ORDER BY" in one.sent[-1]
        assert not (await one.load("K001")).stale


async def test_an_empty_value_hides_no_disorder(tmp_path: Path) -> None:
    """Each row compared with the one before it alone, an empty one would stand between any two."""
    rows = [(f"K{n}", "k", street, 0, "0", 0) for n, street in enumerate(["s2", None, "s1"])]
    write(tmp_path, "id", rows)
    async with office(tmp_path, of("street")) as one:
        await one.until(NOT_SORTED)


async def test_a_table_answers_before_its_order_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was compiled until then is not run any more."""
    may_look, check = threading.Event(), Follower._check_order

    def check_later(follower: Follower) -> None:
        if may_look.is_set():
            check(follower)

    monkeypatch.setattr(Follower, "_check_order", check_later)
    write(tmp_path)
    async with office(tmp_path, of(*ORDER)) as one:
        found = await walk(one, "n", limit=50, predicate=K1)
        assert "ORDER BY" in one.sent[-1]
        may_look.set()
        await known(one)
        assert await walk(one, "n", limit=50, predicate=K1) == found
        assert "ORDER BY" not in one.sent[-1]


async def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    async with office(tmp_path, of("town")) as one:
        await one.until("a.duckdb, table 'firm': no column 'town'")


@pytest.mark.parametrize("sorted_by", [[], ["kind", "n", "id"]])
async def test_what_is_taken_in_stands_in_its_order(tmp_path: Path, sorted_by: list[str]) -> None:
    """By its first key and its identity, or as is declared; numbers as numbers."""
    lines = [f"{row[0]},{row[1]},{number}" for number, row in enumerate(ROWS)]
    (tmp_path / "a.csv").write_text("\n".join(["id,kind,n", *lines]) + "\n")
    columns = {"id": TEXT, "kind": TEXT, "n": WHOLE}
    async with office(tmp_path, declared({"file": "a.csv", "sorted_by": sorted_by}, columns)) as one:
        order, predicate = (("n",), K1) if sorted_by else ((), None)
        found = await walk(one, *order, limit=10, predicate=predicate)
        assert "ORDER BY" not in one.sent[-1]
        assert len(found) == (40 if sorted_by else 120)
        assert found == sorted(found, key=lambda row: row[2] if sorted_by else row[0])
