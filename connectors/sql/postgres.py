"""PostgreSQL as a dialect: a column as what it is compared as. What is text is read in the same form, so that
a value that is shown is found, ordered and paged by.

PostgreSQL compares nothing across types, and text of one that says no value of another fails a statement.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Numeric,
    String,
    case,
    cast,
    collate,
    func,
    literal_column,
    null,
    type_coerce,
)

from connectors.sql.columns import FOLDED, is_text
from connectors.sql.moments import MOMENTS
from connectors.sql.sorts import Aware, Sort, type_of

Element = ColumnElement[Any]

_NUMBERS = frozenset({int, Decimal, float})
_FRACTIONS = ("numeric", "float4", "float8")
_NUMERIC = ("int2", "int4", "int8", "oid", *_FRACTIONS)
_SORTS: Mapping[str, frozenset[Sort]] = {
    **dict.fromkeys(_NUMERIC, _NUMBERS),
    **dict.fromkeys(MOMENTS, frozenset({date, datetime, Aware})),
    "bool": frozenset({bool}),
    "bytea": frozenset({bytes}),
    "interval": frozenset({timedelta}),
    "time": frozenset({time}),
}
"""By type, the sorts of values that it is compared with as it is."""

DRESSED = frozenset(
    {"bit", "varbit", "bool", "cidr", "inet", "interval", "time", "timetz", *_FRACTIONS, *MOMENTS}
)
"""Types whose values have another text in Python than at the server."""

_MONTHS = (
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
)
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
_DAY = f"(?!0000)([0-9]{{4}}-({_MONTHS})|{_LEAP})"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_ZONE = "[Zz]|[+-](0[0-9]|1[0-5]):[0-5][0-9]"
_MOMENT = f"^{_DAY}([Tt ]{_TIME}({_ZONE})?)?$"
"""What `schema.scalars` reads as a day or a moment, in the calendar: a cast of it does not fail."""
_NUMBER = "^[[:space:]]*[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,2})?[[:space:]]*$"


def text_of(left: Element, kind: str | None) -> Element:
    """A column as text, in the words of the server."""
    if is_text(kind):
        return left
    if kind == "inet":  # a cast would add /32 to a host
        return type_coerce(func.abbrev(left), String)
    if kind == "bool":
        return type_coerce(func.initcap(cast(left, String)), String)
    return collate(cast(left, String), "C") if kind in FOLDED else cast(left, String)


def compared(left: Element, kind: str | None, sort: Sort) -> Element:
    """A column as values of a sort; what is none of them is empty."""
    if kind is None or sort is object or sort in _SORTS.get(kind, ()):
        return left
    if sort is str:
        return text_of(left, kind)
    if is_text(kind) or kind in FOLDED:
        return _said(collate(cast(left, String), "C"), sort)
    if kind == "bit" and sort in {bool, *_NUMBERS}:
        return compared(cast(left, BigInteger), "int8", sort)
    if sort is bool and kind in _NUMERIC:
        return case(
            (left == literal_column("1"), literal_column("true")),
            (left == literal_column("0"), literal_column("false")),
        )
    return cast(null(), type_of(sort))


def _said(left: Element, sort: Sort) -> Element:
    """What a text says."""
    if sort in _NUMBERS:
        return case((_matches(left, _NUMBER), cast(left, Numeric())))
    if sort in MOMENTS.values():
        return case((_matches(left, _MOMENT), cast(left, DateTime(timezone=True))))
    return cast(null(), type_of(sort))


def _matches(left: Element, pattern: str) -> Element:
    return left.op("~", is_comparison=True)(literal_column(f"'{pattern}'"))
