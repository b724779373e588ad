"""Where the values of items stand in a source: columns, and how they are read."""

from collections.abc import Iterable

from connectors.requests import KeyBinding, Load
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import Resource
from schema.values import Codec

COLUMN_PREFIX = "column:"
"""Prefix of pseudo items that ask for a column which is no item (`column:ID_NO`)."""


def is_column(item: str) -> bool:
    """Whether a name asks for a column and not for an item: nobody's right is needed for it."""
    return item.startswith(COLUMN_PREFIX)


def column_of(resource: Resource, item: str) -> tuple[str, Codec]:
    """Give the column of an asked item and how to read it."""
    if is_column(item):
        column = item.removeprefix(COLUMN_PREFIX)
        codec = resource.columns.get(column)
        return column, codec or make_codec("String")
    declared = resource.items[item]
    assert declared.column is not None, "derived items are never asked of a source"
    return declared.column, declared.codec


def columns_of(load: Load) -> tuple[str, ...]:
    """Every column that has to leave the source for a load."""
    return columns_needed(load.resource, load.key, load.items)


def columns_needed(resource: Resource, key: KeyBinding | None, items: Iterable[str]) -> tuple[str, ...]:
    """The columns of items, of keys, and of the identity: what a plan promises to ask for."""
    asked = [column_of(resource, item)[0] for item in items]
    keys = [column for by in key.alternatives for column in by.columns] if key is not None else []
    return tuple(dict.fromkeys([*asked, *keys, *resource.identity]))
