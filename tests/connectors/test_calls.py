"""What a load costs in calls of our own functions: few for a request, next to none for one more key (ADR 17)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import connectors
import schema
from connectors.protocol import Connector
from connectors.requests import KeyBinding, Load
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.model import Resource
from tests.calls import calls_made
from tests.connectors.graphql import asked as graphql
from tests.connectors.http.declared import NO
from tests.connectors.http.liar import lying, sending, whole
from tests.connectors.rest import liar as rest
from tests.patience import soon

OURS = tuple(str(Path(str(package.__file__)).parent) for package in (connectors, schema))


def rows_of(keys: list[str]) -> list[dict[str, Any]]:
    return [{"no": key, "name": "x", "size": 1} for key in keys]


def open_rest(url: str) -> tuple[Connector, Resource]:
    resource = rest.declared({"path": "/r", "method": "POST", "keys": "body", "parameter": "keys"}, NO)
    return RestConnector(RestSettings(base_url=url), (resource,)), resource


def open_graphql(url: str, origin: dict[str, Any]) -> tuple[Connector, Resource]:
    resource = graphql.declared(origin, NO)
    return graphql.connector_to(url, resource), resource


KINDS: dict[str, tuple[Callable[[str], tuple[Connector, Resource]], Callable[[list[str]], Any]]] = {
    "rest": (open_rest, rows_of),
    "list": (
        lambda url: open_graphql(url, graphql.LIST),
        lambda keys: {"data": {"list_0": rows_of(keys)}},
    ),
    "aliases": (
        lambda url: open_graphql(url, graphql.ALIASES),
        lambda keys: {"data": {f"one_{number}": row for number, row in enumerate(rows_of(keys))}},
    ),
    "entities": (
        lambda url: open_graphql(url, graphql.ENTITIES),
        lambda keys: {"data": {"_entities_0": rows_of(keys)}},
    ),
}
"""How each is opened, and what its service answers to keys."""


LOADS = 5
"""The fewest calls of so many loads count: one that lasts a tick of the coarse timer, or whose answer comes in two
pieces, makes a few more."""


async def calls_of(kind: str, count: int) -> int:
    """The calls of a load whose shape is known, a new connection among them."""
    opened, answer_of = KINDS[kind]
    keys = [f"K{number}" for number in range(count)]
    async with lying(sending(whole(json.dumps(answer_of(keys)), "Connection: close\r\n"))) as liar:
        connector, resource = opened(liar.url)
        binding = KeyBinding((NO,), (None,))
        load = Load(resource, binding, tuple((key,) for key in keys), ("no", "name"), soon())
        await connector.load(load)
        calls = []
        for _ in range(LOADS):
            with calls_made(*OURS, "<string>") as made:
                loaded = await connector.load(load)
            assert [rows[0] for rows in loaded.entries if isinstance(rows, tuple)] == [
                (key, "x") for key in keys
            ]
            calls.append(len(made))
        await connector.aclose()
    return min(calls)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_load_costs_few_calls_and_a_key_nearly_none(kind: str) -> None:
    few, many = await calls_of(kind, 10), await calls_of(kind, 60)
    assert few <= 100
    assert (many - few) / 50 <= 0.3
