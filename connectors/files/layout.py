"""How a resource's rows are stored: which columns, of which type, and what they are found by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from schema.catalogue.model import Resource
from schema.values import Codec, DeclaredCodec, make_codec

VERSION = "1"
"""Of the layout: what another one stored is read again."""
TYPES: Mapping[type, str] = {
    int: "BIGINT",
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
    """Those that the catalogue speaks of; no other leaves the files."""
    keys: tuple[str, ...]
    """Columns with an index; rows stand in the order of the first."""

    @property
    def typed(self) -> dict[str, type]:
        """Columns that hold something else than text, by its class."""
        written = {n: c.written for n, c in self.columns.items() if isinstance(c, DeclaredCodec)}
        return {name: class_ for name, class_ in written.items() if class_ in TYPES}


def layout_of(resource: Resource) -> Layout:
    """The layout of a resource."""
    given = {argument.parameter: make_codec("String") for argument in resource.arguments.values()}
    keys = [by.columns[0] for attachment in resource.attachments for by in attachment.by]
    if resource.aliases is not None:
        keys += [resource.aliases.old.columns[0], resource.aliases.current.columns[0]]
    return Layout({**given, **resource.columns}, tuple(dict.fromkeys(keys or resource.identity)))
