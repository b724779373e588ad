"""Statements are compiled for the shape of a load and never for its values."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.requests import OrderTerm, Scan
from connectors.sql.marks import marks_for
from connectors.sql.prepared import PreparedCache, prepare
from schema.predicate import And, Compare, Not, Predicate
from tests.connectors.sql.legacy import OWN, TEXT, Legacy, column, legacy, resource
from tests.patience import soon

pytestmark = pytest.mark.xdist_group("sql")
BOTH = pytest.mark.parametrize("name", ["postgres", "mariadb"])
TABLE = (
    "CREATE TABLE {t}_p (id varchar(20), n integer, d date)",
    "INSERT INTO {t}_p VALUES ('k7', 7, '2024-05-06')",
)
OF = resource(f"{OWN}_p", {"id": TEXT, "n": column("Int"), "d": column("Date")}, ("id",))
MANY = replace(OF, identity=("id", "d"))
"""Declared so that a key may have several rows."""


async def test_two_hundred_loads_of_one_shape_compile_twice() -> None:
    """One key is compared as itself, any other number as an array."""
    async with legacy("postgres", *TABLE) as database:
        for number in range(200):
            keys = [f"k{key}" for key in range(number % 9 * 7 + 1)]
            entries = await database.ask(OF, ("id",), *keys, items=("n",))
            assert entries == tuple(((7,),) if key == "k7" else () for key in keys)
        assert database.connector.prepared.compiled == 2
        assert len(set(database.sent)) == 3  # and one that asked how the table is stored


async def test_without_arrays_few_texts_serve_any_number_of_keys() -> None:
    async with legacy("mariadb", *TABLE) as database:
        for number in range(1, 201):
            entries = await database.ask(OF, ("id",), *(f"k{key}" for key in range(number)), items=("n",))
            assert [len(entry) for entry in entries] == [int(key == 7) for key in range(number)]
        assert database.connector.prepared.compiled == len({marks_for(number) for number in range(1, 201)})
        assert database.connector.prepared.compiled < 30


@pytest.mark.parametrize("count", range(1, 3000, 37))
def test_there_are_enough_marks_and_not_many_more(count: int) -> None:
    assert count <= marks_for(count) <= count * 1.25


@BOTH
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Compare("n", "eq", 1), Compare("n", "eq", 2)),
        (Compare("n", "ge", 1), Compare("n", "ge", -(2**31))),
        (Compare("id", "startsWith", "a"), Compare("id", "startsWith", "汉字")),
        (Compare("id", "in", ("a", None)), Compare("id", "in", ("b", "c"))),
        (Not(Compare("id", "contains", "a")), Not(Compare("id", "contains", "%"))),
        (And((Compare("n", "lt", 1), Compare("n", "ne", 1))), And((Compare("n", "lt", 9), Compare("n", "ne", 8)))),
    ],
)  # fmt: skip
async def test_operands_are_no_part_of_a_shape(name: str, one: Predicate, other: Predicate) -> None:
    async with legacy(name, *TABLE) as database:
        for predicate in (one, other):
            await database.ask(OF, ("id",), "k7", predicate=predicate)
        assert database.connector.prepared.compiled == 1


@BOTH
async def test_one_row_of_a_key_has_no_order(name: str) -> None:
    """A key that is the identity names one row at most; so the order and the limit change nothing."""
    async with legacy(name, *TABLE) as database:
        ways: list[dict[str, Any]] = [{}, {"order": ("n",)}, {"limit_per_key": 2}]
        for way in ways:
            assert await database.ask(OF, ("id",), "k7", items=("n",), **way) == (((7,),),)
        assert database.connector.prepared.compiled == 1
        assert "ORDER BY" not in database.sent[-1]


@BOTH
async def test_rows_of_one_key_are_limited_and_not_ranked(name: str) -> None:
    async with legacy(name, *TABLE) as database:
        for limit in (None, 1, 2):
            assert await database.ask(MANY, ("id",), "k7", items=("n",), limit_per_key=limit) == (((7,),),)
        assert database.connector.prepared.compiled == 1
        assert "row_number" not in database.sent[-1]


@BOTH
async def test_whatever_changes_the_text_is_a_part_of_it(name: str) -> None:
    ways: list[dict[str, Any]] = [
        {},
        {"items": ("n",)},
        {"items": ("n", "d")},
        {"order": ("n",)},
        {"limit_per_key": 2},
        {"arguments": {"n": 7}},
        {"predicate": Compare("n", "eq", 7)},
        {"predicate": Compare("n", "ne", 7)},
        {"predicate": Compare("n", "eq", None)},
        {"predicate": Compare("n", "isNull", True)},
        {"predicate": Compare("n", "isNull", False)},
        {"predicate": Compare("id", "eq", "k7")},
    ]
    async with legacy(name, *TABLE) as database:
        for _ in range(2):
            for way in ways:
                await database.ask(MANY, ("id",), "k7", "k8", **way)
        assert database.connector.prepared.compiled == len(ways)
        database.sent.clear()
        await database.ask(MANY, ("n",), 7)
        assert database.connector.prepared.compiled == len(ways) + 1
        assert "k7" not in database.sent[0]


@BOTH
async def test_pages_and_their_count_are_compiled_once(name: str) -> None:
    async with legacy(name, *TABLE) as database:
        for number in range(6):
            bound = Compare("n", "ge", number)
            page = await database.connector.scan(
                Scan(OF, ("n", "d"), 3, soon(), order=(OrderTerm("n"),), predicate=bound, with_total=True)
            )
            assert page.total == 1
            await database.connector.scan(
                Scan(OF, ("n", "d"), 3, soon(), order=(OrderTerm("n"),), predicate=bound, cursor=page.cursors[0])
            )  # fmt: skip
        assert database.connector.prepared.compiled == 3


@pytest.mark.parametrize("bounds", [{"most": 2}, {"most_characters": 2 * len("SELECT 1")}])
def test_the_cache_keeps_what_was_used_last(bounds: dict[str, int]) -> None:
    cache, compiled = PreparedCache(**bounds), list[str]()

    def get(shape: str) -> None:
        from sqlalchemy import text
        from sqlalchemy.dialects.sqlite import dialect

        def compile_() -> Any:
            compiled.append(shape)
            return prepare(text("SELECT 1"), dialect(), {})

        cache.get(shape, compile_)

    for shape in "abacab":
        get(shape)
    assert compiled == ["a", "b", "c", "b"]
    assert (len(cache), cache.compiled) == (2, 4)


async def test_sqlite_compiles_once_for_each_number_of_marks(tmp_path: Path) -> None:
    from pydantic import SecretStr
    from sqlalchemy import create_engine, text

    from connectors.sql.opening import open_database
    from connectors.sql.settings import SqlSettings

    url = f"sqlite+pysqlite:///{tmp_path}/some.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {OWN}_p (id TEXT, n INTEGER, d DATE)"))
        connection.execute(text(f"INSERT INTO {OWN}_p VALUES ('k7', 7, '2024-05-06')"))
    engine.dispose()
    sent: list[str] = []
    connector = open_database(SqlSettings(url=SecretStr(url)), sent.append)
    database = Legacy(url, connector, sent)
    for number in (1, 7, 8, 1, 7, 8, 8):
        entries = await database.ask(OF, ("id",), *(f"k{key}" for key in range(number)), items=("n",))
        assert [len(entry) for entry in entries] == [int(key == 7) for key in range(number)]
    assert connector.prepared.compiled == 3
    await connector.aclose()
