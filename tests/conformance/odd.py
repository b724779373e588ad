"""Columns of real databases and files as departments have grown them, and what of them is shown.

Each column is declared as one type and stored as another, or holds values that are none of its type. What
is shown is written here; what is compared, sorted and found has to agree with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from schema.catalogue.compile_codec import make_codec
from schema.identifiers import BEIJING
from schema.values import Codec

INVALID = object()
"""Stands for whatever is shown as INVALID_VALUE."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A column: its type in the catalogue, its type in the source, and what is stored and shown."""

    declared: str
    stored: str
    values: Sequence[tuple[Any, Any]]
    column: str | None = None
    """Which other column it reads, once more and in another way, instead of having one."""
    is_wider: bool = False
    """Whether what is invalid stands in an order as it is stored, and not last."""

    @property
    def codec(self) -> Codec:
        """How it is read."""
        return make_codec(self.declared)


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)  # type: ignore[misc, arg-type] # parts of a moment


MOMENTS = (
    ("2020-01-01 08:00:00", _at(2020, 1, 1, 8)),
    ("2020-01-01T09:00:00+08:00", _at(2020, 1, 1, 9)),
    ("2020-01-01 08:00:00.5", _at(2020, 1, 1, 8, 0, 0, 500_000)),
    ("2019-12-31T23:59:59Z", _at(2020, 1, 1, 7, 59, 59)),
    ("2020-01-01 08:00", _at(2020, 1, 1, 8)),
    ("yesterday", INVALID),
    ("2020-01-01 24:00:00", INVALID),
    ("9999-12-31 23:59:59", _at(9999, 12, 31, 23, 59, 59)),
)
DAYS = (
    ("2020-01-01", date(2020, 1, 1)),
    ("2020-1-5", INVALID),
    ("2020-01-01 00:00:00", date(2020, 1, 1)),
    ("2020-02-01T08:00:00", INVALID),
    ("0001-01-01", date(1, 1, 1)),
    ("0000-01-01", INVALID),
    ("9999-12-31", date(9999, 12, 31)),
    ("2020-02-30", INVALID),
)
WHOLE = (
    ("10", 10),
    ("9", 9),
    (" 7 ", 7),
    ("1.5", INVALID),
    ("007", 7),
    ("3000000000", INVALID),
    ("-3", -3),
    ("1e2", 100),
)
AMOUNTS = (
    ("10", Decimal(10)),
    ("9", Decimal(9)),
    (".5", INVALID),
    ("1.50", Decimal("1.5")),
    ("-1.25", Decimal("-1.25")),
    ("-1.2", Decimal("-1.2")),
    ("12345678901234.5678901234567", Decimal("12345678901234.5678901234567")),
    ("much", INVALID),
)
FRACTIONS = (
    ("0.1", 0.1),
    ("-0.0", 0.0),
    ("1e20", 1e20),
    ("0.30000000000000004", 0.30000000000000004),
    ("1e300", INVALID),
    ("nan", INVALID),
    ("2", 2.0),
    ("-5.5", -5.5),
)
TRUTHS = (("yes", INVALID), ("是", INVALID), ("1", INVALID), ("0", INVALID))
TEXTUAL: Mapping[str, Odd] = {
    "moment": Odd("DateTime", "varchar(40)", MOMENTS),
    "day": Odd("Date", "varchar(40)", DAYS),
    "whole": Odd("Int", "varchar(40)", WHOLE),
    "amount": Odd("Decimal", "varchar(40)", AMOUNTS),
    "fraction": Odd("Float", "varchar(40)", FRACTIONS),
    "moment_as_text": Odd("String", "", [(one, one) for one, _ in MOMENTS], column="moment"),
    "day_as_text": Odd("String", "", [(one, one) for one, _ in DAYS], column="day"),
    "day_as_moment": Odd(
        "DateTime",
        "",
        [
            (None, INVALID),
            (None, INVALID),
            (None, _at(2020, 1, 1)),
            (None, _at(2020, 2, 1, 8)),
            (None, INVALID),
            (None, INVALID),
            (None, INVALID),
            (None, INVALID),
        ],
        column="day",
    ),
    "whole_as_text": Odd("String", "", [(one, one) for one, _ in WHOLE], column="whole"),
    "whole_as_amount": Odd(
        "Decimal",
        "",
        [(None, Decimal(one)) for one in ("10", "9", "7", "1.5", "7", "3000000000", "-3", "100")],
        column="whole",
    ),
    "fraction_as_text": Odd("String", "", [(one, one) for one, _ in FRACTIONS], column="fraction"),
}
"""Values that are written as text."""
_BIG = ((5, 5), (-7, -7), (5000000000, INVALID), (-5000000000, INVALID), (2147483647, 2147483647))
_BROKEN = ((5, 5), (1.5, INVALID), (5e9, INVALID), (7.0, 7), (-7, -7))
_LOST = ((1.5, Decimal("1.5")), (9e15, Decimal("9e15")), (1e16, INVALID), (-1e16, INVALID))
_HOURS = (
    ("2020-01-02 00:00:00", date(2020, 1, 2)),
    ("2020-01-03 08:00:00", INVALID),
    ("2019-12-31 00:00:00", date(2019, 12, 31)),
)
WIDER: Mapping[str, Odd] = {
    "truth_in_text": Odd("Boolean", "varchar(40)", TRUTHS),
    "whole_in_big": Odd("Int", "bigint", _BIG, is_wider=True),
    "whole_in_amount": Odd("Int", "decimal(15,2)", _BROKEN, is_wider=True),
    "whole_in_double": Odd("Int", "double", _BROKEN, is_wider=True),
    "amount_in_double": Odd("Decimal", "double", _LOST, is_wider=True),
}
"""Columns that hold more than their items can be."""
TIMED: Mapping[str, Odd] = {**WIDER, "day_in_moment": Odd("Date", "datetime", _HOURS, is_wider=True)}
SQLITE: Mapping[str, Odd] = {
    **TEXTUAL,
    **WIDER,
    "text_in_integer": Odd("Int", "integer", ((5, 5), ("x", INVALID)), is_wider=True),
    "truth": Odd("Boolean", "integer", ((1, True), (0, False), (2, INVALID)), is_wider=True),
    "day_in_date": Odd("Date", "date", DAYS),
    "moment_in_datetime": Odd("DateTime", "datetime", MOMENTS),
    "whole_in_any": Odd("Int", "", [(5, 5), ("6", 6), (7.0, 7), (8.5, INVALID), ("x", INVALID)]),
    "whole_in_integer": Odd("Int", "integer", [(5, 5), ("6", 6), (-1, -1)]),
    "text_in_real": Odd(
        "String", "real", [(5, "5.0"), (1e15, "1000000000000000.0"), (0.1 + 0.2, str(0.1 + 0.2))]
    ),
    "text_in_any": Odd("String", "", [(5, "5"), ("06", "06"), (8.5, "8.5"), ("x", "x"), ("", "")]),
    "text_in_nocase": Odd(
        "String", "text collate nocase", [("Ab", "Ab"), ("ab", "ab"), ("B ", "B "), ("é", "é")]
    ),
}
MARIADB: Mapping[str, Odd] = {
    **TEXTUAL,
    **TIMED,
    "whole_in_unsigned": Odd("Int", "int unsigned", ((5, 5), (4000000000, INVALID)), is_wider=True),
    "truth": Odd("Boolean", "tinyint", ((1, True), (0, False), (2, INVALID)), is_wider=True),
    "day_in_whole": Odd("Date", "int", ((20200102, INVALID),), is_wider=True),
    "whole_in_day": Odd("Int", "date", (("2020-01-02", INVALID),), is_wider=True),
    "single": Odd(
        "Float",
        "float",
        [
            (0.1, 0.10000000149011612),
            (1234567, 1234567.0),
            (0.2, 0.20000000298023224),
            (0.1, 0.10000000149011612),
        ],
    ),
    "single_amount": Odd("Decimal", "float", [(0.5, Decimal("0.5")), (1234567, Decimal(1234567))]),
    "text_in_single": Odd("String", "float", [(0.5, "0.5"), (1234567, "1234567")]),
    "text_in_double": Odd("String", "double", [(5, "5"), (1e15, "1e15"), (0.1, "0.1")]),
    "text_in_zerofill": Odd(
        "String", "int(6) zerofill", [(50010, "050010"), (500108, "500108"), (7, "000007")]
    ),
    "whole_in_zerofill": Odd("Int", "int(6) zerofill", [(50010, 50010), (7, 7)]),
    "text_in_moment": Odd(
        "String",
        "datetime(6)",
        [
            ("2020-01-01 08:00:00", "2020-01-01 08:00:00.000000"),
            ("2020-01-01 08:00:00.5", "2020-01-01 08:00:00.500000"),
        ],
    ),
    "text_in_clock": Odd("String", "time", [("08:30:00", "08:30:00"), ("-100:00:07", "-100:00:07")]),
    "text_in_decimal": Odd("String", "decimal(10,2)", [(1.5, "1.50"), (2, "2.00")]),
    "text_in_big": Odd(
        "String", "bigint unsigned", [(18446744073709551615, "18446744073709551615"), (1, "1")]
    ),
    "text_in_year": Odd("String", "year", [(2024, "2024"), (1999, "1999")]),
    "text_in_day": Odd("String", "date", [("2020-01-01", "2020-01-01"), ("9999-12-31", "9999-12-31")]),
    "moment_in_datetime": Odd(
        "DateTime",
        "datetime(6)",
        [
            ("2020-01-01 08:00:00.5", _at(2020, 1, 1, 8, 0, 0, 500_000)),
            ("9999-12-31 23:59:59", _at(9999, 12, 31, 23, 59, 59)),
        ],
    ),
    "moment_in_milli": Odd(
        "DateTime",
        "datetime(3)",
        [
            ("2020-01-01 08:00:00", _at(2020, 1, 1, 8)),
            ("2020-01-01 08:00:00.5", _at(2020, 1, 1, 8, 0, 0, 500_000)),
            ("2020-01-01 08:00:00", _at(2020, 1, 1, 8)),
        ],
    ),
    "milli_as_text": Odd(
        "String",
        "",
        [
            (None, "2020-01-01 08:00:00.000"),
            (None, "2020-01-01 08:00:00.500"),
            (None, "2020-01-01 08:00:00.000"),
        ],
        column="moment_in_milli",
    ),
    "fraction_in_double": Odd("Float", "double", [(5, 5.0), (1e15, 1e15), (0.1, 0.1)]),
    "fraction_as_text": Odd(
        "String", "", [(None, "5"), (None, "1e15"), (None, "0.1")], column="fraction_in_double"
    ),
    "single_as_text": Odd(
        "String",
        "",
        [
            (None, "0.10000000149011612"),
            (None, "1234567"),
            (None, "0.20000000298023224"),
            (None, "0.10000000149011612"),
        ],
        column="single",
    ),
    "moment_in_gbk": Odd("DateTime", "varchar(40) charset gbk", MOMENTS),
}
POSTGRES: Mapping[str, Odd] = {
    "moment": Odd(
        "DateTime",
        "timestamp",
        [
            ("2020-01-01 08:00:00", _at(2020, 1, 1, 8)),
            ("2020-01-01 08:00:00.5", _at(2020, 1, 1, 8, 0, 0, 500_000)),
        ],
    ),
    "moment_as_text": Odd(
        "String",
        "",
        [(None, "2020-01-01 08:00:00"), (None, "2020-01-01 08:00:00.5")],
        column="moment",
    ),
    "double": Odd("Float", "float8", [(5, 5.0), (1e15, 1e15), (0.1, 0.1)]),
    "double_as_text": Odd("String", "", [(None, "5"), (None, "1e+15"), (None, "0.1")], column="double"),
}
"""More of it in `test_postgres_columns.py`."""
COLUMNS: Mapping[str, Mapping[str, Odd]] = {
    "csv": TEXTUAL,
    "duckdb": {**TEXTUAL, **TIMED},
    "sqlite": SQLITE,
    "mariadb": MARIADB,
    "postgres": POSTGRES,
}
"""By kind of source."""
