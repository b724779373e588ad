"""SQLite compares by affinity and collation of a column; keys are exact all the same."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from connectors.errors import SourceError, SourceRefused
from connectors.requests import KeyBinding, Load, OrderTerm, Scan
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from schema.catalogue.model import KeyColumns
from schema.predicate import Compare
from schema.values import Invalid
from tests.connectors.sql.legacy import TEXT, column, resource
from tests.patience import soon

COLUMNS = {"id": TEXT, "name": TEXT, "n": column("Int")}


async def ask(path: Path, by: str, *keys: str, origin: str = "t", **options: object) -> object:
    of = resource(origin, COLUMNS, ("id",))
    binding = KeyBinding((KeyColumns("k", (by,), (TEXT,)),), (None,))
    connector = open_database(SqlSettings(url=SecretStr(f"sqlite+pysqlite:///{path}")))
    deadline = soon()
    load = Load(of, binding, tuple((key,) for key in keys), ("n",), deadline, **options)  # type: ignore[arg-type] # of one call
    try:
        return (await connector.load(load)).entries
    finally:
        await connector.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "old.db"
    engine = create_engine(f"sqlite+pysqlite:///{made}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER, name TEXT COLLATE NOCASE, n INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (5, 'Ab', 1), (70, 'ab', 2)"))
    engine.dispose()
    return made


async def test_keys_are_compared_as_text(path: Path) -> None:
    assert await ask(path, "id", "5", "05", "5.0", "x", "\0", "\ud800") == (((1,),), (), (), (), (), ())


async def test_case_matters_whatever_the_collation(path: Path) -> None:
    assert await ask(path, "name", "ab", "AB") == (((2,),), ())
    assert await ask(path, "id", "5", predicate=Compare("name", "eq", "ab")) == ((),)
    assert await ask(path, "id", "5", predicate=Compare("name", "startsWith", "ab")) == ((),)
    assert await ask(path, "id", "5", "70", predicate=Compare("name", "ge", "a")) == ((), ((2,),))


async def test_a_missing_table_is_refused(path: Path) -> None:
    with pytest.raises(SourceRefused):
        await ask(path, "id", "5", origin="missing")


async def test_one_text_that_is_no_utf8_is_invalid_and_no_outage(path: Path) -> None:
    engine = create_engine(f"sqlite+pysqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO t VALUES (6, CAST(x'd5c5' AS TEXT), 3), (8, CAST(x'd5c6' AS TEXT), 4)")
        )
    engine.dispose()
    of = resource("t", COLUMNS, ("id",))
    connector = open_database(SqlSettings(url=SecretStr(f"sqlite+pysqlite:///{path}")))
    try:
        for descending in (False, True):
            seen: list[Any] = []
            cursor = None
            for _ in range(4):
                order = (OrderTerm("name", descending),)
                page = await connector.scan(Scan(of, ("n", "name"), 1, soon(), order=order, cursor=cursor))
                seen += page.rows
                cursor = page.cursor
            assert cursor is None
            assert [n for n, _ in seen] == ([4, 3, 2, 1] if descending else [1, 2, 3, 4])
            assert {n for n, name in seen if isinstance(name, Invalid)} == {3, 4}
    finally:
        await connector.aclose()


async def test_a_file_that_is_moved_into_place_is_read(path: Path) -> None:
    of = resource("t", COLUMNS, ("id",))
    connector = open_database(SqlSettings(url=SecretStr(f"sqlite+pysqlite:///{path}")))
    try:
        assert len((await connector.scan(Scan(of, ("n",), 9, soon()))).rows) == 2
        other = path.with_name("new.db")
        with sqlite3.connect(other) as made:
            made.execute("CREATE TABLE t (id INTEGER, name TEXT, n INTEGER)")
            made.execute("INSERT INTO t VALUES (1, 'new', 9)")
        made.close()
        other.replace(path)
        assert (await connector.scan(Scan(of, ("n",), 9, soon()))).rows == ((9,),)
        path.unlink()
        with pytest.raises(SourceError):
            await connector.scan(Scan(of, ("n",), 9, soon()))
    finally:
        await connector.aclose()
