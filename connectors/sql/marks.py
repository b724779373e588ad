"""Dialects without arrays: a column `IN (?, ?, …)`, with one of few numbers of marks.

So few texts serve any number of values.
"""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, tuple_, type_coerce

from connectors.sql.collation import as_bytes
from connectors.sql.columns import MYSQL, SQLITE, Kinds, holds
from connectors.sql.conditions import NEVER, UNKNOWN, Among, Condition, Held
from connectors.sql.lists import Asking, Values
from connectors.sql.mysql import said
from connectors.sql.names import named
from connectors.sql.sorts import Sort, as_sort, held_sort, sort_of, type_of
from connectors.sql.sqlite import ANY, read, reading_of
from schema.values import Codec

_TEXT = frozenset({str})


class Marks:
    """The lists of one table, by how its columns are stored."""

    def __init__(self, dialect: str, kinds: Kinds) -> None:
        self._dialect = dialect
        self._kinds = kinds
        self._charsets = kinds.charsets

    def ask(self, asking: Asking, forms: Sequence[tuple[Any, ...]], values: Values) -> Condition:
        """One value, or tuple of values, for each mark; the last one fills up."""
        if not forms:
            return NEVER
        slot, columns = asking.slot, asking.columns
        sides = [list(side) for side in zip(*forms, strict=True)]
        sorts = tuple(map(sort_of, sides))
        if type(None) in sorts:
            return UNKNOWN
        if self._kinds.text and not _TEXT.issuperset(sorts):
            sorts = tuple(map(self._held, columns, asking.codecs, sorts))
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

    def hold(self, held: Held, form: Any, values: Values) -> Condition:
        """The form as it is."""
        values[held.slot] = form
        return held

    def condition(self, among: Among) -> ColumnElement[Any]:
        """What is compared byte by byte finds no index; what the collation finds contains it."""
        lefts = [named(name) for name in among.columns]
        typed = [type_coerce(left, type_of(sort)) for left, sort in zip(lefts, among.sorts, strict=True)]
        exact = list(map(self._exact, among.columns, typed, among.sorts))
        if len(lefts) == 1:
            one = bindparam(among.slot, type_=exact[0].type, expanding=True)
            is_alone = str not in among.sorts or self._kinds.by_column.get(among.columns[0]) == ANY
            return exact[0].in_(one) if is_alone else and_(typed[0].in_(one), exact[0].in_(one))
        several: BindParameter[Any] = bindparam(among.slot, expanding=True)
        found = tuple_(*exact).in_(several)
        return and_(tuple_(*typed).in_(several), found) if self._dialect in MYSQL else found

    def _held(self, name: str, codec: Codec | None, sort: Sort) -> Sort:
        """What a column of text holds by its declaration, of which these values are."""
        return held_sort(codec, sort) if codec is not None and name in self._kinds.text else sort

    def _exact(self, name: str, typed: ColumnElement[Any], sort: Sort) -> ColumnElement[Any]:
        left, kind = named(name), self._kinds.by_column.get(name)
        if self._dialect == SQLITE and (reading := reading_of(kind, sort)) is not None:
            return read(left, reading)
        if name in self._kinds.charsets and (value := said(name, sort)) is not None:
            return value
        return as_bytes(left, self._dialect, kind) if sort is str else typed


def marks_for(count: int) -> int:
    """The number of marks for a number of values: at most a quarter more, and few numbers in all."""
    step = 1 << max(0, count.bit_length() - 3)
    return -(-count // step) * step


def _is_ascii(side: list[Any]) -> bool:
    """Whether values are ASCII, as far as they are text: every charset holds them."""
    return "".join([value for value in side if value.__class__ is str]).isascii()


def _is_storable(value: Any, charset: str | None) -> bool:
    return not isinstance(value, str) or holds(charset, value)
