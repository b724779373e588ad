"""Helpers of the suite: requests in one line, with the memory connector as the reference."""

import asyncio
import os
from typing import Any

from connectors.memory import MemoryConnector
from connectors.protocol import Connector
from connectors.requests import KeyBinding, Load, Scan
from schema.catalogue.model import KeyColumns, Resource
from tests.conformance.town import ROWS, resource

ITEMS = ("row", "id", "plain", "year", "name", "amount", "day")


def town(**options: Any) -> Resource:
    """The resource in a table of this process, so that workers do not meet."""
    return resource(f"jutong_conformance_{os.getpid()}", **options)


def soon(seconds: float = 20) -> float:
    """A deadline."""
    return asyncio.get_running_loop().time() + seconds


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


async def same_as_reference(connector: Connector, load: Load) -> tuple[Any, ...]:
    """Ask the connector and the memory; give the entries, which have to be the same."""
    reference = MemoryConnector({load.resource.code: ROWS})
    expected = (await reference.load(load)).entries
    found = (await connector.load(load)).entries
    assert found == expected
    return found
