"""SQLite compares by affinity and collation of a column; keys are exact all the same."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from connectors.errors import SourceRefused
from connectors.requests import KeyBinding, Load
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from schema.catalogue.model import KeyColumns
from schema.predicate import Compare
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
