"""Rows that came twice, since we asked twice or pages moved meanwhile."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

Record = dict[str, Any]
RawRow = tuple[Any, ...]


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
