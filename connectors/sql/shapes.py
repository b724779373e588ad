"""What statements look like, apart from the values that go into them.

Two loads of one shape differ in their values alone and run the same text: keys, however many there
are, and operands are values; which items, columns, operators and terms of order, is the shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from connectors.columns import column_of
from connectors.requests import OrderTerm, Scan
from connectors.sql.columns import Kinds
from connectors.sql.conditions import Condition
from connectors.sql.sorts import Sort
from schema.catalogue.model import Resource

BOUND = "jutong_bound"
"""Slot of the number of rows at most."""
LIMIT = "jutong_limit"
"""Slot of the number of rows for each key."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A resource as it is declared and stored; a shaper has one for those that are declared alike."""

    resource: Resource
    kinds: Kinds
    as_text: frozenset[str]
    """Columns that are read as the server writes them, since nothing but text is read there."""
    texts: Mapping[str, str]
    """By label, the columns that are read a second time, as the server writes them: some items are text
    there, and some are not."""
    shown: Resource
    """The resource with its items of text in those labels: what rows are read by."""


class LoadShape(Struct, frozen=True):
    """What decides the text of a load's statement."""

    table: Table
    items: tuple[str, ...]
    by: tuple[tuple[str, ...], ...]
    """The columns of each alternative."""
    ways: tuple[Condition, ...]
    """One for each alternative; a row needs one of them."""
    filters: tuple[Condition, ...]
    """A row needs all of them."""
    order: tuple[OrderTerm, ...]
    ranks_by: tuple[Sort, ...]
    """Sorts of the columns by which the database can tell several keys apart and count; else empty."""
    is_single: bool
    """Whether a key names one row at most: it is the identity, in one form."""


class ScanShape(Struct, frozen=True):
    """What decides the text of a page's statement."""

    table: Table
    items: tuple[str, ...]
    where: Condition
    order: tuple[OrderTerm, ...]
    after: tuple[Sort | None, ...] = ()
    """Sorts of the cursor's values, `None` for an empty one; without a cursor empty."""


class CountShape(Struct, frozen=True):
    """What decides the text of a count."""

    table: Table
    where: Condition


def keyset_of(scan: Scan, columns: tuple[str, ...]) -> list[int]:
    """Where in a row of these columns the values are that place it in the order of a scan."""
    names = (*(column_of(scan.resource, term.item)[0] for term in scan.order), *scan.resource.identity)
    labels = map(cursor_label, range(len(names)))
    return [
        columns.index(label if label in columns else name) for label, name in zip(labels, names, strict=True)
    ]


def text_label(place: int) -> str:
    """The column of one of the texts that are read beside values."""
    return f"jutong_t{place}"


def cursor_label(place: int) -> str:
    """The column of one of the cursor's values, where it is not what is read."""
    return f"jutong_c{place}"


def cursor_slot(place: int) -> str:
    """Slot of one of the cursor's values."""
    return f"c{place}"
