"""One question through the GraphQL connector, to whatever answers."""

import json
from datetime import date
from typing import Any

from connectors.graphql.driver import GraphQLConnector
from connectors.graphql.settings import GraphQLSettings
from connectors.requests import KeyBinding, Load, Scan
from connectors.results import Page
from schema.catalogue.model import KeyColumns, Limits, Resource
from tests.connectors.http.declared import NO, declare
from tests.connectors.http.liar import chosen_transport
from tests.patience import PATIENCE_SECONDS, soon

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
    """A resource of a service."""
    return declare(origin, *by, limits=Limits(max_rows=max_rows))


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
    seconds: float = PATIENCE_SECONDS,
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
        deadline=soon(seconds),
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
    deadline = soon()
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
