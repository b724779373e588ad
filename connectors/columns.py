"""Where the values of items stand in a source: column and codec."""

from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import Resource
from schema.values import Codec

HELPER = "column:"
"""Prefix of pseudo items that ask for a column which is no item (`column:ID_NO`)."""


def is_column(item: str) -> bool:
    """Whether a name asks for a column and not for an item: nobody's right is needed for it."""
    return item.startswith(HELPER)


def column_of(resource: Resource, item: str) -> tuple[str, Codec]:
    """Give the column of an asked item and how to read it."""
    if is_column(item):
        column = item.removeprefix(HELPER)
        codec = resource.columns.get(column)
        return column, codec or make_codec("String")
    declared = resource.items[item]
    assert declared.column is not None, "derived items are never asked of a source"
    return declared.column, declared.codec
