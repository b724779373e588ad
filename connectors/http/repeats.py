"""Rows that came twice, since we asked twice or pages moved meanwhile."""

from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from connectors.requests import KeyBinding
from schema.catalogue.model import Resource

Record = dict[str, Any]
RawRow = tuple[Any, ...]
Identity = Callable[[RawRow], Any]
"""Takes out of a row what makes it one row: whose it is, and which of theirs."""

MAX_LEVELS = 5
"""Lists and objects in each other, down to which records are told apart before they are compared."""


def identity_of(resource: Resource, columns: tuple[str, ...], binding: KeyBinding) -> Identity:
    """What takes a resource's identity, and the key by which a row was found, out of rows of columns.

    Many an identity is unique for its key alone, as the month of a payment is for a person.
    """
    keys = [column for alternative in binding.columns for column in alternative]
    return itemgetter(*map(columns.index, dict.fromkeys([*resource.identity, *keys])))


def once(rows: list[RawRow], records: Sequence[Record], identity: Identity) -> list[RawRow]:
    """Rows, with those that came twice once: several forms were asked, or pages moved meanwhile.

    Only the same record for the same key is the same row; other content under one identity stays.
    """
    if len(rows) < 2:
        return rows
    try:
        if len(set(map(identity, rows))) == len(rows):
            return rows
    except TypeError:  # a list or an object where a number should be
        pass
    names = list(map(repr, map(identity, rows)))
    often = Counter(names)
    if len(often) == len(rows):
        return rows
    seen: dict[Any, list[tuple[RawRow, Record]]] = {}
    kept: list[RawRow] = []
    for name, row, record in zip(names, rows, records, strict=True):
        if often[name] > 1:
            same = seen.setdefault((name, _outline(row, MAX_LEVELS), _outline(record, MAX_LEVELS)), [])
            if (row, record) in same:
                continue
            same.append((row, record))
        kept.append(row)
    return kept


def _outline(value: Any, levels: int) -> Any:
    """What equal values have in common, to look them up by: all that they hold, down to some levels."""
    is_object = value.__class__ is dict
    if not is_object and value.__class__ is not list and value.__class__ is not tuple:
        return value
    if levels == 0:
        return None
    pairs = list(value.items() if is_object else enumerate(value))
    try:
        return frozenset(pairs)
    except TypeError:  # there are lists or objects in it
        return frozenset([(name, _outline(one, levels - 1)) for name, one in pairs])
