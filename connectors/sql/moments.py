"""PostgreSQL's days and moments, which reach further than Python's.

asyncpg gives `infinity` as 9999-12-31 and takes that for `infinity`; a day beyond it fails the whole answer.
Here what Python has no day for is a text that no codec reads, and that goes back as what it was.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from connectors.sql.sorts import Aware, Sort

MOMENTS: Mapping[str, Sort] = {"date": date, "timestamp": datetime, "timestamptz": Aware}
"""Types of days and moments, and the sort of their values."""

_Plain = tuple[int]
_DAY = date(2000, 1, 1).toordinal()
_NAIVE = datetime(2000, 1, 1)  # noqa: DTZ001  # a `timestamp` has no zone
_AWARE = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def read_moments(raw: "asyncpg.Connection") -> None:
    """Have a connection read and write days and moments as is said here; the server is asked nothing."""
    for name, (encode, decode) in _CODECS.items():
        await raw.set_type_codec(
            name, schema="pg_catalog", encoder=_writing(encode), decoder=_reading(decode), format="tuple"
        )


_CODECS: Mapping[str, tuple[Callable[[Any], int], Callable[[int], Any]]] = {
    "date": (lambda day: day.toordinal() - _DAY, lambda count: date.fromordinal(_DAY + count)),
    "timestamp": (
        lambda moment: (moment - _NAIVE) // _MICROSECOND,
        lambda count: _NAIVE + timedelta(microseconds=count),
    ),
    "timestamptz": (
        lambda moment: (moment - _AWARE) // _MICROSECOND,
        lambda count: _AWARE + timedelta(microseconds=count),
    ),
}
"""To days or microseconds after the beginning of 2000, and back."""


def _reading(decode: Callable[[int], Any]) -> Callable[[_Plain], Any]:
    def read(plain: _Plain) -> Any:
        try:
            return decode(plain[0])
        except (ValueError, OverflowError):
            return f"{plain[0]} after 2000"

    return read


def _writing(encode: Callable[[Any], int]) -> Callable[[Any], _Plain]:
    def write(value: Any) -> _Plain:
        return (int(value.split()[0]) if isinstance(value, str) else encode(value),)

    return write
