"""Conditions of statements, with slots where values go: hashable, and equal when their text is.

`AllOf`, `AnyOf` and `Negated` join others; the rest look at columns:

    Among     a column, or several, among the values of a slot
    Held      a column held against the one value of a slot
    Missing   a column is empty
    Known     the same for every row
    Unequal   what no stored value equals: false, and unknown where the column is empty
"""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sql.sorts import Sort


@dataclass(frozen=True, slots=True)
class Among:
    """Columns among tuples of values. `size` is the number of marks in the text; 0 for arrays,
    and 1 where the text is for one value alone."""

    slot: str
    columns: tuple[str, ...]
    sorts: tuple[Sort, ...]
    size: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A column held against one value by an operator of `schema.predicate`."""

    slot: str
    column: str
    operator: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class Missing:
    """A column is empty."""

    column: str


@dataclass(frozen=True, slots=True)
class Known:
    """The same for every row; `None` is unknown."""

    truth: bool | None


@dataclass(frozen=True, slots=True)
class Unequal:
    """What no stored value equals: false, and unknown where the column is empty."""

    column: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """True if every part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if any part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """True if its part is false."""

    part: "Condition"


def columns_of(condition: "Condition") -> Iterator[str]:
    """The columns that a condition looks at; one may come again."""
    match condition:
        case Among(columns=columns):
            yield from columns
        case Held(column=column) | Missing(column) | Unequal(column):
            yield column
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from columns_of(part)
        case Negated(part):
            yield from columns_of(part)
        case Known():
            return


Condition = Among | Held | Missing | Known | Unequal | AllOf | AnyOf | Negated
NEVER = Known(False)
UNKNOWN = Known(None)
