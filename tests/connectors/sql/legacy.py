"""A table of any shape in a real database, and a resource declared over it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.requests import KeyBinding, Load, OrderTerm
from connectors.sql.driver import SqlConnector
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.model import Coverage, KeyColumns, Limits, Opening, Resource, Sharing
from schema.values import Codec
from tests.patience import soon
from tests.services import require

OWN = f"jutong_legacy_{os.getpid()}"
"""Begins the names of this process's tables."""
TEXT = make_codec("String")


def column(type_name: str, **options: Any) -> Codec:
    return make_codec(type_name, **options)


def resource(
    origin: str, columns: dict[str, Codec], identity: tuple[str, ...], max_rows: int = 100
) -> Resource:
    """Every column is an item of its own name."""
    items = {name: Item(name, name, name, "String", 1, codec) for name, codec in columns.items()}
    return Resource(
        department="d", name="r", title="R", type_name="DR", source="s", origin=origin, identity=identity,
        items=items, attachments=(), arguments={}, sharing=Sharing("unconditional"), opening=Opening("closed"),
        coverage=Coverage(), update_cycle="daily", limits=Limits(max_rows=max_rows), is_connected=True,
        is_personal=False, allows_partial=False, guards=(), cache_seconds=0, columns=columns, version="1",
    )  # fmt: skip


@dataclass
class Legacy:
    """One database with the tables of one test."""

    url: str
    connector: SqlConnector
    sent: list[str]

    async def ask(
        self,
        of: Resource,
        by: tuple[str, ...],
        *keys: Any,
        items: tuple[str, ...] | None = None,
        **options: Any,
    ) -> Any:
        """Load by columns; keys of one part need no tuple."""
        binding = KeyBinding((KeyColumns("k", by, tuple(of.columns[name] for name in by)),), (None,))
        deadline = soon()
        order = tuple(OrderTerm(name) for name in options.pop("order", ()))
        load = Load(
            of,
            binding,
            tuple(key if isinstance(key, tuple) else (key,) for key in keys),
            items or tuple(of.items),
            deadline,
            order=order,
            **options,
        )
        return (await self.connector.load(load)).entries


@asynccontextmanager
async def legacy(name: str, *statements: str) -> AsyncIterator[Legacy]:
    """Run statements, with `{t}` for the beginning of names; drop what they made afterwards."""
    url = require(name)
    await run(url, *(statement.replace("{t}", OWN) for statement in statements))
    sent: list[str] = []
    connector = open_database(SqlSettings(url=SecretStr(url)), sent.append)
    try:
        yield Legacy(url, connector, sent)
    finally:
        await connector.aclose()
        await run(url, *reversed([drop for one in statements if (drop := _drop(one)) is not None]))


async def run(url: str, *statements: str) -> None:
    """Run statements, each as it is."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement.replace(":", "\\:")))
    await engine.dispose()


def _drop(statement: str) -> str | None:
    words = statement.replace("{t}", OWN).split()
    if words[0].upper() != "CREATE" or words[1].upper() not in {
        "TABLE",
        "VIEW",
        "SCHEMA",
        "DATABASE",
        "TYPE",
        "DOMAIN",
        "COLLATION",
    }:
        return None
    return f"DROP {words[1]} IF EXISTS {words[2]}"
