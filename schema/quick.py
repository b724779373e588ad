"""Stored values that are what most of their column is, read at once.

`DeclaredCodec.decode` looks at blanks, marks for empty, bytes and breaches before it reads. Most values of a
column are none of these; a function here reads them and leaves every other one, as `UNSURE`, to the codec.
It says the same as the codec or nothing, never raises, and counts only where a declaration has neither
`trim` nor `empty` nor `encoding`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Context, Decimal
from math import isfinite
from typing import Any, Final

from schema.dates import DateFormat
from schema.identifiers import BEIJING
from schema.lexical import in_beijing, is_decimal, parse_date, parse_date_time

UNSURE: Final[Any] = object()
"""What stands for a value that the codec has to look at."""

Quick = Callable[[Any], Any]
"""From a raw value to its value, or to `UNSURE`."""

_DIGITS: Final = 9
"""Digits of a whole number that is within 32 bits, whatever they are."""
EXACT: Final = 2**53
"""Below it every whole number is a binary fraction; from it on one may stand for several."""


def decimal_of(scale: Decimal | None, exact: Context) -> Quick:
    """Numbers of any class; `exact` multiplies by the scale."""
    if scale is None:
        return _number_of
    factor = scale

    def scaled(raw: Any) -> Any:
        number = _number_of(raw)
        if number is None or number is UNSURE:
            return number
        try:
            return exact.multiply(number, factor)
        except ArithmeticError:
            return UNSURE

    return scaled


def _number_of(raw: Any) -> Any:
    kind = raw.__class__
    if kind is Decimal:
        return raw if raw.is_finite() else UNSURE
    if kind is int or (kind is str and is_decimal(raw)):
        return Decimal(raw)
    return None if raw is None else UNSURE


def float_of(raw: Any) -> Any:
    """Binary fractions, and small whole numbers."""
    kind = raw.__class__
    if kind is float:
        return raw if isfinite(raw) else UNSURE
    if kind is int and -EXACT < raw < EXACT:
        return float(raw)
    return None if raw is None else UNSURE


def whole_of(raw: Any) -> Any:
    """Whole numbers that are written as text; those that are numbers already need no reading."""
    if raw.__class__ is str and len(raw) <= _DIGITS and raw.isascii() and raw.isdecimal():
        return int(raw)
    return None if raw is None else UNSURE


def day_of(raw: Any) -> Any:
    """Days that are written as `YYYY-MM-DD`; those that are days already need no reading."""
    if raw.__class__ is str and len(raw) == len("2020-01-31"):
        return _or_unsure(parse_date, raw)
    return None if raw is None else UNSURE


def moment_of(raw: Any) -> Any:
    """Moments, and what is written as RFC 3339 has it."""
    kind = raw.__class__
    if kind is datetime:
        return _or_unsure(in_beijing, raw)
    if kind is str:
        return _or_unsure(parse_date_time, raw)
    return None if raw is None else UNSURE


def written_of(formats: Sequence[DateFormat]) -> Quick:
    """Moments of Beijing, written in one of some formats."""

    def quick(raw: Any) -> Any:
        if raw.__class__ is not str:
            return None if raw is None else UNSURE
        for one in formats:
            moment = one.read(raw, BEIJING)
            if moment is not None:
                return moment
        return UNSURE

    return quick


def text_of(read: Callable[[str], Any]) -> Quick:
    """Whatever a text is read as; `read` raises `ValueError` for blanks and breaches."""

    def quick(raw: Any) -> Any:
        if raw.__class__ is str:
            return _or_unsure(read, raw)
        return None if raw is None else UNSURE

    return quick


def _or_unsure(read: Callable[[Any], Any], raw: Any) -> Any:
    try:
        return read(raw)
    except ValueError:
        return UNSURE
