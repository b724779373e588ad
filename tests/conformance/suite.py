"""Helpers of the suite: requests in one line, with the memory connector as the reference."""

import os
from typing import Any

import pytest
from msgspec import structs

from connectors.memory import MemoryConnector
from connectors.protocol import Connector
from connectors.requests import KeyBinding, Load, Scan
from schema.catalogue.model import KeyColumns, Resource
from tests.conformance.harness import Harness
from tests.conformance.town import ROWS, resource
from tests.patience import soon

ITEMS = ("row", "id", "plain", "year", "name", "amount", "day")


def town(**options: Any) -> Resource:
    """The resource in a table of this process, so that workers do not meet."""
    return resource(f"jutong_conformance_{os.getpid()}", **options)


def binding(*by: KeyColumns, slices: tuple[tuple[int, int] | None, ...] = ()) -> KeyBinding:
    """Alternatives, whole unless sliced."""
    return KeyBinding(by, slices or (None,) * len(by))


def load_of(of: Resource, key: KeyBinding, *keys: Any, **options: Any) -> Load:
    """A load; keys of one part need no tuple."""
    tuples = tuple(one if isinstance(one, tuple) else (one,) for one in keys)
    return Load(of, key, tuples, **{"items": ("row",), "deadline": soon(), **options})


def scan_of(of: Resource, **options: Any) -> Scan:
    """A scan."""
    return Scan(of, **{"items": ("row",), "limit": 100, "deadline": soon(), **options})


def fitted(connector: Connector, load: Load) -> Load:
    """The load without what the connector does not promise: the gateway asks no more either."""
    can = connector.capabilities
    return structs.replace(
        load,
        predicate=load.predicate if can.operators else None,
        order=load.order if can.orders else (),
        limit_per_key=load.limit_per_key if can.limits_per_key else None,
    )


async def sent_by(harness: Harness, connector: Connector, load: Load) -> list[str]:
    """What leaves the process for a load; skips the test where nothing does."""
    if harness.sent is None:
        pytest.skip("nothing leaves the process")  # rows in memory are asked by no request
    harness.sent.clear()
    await connector.load(load)
    assert harness.sent != []
    return [*harness.sent]


async def entries_of(connector: Connector, load: Load) -> tuple[Any, ...]:
    """Ask in as many loads as the connector's bound on keys needs; unsorted rows are sorted."""
    size = connector.capabilities.max_keys
    chunks = [load.keys[start : start + size] for start in range(0, len(load.keys), size)] or [()]
    entries: list[Any] = []
    for keys in chunks:
        part = (await connector.load(structs.replace(load, keys=keys))).entries
        assert len(part) == len(keys)
        entries += part
    return tuple(entries if connector.capabilities.orders else map(_sorted, entries))


def reference(harness: Harness, of: Resource) -> MemoryConnector:
    """The law in running code, over the rows as this kind of source keeps them."""
    kept = [
        {name: None if value == "" and not harness.keeps_empty_text else value for name, value in row.items()}
        for row in ROWS
    ]
    return MemoryConnector({of.code: kept})


async def same_as_reference(harness: Harness, connector: Connector, load: Load) -> tuple[Any, ...]:
    """Ask the connector and the memory; give the entries, which have to be the same."""
    asked = fitted(connector, load)
    expected = (await reference(harness, load.resource).load(asked)).entries
    if not connector.capabilities.orders:
        expected = tuple(map(_sorted, expected))
    found = await entries_of(connector, asked)
    assert found == expected
    return found


def _sorted(entry: Any) -> Any:
    return tuple(sorted(entry, key=repr)) if isinstance(entry, tuple) else entry
