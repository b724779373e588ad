"""How a resource's rows are stored: which columns, of which type, and what they are found by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import Resource
from schema.values import Codec, DeclaredCodec

VERSION = "5"
"""Of the layout: what another one stored is read again."""
ROW_GROUP = 65_536
"""Rows that DuckDB passes over together: of 42 million, pages cost least with this number or half of it."""
TYPES: Mapping[type, str] = {
    int: "INTEGER",
    Decimal: "DECIMAL",
    float: "DOUBLE",
    bool: "BOOLEAN",
    date: "DATE",
    datetime: "TIMESTAMP",
}
"""By what a column's codec writes; every other column is VARCHAR. Of decimals the digits are counted."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a resource's files is kept."""

    columns: Mapping[str, Codec]
    """Those that the catalogue speaks of, as the first item reads them that reads moments, or else the first.
    No other leaves the files."""
    keys: tuple[str, ...]
    """Columns with an index."""
    order: tuple[str, ...]
    """Columns in whose order rows stand."""
    shared: frozenset[str] = frozenset()
    """Columns that items read in different ways: their texts are kept as they came, for each to read."""
    texts: frozenset[str] = frozenset()
    """Columns of which somebody reads the text: none of their digits may be lost."""

    @property
    def typed(self) -> dict[str, type]:
        """Columns that hold something else than text, by its class."""
        written = {name: _written(codec) for name, codec in self.columns.items() if name not in self.shared}
        return {name: class_ for name, class_ in written.items() if class_ in TYPES}


def layout_of(resource: Resource, sorted_by: Sequence[str] = ()) -> Layout:
    """The layout of a resource; without a declared order rows stand by the first key, then by identity."""
    untyped = [*(argument.parameter for argument in resource.arguments.values()), *sorted_by]
    given = dict.fromkeys(untyped, make_codec("String"))
    keys = [by.columns[0] for attachment in resource.attachments for by in attachment.by]
    if resource.aliases is not None:
        keys += [resource.aliases.old.columns[0], resource.aliases.current.columns[0]]
    keys = keys or [*resource.identity]
    order = sorted_by or (*keys[:1], *resource.identity)
    read = {name: {codec: None} for name, codec in {**given, **resource.columns}.items()}
    for item in resource.items.values():
        if item.column is not None:
            read[item.column][item.codec] = None
    columns = {name: max(codecs, key=lambda one: _written(one) is datetime) for name, codecs in read.items()}
    return Layout(
        columns,
        tuple(dict.fromkeys(keys)),
        tuple(dict.fromkeys(order)),
        # No codec reads `true` of a text: such a column is one of truth values to whoever else reads it.
        frozenset(n for n, codecs in read.items() if len(codecs) > 1 and _written(columns[n]) is not bool),
        frozenset(name for name, codecs in read.items() if str in map(_written, codecs)),
    )


def _written(codec: Codec) -> type:
    """What a codec writes; one that does not say writes text."""
    return codec.written if isinstance(codec, DeclaredCodec) else str
