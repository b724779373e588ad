"""PostgreSQL as a dialect: a column as what it is compared as, and how columns are stored. What is text is
read in the same form, so that a value that is shown is found, ordered and paged by.

PostgreSQL compares nothing across types, and text of one that says no value of another fails a statement.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    String,
    bindparam,
    case,
    cast,
    collate,
    func,
    literal_column,
    null,
    text,
    type_coerce,
)

from connectors.sql.columns import Inspection, Kinds, is_text
from connectors.sql.moments import MOMENTS
from connectors.sql.plain import Rows
from connectors.sql.readable import readable, wider
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

_FOLDED = frozenset({"citext", "folded"})
"""Text that is equal to other text."""
_DRESSED = frozenset(
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
_CLOCK = f"[Tt ]{_TIME}({_ZONE})?"
_MOMENT = f"^{_DAY}{_CLOCK}$"
_DAY_OR_MOMENT = f"^{_DAY}({_CLOCK})?$"
"""What `schema.lexical` reads as a day or a moment, in the calendar: a cast of it does not fail."""
_NUMBER = "^[[:space:]]*(?![^[:space:]]{41})[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,2})?[[:space:]]*$"
"""What `schema.lexical` reads as a number, between blanks."""


def text_of(left: Element, kind: str | None) -> Element:
    """A column as text, in the words of the server."""
    if is_text(kind):
        return left
    if kind == "inet":  # a cast would add /32 to a host
        return type_coerce(func.abbrev(left), String)
    return collate(cast(left, String), "C") if kind in _FOLDED else cast(left, String)


def compared(left: Element, kind: str | None, sort: Sort) -> Element:
    """A column as values of a sort; what is none of them is empty."""
    if kind is None or sort is object or sort in _SORTS.get(kind, ()):
        return left
    if sort is str:
        return text_of(left, kind)
    if is_text(kind) or kind in _FOLDED:
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
    """What a text says; within a `CASE` no text is cast that is not of the form."""
    if sort in _NUMBERS:
        number: Element = cast(left, Numeric())
        if sort is int:
            number = case((readable(number, "postgresql", "numeric", int), number))
        return case((_matches(left, _NUMBER), number))
    moment = cast(left, DateTime(timezone=True))
    if sort is date:
        day = cast(moment, Date)
        return case((_matches(left, _DAY_OR_MOMENT), case((day == moment, day))))
    if sort in MOMENTS.values():
        return case((_matches(left, _MOMENT), moment))
    return cast(null(), type_of(sort))


def _matches(left: Element, pattern: str) -> Element:
    return left.op("~", is_comparison=True)(literal_column(f"'{pattern}'"))


_COLUMNS = text(
    "SELECT a.attname, CASE to_jsonb(c) ->> 'collisdeterministic' WHEN 'false' THEN 'folded'"
    " ELSE coalesce(b.typname, t.typname) END, a.attnotnull,"
    " c.collname IN ('C', 'POSIX', 'ucs_basic', 'pg_c_utf8') OR c.collname = 'default' AND"
    " CASE coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') WHEN 'b' THEN true"
    " WHEN 'c' THEN d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') ELSE false END"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " JOIN pg_catalog.pg_database d ON d.datname = current_database()"
    " LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'"
    " LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation"
    " WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped"
).bindparams(bindparam("name", type_=String()))
"""The columns of a table or view. Type (of a domain what it rests on; `folded` is text of a collation to
which different texts may be equal), whether NULL is refused, and whether text sorts by code point: by its own
collation, or by the database's (before 15 always libc's)."""


def _values_of(path: tuple[str, ...]) -> Mapping[str, str]:
    return {"name": ".".join('"' + part.replace('"', '""') + '"' for part in path)}


def _kinds_of(rows: Rows) -> Kinds:
    types = {name: type_ for name, type_, _, _ in rows}
    return Kinds(
        types,
        never_empty=frozenset(name for name, _, refuses_null, _ in rows if refuses_null),
        by_code_point=frozenset(name for name, type_, _, is_so in rows if is_so and is_text(type_)),
        text=frozenset(name for name, type_ in types.items() if is_text(type_) or type_ in _FOLDED),
        wider=wider("postgresql", types),
        dressed=frozenset(name for name, type_ in types.items() if type_ in _DRESSED),
        moments={name: MOMENTS[type_] for name, type_ in types.items() if type_ in MOMENTS},
        selects_places=True,
    )


INSPECTION = Inspection(_COLUMNS, _values_of, _kinds_of)
