"""Rows that came twice, since we asked twice or pages moved meanwhile."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from schema.catalogue.model import Resource

Record = dict[str, Any]
RawRow = tuple[Any, ...]
Identity = Callable[[RawRow], Any] | None
"""Takes out of a row what makes it one row; `None` where nothing does."""


def identity_of(resource: Resource, columns: tuple[str, ...]) -> Identity:
    """What takes a resource's identity out of rows of columns."""
    return itemgetter(*map(columns.index, resource.identity)) if resource.identity else None


def once(rows: list[RawRow], records: Sequence[Record], identity: Identity) -> list[RawRow]:
    """Rows, with those that came twice once: several forms were asked, or pages moved meanwhile.

    Only the same record for the same key is the same row; other content under one identity stays.
    """
    if len(rows) < 2:
        return rows
    if identity is not None:
        try:
            if len(set(map(identity, rows))) == len(rows):
                return rows
        except TypeError:  # a list or an object where a number should be
            pass
    seen: dict[str, list[tuple[RawRow, Record]]] = {}
    kept: list[RawRow] = []
    for one in zip(rows, records, strict=True):
        same = seen.setdefault("" if identity is None else repr(identity(one[0])), [])
        if one not in same:
            same.append(one)
            kept.append(one[0])
    return kept
