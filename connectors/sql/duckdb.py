"""DuckDB as a dialect: how its statements are written, and how columns are stored. It compares no text with a
number, and finds an index only for what stands alone: so keys are looked for behind a fence (see
`Statements.load`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BindParameter,
    ColumnElement,
    Date,
    Double,
    Integer,
    Numeric,
    TryCast,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    text,
    try_cast,
    tuple_,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import UserDefinedType

from connectors.sql.collation import as_bytes
from connectors.sql.columns import DUCKDB, Inspection, Kinds, is_text
from connectors.sql.conditions import Among, Condition
from connectors.sql.lists import Asking, Values
from connectors.sql.marks import Marks
from connectors.sql.names import named
from connectors.sql.plain import Rows
from connectors.sql.readable import wider
from connectors.sql.sorts import Sort, type_of

_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?"
_DAY = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-[0-9]{2}-[0-9]{2}"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"{_DAY}[Tt ]{_CLOCK}(:[0-5][0-9](\.[0-9]{{1,6}})?)?"
_OFFSET = rf"([Zz]|[+-]{_CLOCK})"
_BEIJING = "'Etc/GMT-8'"
_DECIMAL = Numeric(38, 18)
"""DuckDB's NUMERIC without digits keeps three of them."""


class _WithOffset(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TIMESTAMP WITH TIME ZONE"


class _DuckCompiler(SQLCompiler):
    def visit_try_cast(self, element: TryCast[Any], **kw: Any) -> str:
        """NULL where a text says no value of the type."""
        return f"TRY_CAST({self.process(element.clause, **kw)} AS {self.process(element.typeclause)})"


class DuckDialect(DefaultDialect):
    """Standard SQL with `?` for values, which DuckDB takes as they are."""

    name = DUCKDB
    statement_compiler = _DuckCompiler
    default_paramstyle = "qmark"
    supports_native_boolean = True
    supports_native_decimal = True
    supports_statement_cache = True


_UNION = "union"
"""Type of a column of values that keeps, beside them, the texts that say none (see `files/typed.py`)."""


def is_itself(kind: str | None, sort: Sort) -> bool:
    """Whether a column of this type compares and sorts as values of a sort just as it is stored."""
    if sort is str:
        return is_text(kind)
    return kind != _UNION and (sort is object or kind is None or not is_text(kind))


def compared(left: ColumnElement[Any], kind: str | None, sort: Sort) -> ColumnElement[Any]:
    """A column as values of a sort: a text that says none, as the codecs read it, is empty."""
    if is_itself(kind, sort):
        return left
    if sort is str:
        return as_bytes(left, DUCKDB, kind)
    if kind == _UNION:
        return func.union_extract(left, literal_column("'value'"))
    if sort in {int, Decimal, float}:
        return _number(left, sort)
    if sort is date:
        moment = _moment(left)
        midnight = case((moment == func.date_trunc(literal_column("'day'"), moment), cast(moment, Date)))
        return case((_is(left, _DAY), try_cast(left, Date)), else_=midnight)
    if sort is bool:  # in no text a codec reads a truth value
        return cast(null(), type_of(sort))
    return _moment(left) if sort is datetime else try_cast(left, type_of(sort))


def _number(left: ColumnElement[Any], sort: Sort) -> ColumnElement[Any]:
    trimmed = func.regexp_replace(left, literal_column(r"'^\s+|\s+$', '', 'g'"))
    is_number = and_(_is(trimmed, _NUMBER), func.length(trimmed) <= literal_column("40"))
    number = case((is_number, try_cast(trimmed, Double() if sort is float else _DECIMAL)))
    return case((number == func.trunc(number), try_cast(number, Integer))) if sort is int else number


def _moment(left: ColumnElement[Any]) -> ColumnElement[Any]:
    """The moment in Beijing: a cast to TIMESTAMP would drop an offset."""
    written = func.upper(left)
    with_offset = try_cast(written, _WithOffset).op("AT TIME ZONE")(literal_column(_BEIJING))
    return case(
        (_is(left, _MOMENT), try_cast(written, TIMESTAMP)),
        (_is(left, f"{_MOMENT}{_OFFSET}"), cast(with_offset, TIMESTAMP)),
    )


def _is(left: ColumnElement[Any], pattern: str) -> ColumnElement[Any]:
    return func.regexp_full_match(left, literal_column(f"'{pattern}'"))


class DuckMarks(Marks):
    """Columns among marks; of several columns the first is asked alone, too, since no index is of tuples."""

    def __init__(self, kinds: Kinds) -> None:
        super().__init__(DUCKDB, kinds)

    def ask(self, asking: Asking, forms: Sequence[tuple[Any, ...]], values: Values) -> Condition:
        """Give the values of the first of several columns apart."""
        asked = super().ask(asking, forms, values)
        if isinstance(asked, Among) and len(asking.columns) > 1:
            values[_first(asking.slot)] = [form[0] for form in values[asking.slot]]
        return asked

    def condition(self, among: Among) -> ColumnElement[Any]:
        """Compare by the values' own sort."""
        sides = [
            compared(named(name), self._kinds.by_column.get(name), sort)
            for name, sort in zip(among.columns, among.sorts, strict=True)
        ]
        slot = among.slot if len(sides) == 1 else _first(among.slot)
        one = bindparam(slot, type_=type_of(among.sorts[0]), expanding=True)
        if len(sides) == 1:
            return sides[0].in_(one)
        several: BindParameter[Any] = bindparam(among.slot, expanding=True)
        return and_(sides[0].in_(one), tuple_(*sides).in_(several))


def _first(slot: str) -> str:
    return f"{slot}_first"


_COLUMNS = text(
    "SELECT column_name, lower(regexp_replace(data_type, '\\(.*', '')), NOT is_nullable FROM duckdb_columns()"
    " WHERE database_name = :database AND table_name = :name"
)
"""The columns of a table. Type, and whether NULL is refused; text sorts by code point."""


def _values_of(path: tuple[str, ...]) -> Mapping[str, str]:
    return {"database": path[0], "name": path[-1]}


def _kinds_of(rows: Rows) -> Kinds:
    types = {name: type_ for name, type_, _ in rows}
    texts = frozenset(name for name, type_ in types.items() if is_text(type_))
    return Kinds(
        types,
        never_empty=frozenset(name for name, _, refuses_null in rows if refuses_null),
        by_code_point=texts,
        wider=wider(DUCKDB, types),
        text=texts | {name for name, type_ in types.items() if type_ == _UNION},
    )


INSPECTION = Inspection(_COLUMNS, _values_of, _kinds_of)
