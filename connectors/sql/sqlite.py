"""SQLite keeps any value in any column: what it compares is read first, as what is shown is read.

A day, a moment, or a number in a column of text would else compare letter by letter.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from sqlite3 import Connection, OperationalError
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, String, case, cast, func, literal_column, text
from sqlalchemy.types import TypeDecorator

from connectors.sql.sorts import Sort
from schema.catalogue.compile_codec import make_codec
from schema.values import Codec, Invalid

TEXT, NUMBER, ANY = "text", "number", "any"
"""Kinds of columns: numbers stand as numbers in the second; the third keeps all as it was written."""
COLUMNS = text(
    "SELECT name, CASE WHEN type = '' OR upper(type) GLOB '*BLOB*' THEN 'any'"
    " WHEN upper(type) GLOB '*INT*' OR upper(type) GLOB '*REAL*' OR upper(type) GLOB '*FLOA*'"
    " OR upper(type) GLOB '*DOUB*' OR upper(type) GLOB '*NUM*' OR upper(type) GLOB '*DEC*'"
    " OR upper(type) GLOB '*BOOL*' THEN 'number' ELSE 'text' END FROM pragma_table_info(:name, :schema)"
)
"""The columns of a table or view, and their kind; there are no types of days and moments."""

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


NOTHING: tuple[str, Sequence[Any]] = ("", ())


class Session:
    """A connection to a file, and the result of its statement: one thread at a time has both."""

    def __init__(self, connect: Callable[[], Connection], path: str | None) -> None:
        self._connect = connect
        self._path = path
        self._asked = NOTHING
        self._open()

    def execute(self, query: str, parameters: Sequence[Any], /) -> "Session":
        """Take a statement; `fetchall` runs it."""
        self._asked = query, parameters
        return self

    def fetchall(self) -> list[Any]:
        """Run it on the file that stands there now. Text that is no UTF-8 comes as bytes."""
        if self._path is not None and _file_at(self._path) != self._file:
            self.close()
            self._open()
        connection = self._connection
        asked, self._asked = self._asked, NOTHING
        try:
            return connection.execute(*asked).fetchall()
        except OperationalError as error:
            if "decode" not in str(error):
                raise
        connection.text_factory = _decoded
        try:
            return connection.execute(*asked).fetchall()
        finally:
            connection.text_factory = str

    def interrupt(self) -> None:
        """End the statement that runs, from another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def _open(self) -> None:
        self._file = _file_at(self._path) if self._path is not None else None
        self._connection = self._connect()
        for reading in READINGS.values():
            self._connection.create_function(reading.name, 1, reading.read, deterministic=True)
        self._connection.create_function("jutong_text", 1, str, deterministic=True)


def _file_at(path: str) -> tuple[int, int] | None:
    """Which file stands at a path: another one may have been moved there."""
    try:
        found = os.stat(path)  # noqa: PTH116 - once a statement
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _decoded(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


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
