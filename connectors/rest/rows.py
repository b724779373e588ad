"""Records of an answer -> raw rows, by a reader made once for a set of columns."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from connectors.rest.paths import MISSING, find
from connectors.rest.xml import TEXT

Record = dict[str, Any]
RawRow = tuple[Any, ...]
Reader = Callable[[Sequence[Record], Mapping[str, Any]], list[RawRow]]
"""Records, and what is known of a column that a record lacks -> one row for each record."""
_NESTED = frozenset({list, dict})


def make_reader(columns: Sequence[str]) -> Reader:
    """Rows of columns; a column is a path, and an absent one is empty or known."""
    if any("." in name or name == "" for name in columns):
        return _by_path(tuple(columns))
    take = _taker(columns)

    def read(records: Sequence[Record], known: Mapping[str, Any]) -> list[RawRow]:
        try:
            rows = list(map(take, records))
        except KeyError:
            rows = [tuple(record.get(name, known.get(name)) for name in columns) for record in records]
        if _NESTED.isdisjoint(map(type, chain.from_iterable(rows))):
            return rows
        return [tuple(map(flat, row)) for row in rows]

    return read


def flat(value: Any) -> Any:
    """A value as a column holds it. Lists of several and objects stay: no item takes them."""
    while isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    return value[TEXT] if isinstance(value, dict) and TEXT in value else value


def once(rows: list[RawRow], records: Sequence[Record], identity: Sequence[int]) -> list[RawRow]:
    """Rows, with those that came twice once: several forms were asked, or pages moved meanwhile.

    Only the same record for the same key is the same row; other content under one identity stays.
    `identity` are the positions of its columns.
    """
    if len(rows) < 2 or _are_distinct(rows, identity):
        return rows
    seen: dict[str, list[tuple[RawRow, Record]]] = {}
    kept: list[RawRow] = []
    for one in zip(rows, records, strict=True):
        same = seen.setdefault(repr([one[0][place] for place in identity]), [])
        if one not in same:
            same.append(one)
            kept.append(one[0])
    return kept


def _are_distinct(rows: list[RawRow], identity: Sequence[int]) -> bool:
    if not identity:
        return False
    try:
        return len(set(map(itemgetter(*identity), rows))) == len(rows)
    except TypeError:  # a list or an object where a number should be
        return False


def _taker(columns: Sequence[str]) -> Callable[[Record], RawRow]:
    if len(columns) == 1:
        (only,) = columns
        return lambda record: (record[only],)
    return itemgetter(*columns) if columns else lambda _record: ()


def _by_path(columns: tuple[str, ...]) -> Reader:
    def read(records: Sequence[Record], known: Mapping[str, Any]) -> list[RawRow]:
        rows: list[RawRow] = []
        for record in records:
            found = ((name, find(record, name)) for name in columns)
            rows.append(tuple(known.get(name) if value is MISSING else flat(value) for name, value in found))
        return rows

    return read
