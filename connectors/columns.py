"""Where the values of items stand in a source: columns, and how they are read."""

from collections.abc import Iterable

from connectors.requests import KeyBinding, Load
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import Resource
from schema.names import column_asked, is_column
from schema.values import Codec


def column_of(resource: Resource, item: str) -> tuple[str, Codec]:
    """Give the column of an asked item and how to read it."""
    if is_column(item):
        column = column_asked(item)
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
