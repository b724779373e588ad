"""What of a column its item can be, where the column holds more than that: an Int in BIGINT, days with hours.

Whatever else is stored is shown as invalid, and is empty to whoever compares. Whether a condition of a column
has to say so is known by the column's type; a condition that says it finds an index still.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, cast, false, func, literal_column, or_

from connectors.sql.columns import DUCKDB, MYSQL, SQLITE
from connectors.sql.sorts import Sort

Element = ColumnElement[Any]
Test = Callable[[Element], Element]
"""From a column to whether its value can be one of the item's."""


def readable(left: Element, dialect: str, kind: str | None, sort: Sort) -> Element:
    """Whether what is stored in a column of a type that is `wider` than the sort is a value of it."""
    return _TESTS[dialect][kind or ""][sort](left)


def wider(dialect: str, kinds: Mapping[str, str]) -> Mapping[str, frozenset[Sort]]:
    """By column, the sorts of which it may hold no value and yet not be empty."""
    tests = _TESTS[dialect]
    return {name: frozenset(tests[kind]) for name, kind in kinds.items() if kind in tests}


def _within(low: str, high: str, left: Element) -> Element:
    return left.between(literal_column(low), literal_column(high))


def _before(low: str, end: str, left: Element) -> Element:
    return and_(left >= literal_column(low), left < literal_column(end))


_in_32_bits = partial(_within, "-2147483648", "2147483647")
_in_digits = partial(_within, "-9007199254740991", "9007199254740991")
"""No last digit of a binary fraction is lost."""
_is_finite = partial(_within, "-1.7976931348623157e308", "1.7976931348623157e308")
_is_truth = partial(_within, "0", "1")


def _is_whole(left: Element) -> Element:
    return and_(_in_32_bits(left), left == func.floor(left))


def _since_year_1(left: Element) -> Element:
    return left >= literal_column("'0001-01-01'")


def _is_midnight(left: Element) -> Element:
    return cast(left, Date) == left


def _never(_: Element) -> Element:
    return false()


def _is_integer(left: Element) -> Element:
    """In SQLite, which keeps any value in any column."""
    return func.typeof(left) == literal_column("'integer'")


def _is_number(left: Element) -> Element:
    return or_(_is_integer(left), func.typeof(left) == literal_column("'real'"))


def _is_amount(left: Element) -> Element:
    return and_(_is_number(left), or_(_is_integer(left), _in_digits(left)))


def _both(*tests: Test) -> Test:
    return lambda left: and_(*(test(left) for test in tests))


_FRACTION: Mapping[Sort, Test] = {int: _is_whole, Decimal: _in_digits, float: _is_finite}
_WHOLE: Mapping[Sort, Test] = {int: _in_32_bits}
_DAY = partial(_within, "DATE '0001-01-01'", "DATE '9999-12-31'")
_MOMENT = partial(_before, "TIMESTAMP '0001-01-01'", "TIMESTAMP '10000-01-01'")
_AWARE = partial(_before, "TIMESTAMPTZ '0001-01-01 00:00+00'", "TIMESTAMPTZ '10000-01-01 00:00+08'")
_POSTGRES: Mapping[str, Mapping[Sort, Test]] = {
    "int8": _WHOLE,
    "numeric": {
        int: _is_whole,
        Decimal: lambda left: left != literal_column("'NaN'"),
        float: _is_finite,
    },
    "float4": _FRACTION,
    "float8": _FRACTION,
    "date": {date: _DAY, datetime: _DAY},
    "timestamp": {date: _both(_MOMENT, _is_midnight), datetime: _MOMENT},
    "timestamptz": {date: _both(_AWARE, _is_midnight), datetime: _AWARE},
}
"""Days and moments reach further than Python's (see `moments.py`)."""
_NO_DAY: Mapping[Sort, Test] = {date: _never, datetime: _never}
_NO_NUMBER: Mapping[Sort, Test] = {int: _never, Decimal: _never, float: _never, bool: _never}
_SMALL: Mapping[Sort, Test] = {**_NO_DAY, bool: _is_truth}
_LARGE: Mapping[Sort, Test] = {**_SMALL, int: _in_32_bits}
_BINARY: Mapping[Sort, Test] = {**_SMALL, int: _is_whole, Decimal: _in_digits}
_HOURS: Mapping[Sort, Test] = {
    **_NO_NUMBER,
    date: _both(_since_year_1, _is_midnight),
    datetime: _since_year_1,
}
_MYSQL: Mapping[str, Mapping[Sort, Test]] = {
    "tinyint": _SMALL,
    "smallint": _SMALL,
    "mediumint": _SMALL,
    "int": _SMALL,
    "year": _SMALL,
    "bigint": _LARGE,
    "unsigned": _LARGE,
    "zerofill": _LARGE,
    "decimal": {**_SMALL, int: _is_whole},
    "float": _BINARY,
    "double": _BINARY,
    "date": {**_NO_NUMBER, date: _since_year_1, datetime: _since_year_1},
    "datetime": _HOURS,
    "timestamp": _HOURS,
}
"""MySQL holds anything against anything, it takes a day for a number of eight digits; and has a day 0."""
_DUCKDB: Mapping[str, Mapping[Sort, Test]] = {
    "bigint": _WHOLE,
    "hugeint": _WHOLE,
    "uinteger": _WHOLE,
    "ubigint": _WHOLE,
    "uhugeint": _WHOLE,
    "decimal": {int: _is_whole},
    "float": _FRACTION,
    "double": _FRACTION,
    "timestamp": {date: _is_midnight},
    "timestamp with time zone": {date: _is_midnight},
}
_SQLITE: Mapping[str, Mapping[Sort, Test]] = {
    "number": {
        int: _both(_is_number, _in_32_bits, lambda left: left == cast(left, Integer)),
        Decimal: _is_amount,
        float: _both(_is_number, _is_finite),
        bool: _both(_is_number, lambda left: left.in_([literal_column("0"), literal_column("1")])),
    }
}
_TESTS: Mapping[str, Mapping[str, Mapping[Sort, Test]]] = {
    "postgresql": _POSTGRES,
    **dict.fromkeys(MYSQL, _MYSQL),
    DUCKDB: _DUCKDB,
    SQLITE: _SQLITE,
}
