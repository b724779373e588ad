"""Rows without the dress of a database: what CHAR(n) and BIT add to values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rows = Sequence[Sequence[Any]]


def _unpad(value: Any) -> Any:
    return value.rstrip(" ") if isinstance(value, str) else value


def _number(value: Any) -> Any:
    if isinstance(value, bytes):
        return int.from_bytes(value, "big")
    return value.to_int() if hasattr(value, "to_int") else value


DRESSES: Mapping[int, Callable[[Any], Any]] = {
    1042: _unpad,  # PostgreSQL: CHAR(n) is filled up with spaces that are no part of the value
    1560: _number,  # PostgreSQL: BIT
    1562: _number,  # PostgreSQL: BIT VARYING
    16: _number,  # MySQL and MariaDB: BIT; PostgreSQL's 16 is a boolean, which stays as it is
}
"""By the number that a driver gives for a column's type."""


def plain_rows(cursor: Any, rows: Rows) -> Rows:
    """Undress the columns that need it."""
    description = getattr(cursor, "description", None) or ()
    dressed = [(place, DRESSES[one[1]]) for place, one in enumerate(description) if one[1] in DRESSES]
    if not dressed:
        return rows
    plain = []
    for row in rows:
        values = list(row)
        for place, undress in dressed:
            values[place] = undress(values[place])
        plain.append(values)
    return plain
