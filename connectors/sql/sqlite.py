"""SQLite keeps any value in any column: what it compares is read first, as what is shown is read.

A day, a moment, or a number in a column of text would else compare letter by letter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, String, case, cast, func, literal_column, text
from sqlalchemy.types import TypeDecorator

from connectors.sql.columns import Inspection, Kinds
from connectors.sql.plain import Rows
from connectors.sql.readable import wider
from connectors.sql.sorts import Sort
from schema.catalogue.compile_codec import make_codec
from schema.values import Codec, Invalid

TEXT, NUMBER, ANY = "text", "number", "any"
"""Kinds of columns: numbers stand as numbers in the second; the third keeps all as it was written."""

_MINUS = str.maketrans("0123456789", "9876543210")
_EXPONENTS = 500
"""Half of the exponents that have three digits."""


def in_order(number: Decimal) -> str:
    """A number as text that sorts as numbers do, all digits of it: SQLite's own have fifteen."""
    if not number:
        return "1"
    sign, digits, _ = number.as_tuple()
    size = f"{number.adjusted() + _EXPONENTS:03}" + "".join(map(str, digits)).rstrip("0")
    return f"0{size.translate(_MINUS)}~" if sign else f"2{size}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How values of a sort are read before they are compared."""

    name: str
    """Of the function in SQL."""
    read: Callable[[Any], Any]
    type: "ReadValue"


class ReadValue(TypeDecorator[Any]):
    """The type of values that are compared as what a column's are read as."""

    impl = String
    cache_ok = True

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def process_bind_param(self, value: Any, dialect: Any) -> Any:  # noqa: ARG002 - of SQLAlchemy
        """What the function gives for the value."""
        return self.read(value)


def _read(codec: Codec, write: Callable[[Any], Any], raw: Any) -> Any:
    value = codec.decode(raw)
    return None if value is None or isinstance(value, Invalid) else write(value)


def _reading(type_name: str, write: Callable[[Any], Any]) -> Reading:
    read = partial(_read, make_codec(type_name), write)
    return Reading(f"jutong_{type_name.lower()}", read, ReadValue(read))


NUMBERS = frozenset({int, Decimal, float, bool})
"""Sorts that are compared as they stand in columns of numbers."""
READINGS: Mapping[Sort, Reading] = {
    int: _reading("Int", int),
    Decimal: _reading("Decimal", in_order),
    float: _reading("Float", float),
    bool: _reading("Boolean", int),
    date: _reading("Date", date.isoformat),
    datetime: _reading("DateTime", partial(datetime.isoformat, timespec="microseconds")),
}
"""By what a column holds; what is not here is compared as it is stored."""


def reading_of(kind: str | None, sort: Sort | None) -> Reading | None:
    """How a column has to be read to be compared as values of a sort; `None`: not at all."""
    return READINGS.get(sort) if kind in {TEXT, ANY} and sort is not None else None


def number(left: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of numbers, in which a text is none."""
    return case((func.typeof(left).in_([literal_column("'integer'"), literal_column("'real'")]), left))


def read(left: ColumnElement[Any], reading: Reading) -> ColumnElement[Any]:
    """A column as what it is read as; text goes as bytes, since it may be no UTF-8."""
    is_text = func.typeof(left) == literal_column("'text'")
    raw = case((is_text, cast(left, LargeBinary)), else_=left)
    function: ColumnElement[Any] = getattr(func, reading.name)(raw, type_=reading.type)
    return function


_COLUMNS = text(
    "SELECT name, CASE WHEN type = '' OR upper(type) GLOB '*BLOB*' THEN 'any'"
    " WHEN upper(type) GLOB '*INT*' OR upper(type) GLOB '*REAL*' OR upper(type) GLOB '*FLOA*'"
    " OR upper(type) GLOB '*DOUB*' OR upper(type) GLOB '*NUM*' OR upper(type) GLOB '*DEC*'"
    " OR upper(type) GLOB '*BOOL*' THEN 'number' ELSE 'text' END FROM pragma_table_info(:name, :schema)"
)
"""The columns of a table or view, and their kind; there are no types of days and moments."""


def _values_of(path: tuple[str, ...]) -> Mapping[str, str]:
    return {"name": path[-1], "schema": path[-2] if len(path) > 1 else "main"}


def _kinds_of(rows: Rows) -> Kinds:
    kinds = {row[0]: row[1] for row in rows}
    texts = frozenset(name for name, kind in kinds.items() if kind != NUMBER)
    return Kinds(kinds, text=texts, wider=wider("sqlite", kinds))


INSPECTION = Inspection(_COLUMNS, _values_of, _kinds_of)
