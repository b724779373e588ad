"""Sources that hold the columns of `odd.py`, and resources over them."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from pydantic import SecretStr

from connectors.protocol import Connector
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from tests.conformance.odd import COLUMNS, Odd
from tests.connectors.files.office import declared, office
from tests.connectors.sql.legacy import OWN, legacy, resource


def stored_rows(odd: Mapping[str, Odd]) -> list[dict[str, Any]]:
    """Rows with a number of their own; the last one is empty but for it."""
    size = max(len(one.values) for one in odd.values()) + 1
    odd = _own(odd)
    return [
        {
            "id": number,
            **{
                name: one.values[number][0] if number < len(one.values) else None for name, one in odd.items()
            },
        }
        for number in range(size)
    ]


@asynccontextmanager
async def opened(kind: str, directory: Path) -> AsyncIterator[tuple[Connector, Resource]]:
    """A source that holds the columns, and a resource over them."""
    odd = COLUMNS[kind]
    own = _own(odd)
    codecs = {"id": make_codec("Int"), **{name: one.codec for name, one in own.items()}}
    rows = stored_rows(odd)
    match kind:
        case "csv":
            lines = [list(codecs), *(row.values() for row in rows)]
            text = "\n".join(",".join("" if one is None else str(one) for one in line) for line in lines)
            (directory / "odd.csv").write_text(text, encoding="utf-8")
            of = _with_items(declared({"file": "odd.csv"}, codecs, "id"), odd)
            async with office(directory, of) as one:
                yield one.connector, of
        case "duckdb":
            with duckdb.connect(str(directory / "odd.duckdb")) as file:
                file.execute(_table("odd", odd))
                marks = ", ".join("?" * len(codecs))
                file.executemany(f"INSERT INTO odd VALUES ({marks})", [list(row.values()) for row in rows])
            of = _with_items(declared({"file": "odd.duckdb", "table": "odd"}, codecs, "id"), odd)
            async with office(directory, of) as one:
                yield one.connector, of
        case "sqlite":
            path = directory / "odd.db"
            with sqlite3.connect(path) as made:
                made.execute(_table("odd", odd))
                marks = ", ".join("?" * len(codecs))
                made.executemany(f"INSERT INTO odd VALUES ({marks})", [list(row.values()) for row in rows])
            made.close()
            connector = open_database(SqlSettings(url=SecretStr(f"sqlite+pysqlite:///{path}")))
            yield connector, _with_items(resource("odd", codecs, ("id",)), odd)
            await connector.aclose()
        case _:
            values = ", ".join(f"({', '.join(map(_literal, row.values()))})" for row in rows)
            table = _table("{t}_odd", odd)
            async with legacy(kind, table, f"INSERT INTO {{t}}_odd VALUES {values}") as database:
                yield database.connector, _with_items(resource(f"{OWN}_odd", codecs, ("id",)), odd)


def _own(odd: Mapping[str, Odd]) -> Mapping[str, Odd]:
    return {name: one for name, one in odd.items() if one.column is None}


def _with_items(of: Resource, odd: Mapping[str, Odd]) -> Resource:
    """With an item for each, those included that read another's column."""
    items = {name: Item(name, name, one.column or name, "String", 1, one.codec) for name, one in odd.items()}
    return replace(of, items={"id": of.items["id"], **items})


def _table(name: str, odd: Mapping[str, Odd]) -> str:
    columns = "".join(f", {column} {one.stored}" for column, one in _own(odd).items())
    return f"CREATE TABLE {name} (id integer PRIMARY KEY{columns})"


def _literal(value: Any) -> str:
    return "NULL" if value is None else repr(value)
