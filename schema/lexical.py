"""Days, moments and decimal numbers as the graph writes them: text -> value, and back."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from schema.identifiers import BEIJING

MAX_DECIMAL_CHARACTERS: Final = 40
"""Longer than any amount; bounds the work of a number such as `1e999999999`."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
"""RFC 3339; seconds and offset are optional."""
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")


class ScalarError(ValueError):
    """A value that is not of its scalar type. Its words are fixed and never quote the value."""


def parse_date(text: str) -> date:
    """Read `YYYY-MM-DD`; raises `ScalarError`."""
    if not _DATE.fullmatch(text):
        raise ScalarError("expects YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScalarError("not in the calendar") from None


def parse_date_time(text: str) -> datetime:
    """Read RFC 3339 as a time with offset +08:00; without an offset it is Beijing time.

    Raises `ScalarError`.
    """
    if not _DATE_TIME.fullmatch(text):
        raise ScalarError("expects YYYY-MM-DDThh:mm:ss+hh:mm; seconds and offset may be left out")
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ScalarError("not in the calendar") from None
    return in_beijing(moment)


def in_beijing(moment: datetime) -> datetime:
    """Give a moment with offset +08:00; a naive one is Beijing time. Raises `ScalarError`."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=BEIJING)
    try:
        return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).astimezone(BEIJING)
    except OverflowError:
        if moment.utcoffset() == BEIJING.utcoffset(None):  # the first hours of the year 1 have no UTC
            return moment.replace(tzinfo=BEIJING)
        raise ScalarError("out of range") from None


def parse_decimal(text: str) -> Decimal:
    """Read a decimal number of at most `MAX_DECIMAL_CHARACTERS`; raises `ScalarError`."""
    if not is_decimal(text):
        raise ScalarError("expects a decimal number")
    return Decimal(text)


def is_decimal(text: str) -> bool:
    """Whether a text is a decimal number of at most `MAX_DECIMAL_CHARACTERS`."""
    return len(text) <= MAX_DECIMAL_CHARACTERS and _DECIMAL.fullmatch(text) is not None


def write_decimal(value: Decimal) -> str:
    """Write a number in plain digits, never with an exponent, and keep its trailing zeros."""
    return format(value, "f")
