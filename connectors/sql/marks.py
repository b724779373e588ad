"""Dialects without arrays: a column `IN (?, ?, …)`, with one of few numbers of marks.

So few texts serve any number of values.
"""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, tuple_, type_coerce

from connectors.sql.collation import as_bytes
from connectors.sql.columns import MYSQL, holds
from connectors.sql.conditions import NEVER, UNKNOWN, Among, Condition, Held
from connectors.sql.lists import Values
from connectors.sql.names import named
from connectors.sql.sorts import as_sort, sort_of, type_of
from schema.values import Codec


class Marks:
    """The lists of one table, by the charsets of its columns."""

    def __init__(self, dialect: str, charsets: Mapping[str, str]) -> None:
        self._dialect = dialect
        self._charsets = charsets

    def ask(
        self,
        slot: str,
        columns: tuple[str, ...],
        codecs: Sequence[Codec | None],  # noqa: ARG002 - of the protocol
        forms: Sequence[tuple[Any, ...]],
        values: Values,
        *,
        alone: bool = False,  # noqa: ARG002 - of the protocol
    ) -> Condition:
        """One value, or tuple of values, for each mark; the last one fills up."""
        if not forms:
            return NEVER
        sides = [list(side) for side in zip(*forms, strict=True)]
        sorts = tuple(map(sort_of, sides))
        if type(None) in sorts:
            return UNKNOWN
        sides = [as_sort(sort, side) for sort, side in zip(sorts, sides, strict=True)]
        if not all(map(_is_ascii, sides)):
            charsets = [self._charsets.get(name) for name in columns]
            kept = [form for form in zip(*sides, strict=True) if all(map(_is_storable, form, charsets))]
            sides = [list(side) for side in zip(*kept, strict=True)]
        if not sides:
            return NEVER
        size = marks_for(len(sides[0]))
        for side in sides:
            side.extend(repeat(side[-1], size - len(side)))
        values[slot] = sides[0] if len(sides) == 1 else list(zip(*sides, strict=True))
        return Among(slot, columns, sorts, size)

    def hold(self, slot: str, column: str, operator: str, form: Any, values: Values) -> Condition:
        """The form as it is."""
        values[slot] = form
        return Held(slot, column, operator, sort_of((form,)))

    def condition(self, among: Among) -> ColumnElement[Any]:
        """What is compared byte by byte finds no index; what the collation finds contains it."""
        lefts = [named(name) for name in among.columns]
        typed = [type_coerce(left, type_of(sort)) for left, sort in zip(lefts, among.sorts, strict=True)]
        exact = [
            as_bytes(left, self._dialect) if sort is str else typed_
            for left, typed_, sort in zip(lefts, typed, among.sorts, strict=True)
        ]
        if len(lefts) == 1:
            one = bindparam(among.slot, type_=type_of(among.sorts[0]), expanding=True)
            return and_(typed[0].in_(one), exact[0].in_(one)) if str in among.sorts else typed[0].in_(one)
        several: BindParameter[Any] = bindparam(among.slot, expanding=True)
        found = tuple_(*exact).in_(several)
        return and_(tuple_(*typed).in_(several), found) if self._dialect in MYSQL else found


def marks_for(count: int) -> int:
    """The number of marks for a number of values: at most a quarter more, and few numbers in all."""
    step = 1 << max(0, count.bit_length() - 3)
    return -(-count // step) * step


def _is_ascii(side: list[Any]) -> bool:
    """Whether values are ASCII, as far as they are text: every charset holds them."""
    return "".join([value for value in side if value.__class__ is str]).isascii()


def _is_storable(value: Any, charset: str | None) -> bool:
    return not isinstance(value, str) or holds(charset, value)
