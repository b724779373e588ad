"""Data -> rows: along the route to the records, and from each record and what is around it to columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain as joined
from operator import itemgetter
from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.graphql.columns import Column
from connectors.http.repeats import RawRow, Record

Chain = tuple[Record, ...]
"""The objects on the route from the root of a copy: the record is the last of them."""
Reader = Callable[[Sequence[Chain], Mapping[str, Any]], list[RawRow]]
"""Chains, and what is known of columns that are not selected -> one row for each chain."""

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

    def entries(self, value: Any, count: int) -> Iterator[tuple[Any, Chain]]:
        """The entries of the first list on the route, which has one for each key.

        Each comes with the objects before it. Raises `SourceMisbehaved` where their number differs.
        """
        before: Chain = ()
        while isinstance(value, dict) and len(before) < self.depth - 1:
            before = (*before, value)
            value = _member(value, self._below[len(before) - 1])
        if value is None:
            value = [None] * count
        if not isinstance(value, list) or len(value) != count:
            raise SourceMisbehaved("a list with another number of entries than keys")
        return ((one, before) for one in value)


def make_reader(columns: Sequence[str], paths: Mapping[str, Column]) -> Reader:
    """A reader of columns; those without a path are known."""
    found = [paths.get(name) for name in columns]
    if columns and all(one is None or _is_plain(one) for one in found):
        return _plain_reader(columns, [None if one is None else str(one.reads[0]) for one in found])

    def read(chains: Sequence[Chain], known: Mapping[str, Any]) -> list[RawRow]:
        return [
            tuple(
                known.get(name) if path is None else read_value(chain, path)
                for name, path in zip(columns, found, strict=True)
            )
            for chain in chains
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

    def read(chains: Sequence[Chain], known: Mapping[str, Any]) -> list[RawRow]:
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
) -> Callable[[Sequence[Record], Mapping[str, Any]], list[RawRow]]:
    """Takes members by name out of records; a column without one is known."""
    if None not in names and len(names) > 1:
        members = itemgetter(*names)
        return lambda records, _known: list(map(members, records))

    def take(records: Sequence[Record], known: Mapping[str, Any]) -> list[RawRow]:
        pairs = [(name, known.get(column)) for name, column in zip(names, columns, strict=True)]
        return [tuple([one if name is None else record[name] for name, one in pairs]) for record in records]

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
