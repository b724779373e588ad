"""Rows without the dress of a database: what CHAR(n) and BIT add to values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Rows = Sequence[Sequence[Any]]
Undress = Callable[[Rows], Rows]


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


def undress_of(types: Iterable[Any]) -> Undress | None:
    """What undresses rows whose columns have these types; `None` where nothing is dressed."""
    dressed = [(place, DRESSES[type_]) for place, type_ in enumerate(types) if type_ in DRESSES]
    if not dressed:
        return None

    def undress(rows: Rows) -> Rows:
        plain = []
        for row in rows:
            values = list(row)
            for place, of in dressed:
                values[place] = of(values[place])
            plain.append(tuple(values))
        return plain

    return undress


def plain_rows(description: Sequence[Sequence[Any]] | None, rows: Rows) -> Rows:
    """Undress the columns that need it, by a cursor's description."""
    undress = undress_of(one[1] for one in description or ())
    return rows if undress is None else undress(rows)
