"""Conditions of statements, with slots where values go: hashable, and equal when their text is.

`AllOf`, `AnyOf` and `Negated` join others; the rest look at columns:

    Among     a column, or several, among the values of a slot
    Held      a column held against the one value of a slot
    Missing   a column is empty
    Known     the same for every row
    Unequal   what no stored value equals: false, and unknown where the column is empty
    Readable  another condition of a column, unknown where that holds no value of its item
"""

from collections.abc import Iterator

from msgspec import Struct

from connectors.sql.sorts import Sort


class Among(Struct, frozen=True):
    """Columns among tuples of values. `size` is the number of marks in the text; 0 for arrays,
    and 1 where the text is for one value alone."""

    slot: str
    columns: tuple[str, ...]
    sorts: tuple[Sort, ...]
    size: int = 0


class Held(Struct, frozen=True):
    """A column held against one value by an operator of `schema.predicate`."""

    slot: str
    column: str
    operator: str
    sort: Sort


class Missing(Struct, frozen=True):
    """A column is empty."""

    column: str
    sort: Sort
    """Of what it holds: a text that says no such value is empty where the database can tell."""


class Known(Struct, frozen=True):
    """The same for every row; `None` is unknown."""

    truth: bool | None


class Unequal(Struct, frozen=True):
    """What no stored value equals: false, and unknown where the column is empty."""

    column: str


class Readable(Struct, frozen=True):
    """A condition of a column that may hold more than its item can be: unknown where it does."""

    part: "Condition"
    column: str
    sort: Sort
    """Of the values that the item can have."""


class AllOf(Struct, frozen=True):
    """True if every part is."""

    parts: tuple["Condition", ...]


class AnyOf(Struct, frozen=True):
    """True if any part is."""

    parts: tuple["Condition", ...]


class Negated(Struct, frozen=True):
    """True if its part is false."""

    part: "Condition"


def columns_of(condition: "Condition") -> Iterator[str]:
    """The columns that a condition looks at; one may come again."""
    match condition:
        case Among(columns=columns):
            yield from columns
        case Held(column=column) | Missing(column=column) | Unequal(column):
            yield column
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from columns_of(part)
        case Negated(part) | Readable(part):
            yield from columns_of(part)
        case Known():
            return


Condition = Among | Held | Missing | Known | Unequal | Readable | AllOf | AnyOf | Negated
NEVER = Known(False)
UNKNOWN = Known(None)
