"""What sort of values a statement compares with: what a parameter's type is taken from.

The text of a statement depends on the sort of its values and never on the values.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Time,
)
from sqlalchemy.types import NullType, TypeEngine

from schema.values import Codec, DeclaredCodec

_INT8 = 2**63


class Aware:
    """The sort of moments that carry an offset."""


Sort = type
"""A class of Python; `Aware` for moments with an offset, `object` where the database has to tell."""

_TYPES: Mapping[Sort, TypeEngine[Any]] = {
    str: String(),
    int: BigInteger(),
    Decimal: Numeric(),
    float: Float(),
    bool: Boolean(),
    date: Date(),
    datetime: DateTime(),
    Aware: DateTime(timezone=True),
    time: Time(),
    timedelta: Interval(),
    bytes: LargeBinary(),
}
_NUMBERS = frozenset({int, Decimal, float})


def type_of(sort: Sort) -> TypeEngine[Any]:
    """The type of parameters; without one the database takes the column's."""
    return _TYPES.get(sort) or NullType()


def sort_of(values: Collection[Any]) -> Sort:
    """The one sort that all values have or can be written as; `NoneType` where there is no value.

    What is partly text is compared as text: the values have to pass `as_sort`.
    """
    found = set(map(type, values))
    found.discard(type(None))
    if len(found) == 1:
        (sort,) = found
        if sort is int and not all(value is None or -_INT8 <= value < _INT8 for value in values):
            return Decimal
        if sort is datetime and any(value is not None and value.tzinfo is not None for value in values):
            return Aware
        return sort
    if not found:
        return type(None)
    if found <= _NUMBERS:
        return float if float in found else Decimal
    return str


def as_sort(sort: Sort, values: Iterable[Any]) -> list[Any]:
    """The values as ones of their common sort."""
    if sort is not str:
        return list(values)
    return [value if value is None or type(value) is str else str(value) for value in values]


def is_text_codec(codec: Codec) -> bool:
    """Whether a column holds text: it is asked with text, and text is not read as anything else."""
    try:
        forms = codec.encode("x")
    except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError):
        return False
    read = [codec.decode(sample) for sample in ("0", "2001-01-01")]
    other = any(isinstance(value, int | float | Decimal | date) for value in read)
    return bool(forms) and isinstance(forms[0], str) and not other


def held_sort(codec: Codec, sort: Sort) -> Sort:
    """What a column of text holds by its declaration, held against a value of a sort: text, or the database
    has to tell, if either says so."""
    held = sort if sort is str else sort_of_codec(codec)
    return sort if held in {str, object} else held


def sort_of_codec(codec: Codec) -> Sort:
    """What a column holds by its declaration: `str` for text, `object` where it does not say."""
    if is_text_codec(codec):
        return str
    written = codec.written if isinstance(codec, DeclaredCodec) else str
    return object if written is str else written
