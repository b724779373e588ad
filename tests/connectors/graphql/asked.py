"""One question through the GraphQL connector, to whatever answers."""

import asyncio
import json
from datetime import date
from typing import Any

from connectors.graphql.driver import GraphQLConnector
from connectors.graphql.settings import GraphQLSettings
from connectors.requests import KeyBinding, Load, Scan
from connectors.results import Page
from schema.catalogue.model import Coverage, Item, KeyColumns, Limits, Opening, Resource, Sharing
from schema.values import make_codec
from tests.connectors.http.liar import chosen_transport

COLUMNS = {"no": "no", "name": "name", "size": "size"}
NO = KeyColumns("code", ("no",), (make_codec("String"),))
ITEMS = ("no", "name", "size")

LIST = {"query": "query ($keys: [ID!]!) { list(keys: $keys) { __typename } }"}
"""Rows under `list_0`, which hold their key."""
ALIASES = {"query": "query ($key: ID!) { one(no: $key) { __typename } }", "keys": "aliases"}
"""A row, or several, under `one_0`, `one_1`, …"""
ENTITIES = {
    "query": "query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Thing { __typename } } }",
    "keys": "representations",
    "typename": "Thing",
}
"""Entries by position under `_entities_0`."""


def declared(origin: dict[str, Any], *by: KeyColumns, max_rows: int = 1_000) -> Resource:
    """A resource with a number, a name and a size."""
    items = {
        name: Item(name, name, column, kind, 1, make_codec(kind))
        for (name, column), kind in zip(COLUMNS.items(), ("String", "String", "Int"), strict=True)
    }
    return Resource(
        department="d", name="r", title="R", type_name="DR", source="s", origin=origin, identity=("no",),
        items=items, attachments=(), arguments={}, sharing=Sharing("unconditional"), opening=Opening("closed"),
        coverage=Coverage(), update_cycle="daily", limits=Limits(max_rows=max_rows),
        is_connected=True, is_personal=False, allows_partial=False, guards=(), cache_seconds=0,
        columns={column: make_codec("String") for one in by for column in one.columns}
        | {"no": make_codec("String")}, version="1",
    )  # fmt: skip


def connector_to(url: str, resource: Resource, **settings: Any) -> GraphQLConnector:
    """A connector over the client of the run."""
    given = {"endpoint": f"{url}/graphql", "transport": chosen_transport.get(), **settings}
    return GraphQLConnector(GraphQLSettings.model_validate(given), (resource,))


async def ask(
    url: str,
    origin: dict[str, Any],
    *keys: Any,
    by: tuple[KeyColumns, ...] = (NO,),
    items: tuple[str, ...] = ITEMS,
    seconds: float = 5,
    arguments: dict[str, Any] | None = None,
    as_of: date | None = None,
    max_rows: int = 1_000,
    **settings: Any,
) -> Any:
    """Load by key, and close."""
    resource = declared(origin, *by, max_rows=max_rows)
    connector = connector_to(url, resource, **settings)
    load = Load(
        resource=resource,
        key=KeyBinding(by, (None,) * len(by)),
        keys=tuple(key if isinstance(key, tuple) else (key,) for key in keys),
        items=items,
        deadline=asyncio.get_running_loop().time() + seconds,
        arguments=arguments or {},
        as_of=as_of,
    )
    try:
        return (await connector.load(load)).entries
    finally:
        await connector.aclose()


async def scan(url: str, origin: dict[str, Any], limit: int = 10, cursor: Any = None) -> Page:
    """Read one page, and close."""
    resource = declared(origin, NO)
    connector = connector_to(url, resource)
    deadline = asyncio.get_running_loop().time() + 5
    try:
        return await connector.scan(Scan(resource, ITEMS, limit, deadline, cursor=cursor))
    finally:
        await connector.aclose()


def thing(no: str | None, name: Any = "x", size: Any = 1) -> dict[str, Any]:
    """A row as the service writes it."""
    return {"no": no, "name": name, "size": size}


def answered(data: Any, *errors: Any, **more: Any) -> str:
    """A response."""
    return json.dumps({"data": data, **({"errors": errors} if errors else {}), **more})


def error(*path: Any, code: Any = None, **extensions: Any) -> dict[str, Any]:
    """An entry of `errors`, whose message holds what must not be told."""
    extensions |= {} if code is None else {"code": code}
    told = {"message": "secret of A", "path": list(path) or None, "extensions": extensions}
    return {name: value for name, value in told.items() if value}
