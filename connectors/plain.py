"""Typed values as JSON and back: what JSON lacks is `[tag, text]`."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from schema.values import Invalid

_WRITE: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    Decimal: ("decimal", str),
    datetime: ("datetime", datetime.isoformat),
    date: ("date", date.isoformat),
    float: ("float", repr),
    bytes: ("bytes", bytes.hex),
    UUID: ("uuid", str),
    Invalid: ("invalid", lambda value: value.reason),
    tuple: ("tuple", lambda value: [to_plain(one) for one in value]),
}
"""By exact type: a `datetime` is a `date` too."""
_READ: Mapping[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "float": float,
    "bytes": bytes.fromhex,
    "uuid": UUID,
    "invalid": Invalid,
    "tuple": lambda values: tuple(from_plain(one) for one in values),
}


class NotPlain(Exception):
    """A value that has no plain form; the message names the type."""


def to_plain(value: Any) -> Any:
    """Give what `orjson` can write."""
    if value is None or type(value) in {str, bool, int}:
        return value
    if type(value) not in _WRITE:
        raise NotPlain(type(value).__name__)
    tag, write = _WRITE[type(value)]
    return [tag, write(value)]


def plain_text(value: Any) -> bytes:
    """Give the value as JSON."""
    try:
        return orjson.dumps(to_plain(value))
    except TypeError:  # a number beyond 64 bits, half a surrogate
        raise NotPlain(type(value).__name__) from None


def from_plain(plain: Any) -> Any:
    """Give the value back."""
    return _READ[plain[0]](plain[1]) if isinstance(plain, list) else plain
