"""Data -> rows: along the route to the records, and from each record and what is around it to columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain as joined
from itertools import repeat
from operator import itemgetter
from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.graphql.columns import Column
from connectors.http.repeats import RawRow, Record

Chain = tuple[Record, ...]
"""The objects on the route from the root of a copy: the record is the last of them."""
Known = Mapping[str, Any]
"""By column: what is known of a row, of columns that are not selected."""
Reader = Callable[[Sequence[Chain], Sequence[Known]], list[RawRow]]
"""Chains, and what is known of each (nothing: of none) -> one row for each chain."""

MAX_LISTS = 8
"""Lists in each other: no type has more, and reading them is recursive."""


_ONLY_OBJECTS = frozenset({dict})


class Route:
    """The members that lead from a copy's value to its records."""

    def __init__(self, names: Sequence[str], narrowed: frozenset[int]) -> None:
        """`narrowed` are places where an empty object is of a type that the operation does not look for."""
        self._below = tuple(names[1:])
        self._narrowed = narrowed
        self.depth = len(names)
        """Objects in a whole chain."""

    def chains(self, value: Any, before: Chain = ()) -> list[Chain]:
        """All records below a value that stands after some objects of the route. Null is none."""
        while value.__class__ is dict and value and len(before) < self.depth - 1:
            before = (*before, value)
            value = _member(value, self._below[len(before) - 1])
        is_usual = len(before) == self.depth - 1 and value.__class__ is list
        if is_usual and all(value) and _ONLY_OBJECTS.issuperset(map(type, value)):
            return [(*before, record) for record in value]
        return list(self._chains(value, before, 0))

    def chains_of_each(self, values: Sequence[Any], before: Chain = ()) -> tuple[list[Chain], Sequence[int]]:
        """All records below several values, and for each record the number of the value that it is below."""
        numbers = [number for number, one in enumerate(values) if one is not None]
        present = [values[number] for number in numbers]
        if len(before) == self.depth - 1 and all(present) and _ONLY_OBJECTS.issuperset(map(type, present)):
            return [(*before, record) for record in present], numbers
        found = [(chain, number) for number in numbers for chain in self.chains(values[number], before)]
        return [chain for chain, _ in found], [number for _, number in found]

    def _chains(self, value: Any, before: Chain, lists: int) -> Iterator[Chain]:
        if value is None:
            return
        if isinstance(value, list):
            if lists == MAX_LISTS:
                raise SourceMisbehaved("lists that are nested too deeply")
            for one in value:
                yield from self._chains(one, before, lists + 1)
            return
        if not isinstance(value, dict):
            raise SourceMisbehaved("a record is not an object")
        if not value and len(before) in self._narrowed:
            return
        chain = (*before, value)
        if len(chain) == self.depth:
            yield chain
            return
        yield from self._chains(_member(value, self._below[len(chain) - 1]), chain, 0)

    def entries(self, value: Any, count: int) -> tuple[list[Any], Chain]:
        """The entries of the first list on the route, which has one for each key; and the objects before it.

        Raises `SourceMisbehaved` where their number differs.
        """
        before: Chain = ()
        while isinstance(value, dict) and len(before) < self.depth - 1:
            before = (*before, value)
            value = _member(value, self._below[len(before) - 1])
        if value is None:
            value = [None] * count
        if not isinstance(value, list) or len(value) != count:
            raise SourceMisbehaved("a list with another number of entries than keys")
        return value, before


def make_reader(columns: Sequence[str], paths: Mapping[str, Column]) -> Reader:
    """A reader of columns; those without a path are known."""
    found = [paths.get(name) for name in columns]
    if columns and all(one is None or _is_plain(one) for one in found):
        return _plain_reader(columns, [None if one is None else str(one.reads[0]) for one in found])

    def read(chains: Sequence[Chain], known: Sequence[Known]) -> list[RawRow]:
        return [
            tuple(
                its.get(name) if path is None else read_value(chain, path)
                for name, path in zip(columns, found, strict=True)
            )
            for chain, its in zip(chains, known or repeat({}), strict=False)
        ]

    return read


def read_value(chain: Chain, column: Column) -> Any:
    """A value of a record or of what is around it; a list of one is its member."""
    value: Any = chain[len(chain) - 1 - column.climbs]
    for step in column.reads:
        if isinstance(step, int):
            if not isinstance(value, list | None):
                raise SourceMisbehaved("an object where a list was declared")
            value = value[step] if value is not None and step < len(value) else None
            continue
        value = _flat(value)
        if value is None or isinstance(value, list):
            return value  # of several none is the one: no item takes a list
        if not isinstance(value, dict):
            raise SourceMisbehaved("a value where an object was asked for")
        value = _member(value, step) if column.is_certain else value.get(step)
    return _flat(value)


def _plain_reader(columns: Sequence[str], names: Sequence[str | None]) -> Reader:
    """A reader of columns that are members of the record, or known."""
    take = _taker(columns, names)

    def read(chains: Sequence[Chain], known: Sequence[Known]) -> list[RawRow]:
        try:
            rows = take([chain[-1] for chain in chains], known)
        except KeyError:
            raise _lacking() from None
        if list not in set(map(type, joined.from_iterable(rows))):
            return rows
        return [tuple(map(_flat, row)) for row in rows]

    return read


def _taker(
    columns: Sequence[str], names: Sequence[str | None]
) -> Callable[[Sequence[Record], Sequence[Known]], list[RawRow]]:
    """Takes members by name out of records; a column without one is known."""
    if None not in names and len(names) > 1:
        members = itemgetter(*names)
        return lambda records, _known: list(map(members, records))

    def take(records: Sequence[Record], known: Sequence[Known]) -> list[RawRow]:
        return [
            tuple([its.get(one) if name is None else record[name] for name, one in pairs])
            for record, its in zip(records, known or repeat({}), strict=False)
        ]

    pairs = list(zip(names, columns, strict=True))
    return take


def _is_plain(column: Column) -> bool:
    return column.climbs == 0 and len(column.reads) == 1 and column.is_certain


def _flat(value: Any) -> Any:
    while isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    return value


def _member(value: Record, name: str) -> Any:
    """GraphQL answers every field that was selected: one that is missing is no empty one."""
    if name not in value:
        raise _lacking()
    return value[name]


def _lacking() -> SourceMisbehaved:
    return SourceMisbehaved("an object lacks a field that was selected")
