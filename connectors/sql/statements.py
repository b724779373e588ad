"""Shapes -> SQL. Identifiers are quoted, values are bound to slots; no value ever stands in a statement.

Conditions, orders and cursors stand in one file, however long: all compare a column in one form.
"""

from collections.abc import Iterable
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
    union,
)
from sqlalchemy.types import TypeEngine

from connectors.columns import column_of
from connectors.identity import identity_codecs
from connectors.requests import OrderTerm
from connectors.sql.collation import as_bytes, as_text, exact
from connectors.sql.columns import DUCKDB, MYSQL, SQLITE
from connectors.sql.conditions import (
    AllOf,
    Among,
    AnyOf,
    Condition,
    Held,
    Known,
    Missing,
    Negated,
    Readable,
    Unequal,
    columns_of,
)
from connectors.sql.duckdb import compared as compared_in_duckdb
from connectors.sql.lists import Lists
from connectors.sql.mysql import said
from connectors.sql.names import named, table_of
from connectors.sql.postgres import compared
from connectors.sql.readable import readable
from connectors.sql.shapes import (
    BOUND,
    LIMIT,
    CountShape,
    LoadShape,
    ScanShape,
    Table,
    cursor_label,
    cursor_slot,
)
from connectors.sql.sorts import Sort, sort_of_codec, type_of
from connectors.sql.sqlite import NUMBERS, Reading, number, read, reading_of
from connectors.sql.standing import is_in_order

Element = ColumnElement[Any]


class Statements:
    """Builds the statements of one dialect for one table."""

    def __init__(self, dialect: str, lists: Lists) -> None:
        self._dialect = dialect
        self._lists = lists

    def load(self, shape: LoadShape) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for loads, and the columns of its rows."""
        resource = shape.table.resource
        asked = [column_of(shape.table.shown, item)[0] for item in shape.items]
        keys = [name for columns in shape.by for name in columns]
        columns = tuple(dict.fromkeys([*asked, *keys, *resource.identity]))
        statement = self._found(shape, columns)
        if shape.is_single:  # rows of different keys need no order
            return statement.limit(_bound(BOUND)), columns
        order = self._order(shape.table, shape.order)
        if not shape.ranks_by:
            return statement.order_by(*order).limit(_bound(BOUND)), columns
        (names,) = shape.by
        partition = [
            self._sorted(shape.table, name, sort) for name, sort in zip(names, shape.ranks_by, strict=True)
        ]
        rank = func.row_number().over(partition_by=partition, order_by=order).label("jutong_rank")
        ranked = statement.add_columns(rank).subquery("ranked")
        outer = select(*(ranked.c[name] for name in columns))
        outer = outer.where(ranked.c.jutong_rank <= _bound(LIMIT)).order_by(ranked.c.jutong_rank)
        return outer.limit(_bound(BOUND)), columns

    def scan(self, shape: ScanShape) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for pages, and the columns of its rows."""
        asked = [column_of(shape.table.shown, item)[0] for item in shape.items]
        terms = _terms(shape.table, shape.order)
        columns = tuple(dict.fromkeys([*asked, *(name for name, _, _ in terms)]))
        statement = self._select(shape.table, columns).where(self._sql(shape.table, shape.where))
        places = [
            element.label(cursor_label(place))
            for place, (name, _, sort) in enumerate(terms)
            if (element := self._cursor(shape.table, name, sort)) is not None
        ]
        statement = statement.add_columns(*places)
        columns += tuple(place.name for place in places)
        if shape.after:
            statement = statement.where(self._after(shape))
        if not is_in_order(shape.table, shape.where, terms):
            statement = statement.order_by(*self._order(shape.table, shape.order))
        return statement.limit(_bound(BOUND)), columns

    def count(self, shape: CountShape) -> Select[Any]:
        """A statement that counts rows."""
        counted = select(func.count()).select_from(table_of(shape.table.resource))
        return counted.where(self._sql(shape.table, shape.where))

    def _found(self, shape: LoadShape, columns: tuple[str, ...]) -> Select[Any]:
        """The rows of the keys that the filters let through, without an order.

        DuckDB finds an index by `IN` of one column and nothing beside it, no order either. So the rows of the
        keys are found first, by each alternative apart, and what is left to do is done with them. There is no
        such fence where nothing is left: it costs as much as the look-up.
        """
        table, filters = shape.table, AllOf(shape.filters)
        if self._dialect != DUCKDB or (shape.is_single and not shape.filters):
            keyed = AllOf((AnyOf(shape.ways), *shape.filters))
            return self._select(table, columns).where(self._sql(table, keyed))
        ordered = [name for name, _, _ in _terms(table, shape.order)]
        inner = [named(name) for name in dict.fromkeys([*columns, *columns_of(filters), *ordered])]
        rows = [
            select(*inner).select_from(table_of(table.resource)).where(self._sql(table, way))
            for way in shape.ways
        ]
        if len(rows) > 1:  # a row that two alternatives find is one row
            rows = [row.add_columns(literal_column("rowid")) for row in rows]
        found = (union(*rows) if len(rows) > 1 else rows[0]).cte("found").prefix_with("MATERIALIZED")
        return select(*map(named, columns)).select_from(found).where(self._sql(table, filters))

    def _select(self, table: Table, columns: Iterable[str]) -> Select[Any]:
        shown = (self._shown(table, name) for name in columns)
        return select(*shown).select_from(table_of(table.resource))

    def _shown(self, table: Table, name: str) -> Element:
        """A column as it is read: what is shown has the form in which it is compared."""
        if name in table.as_text or name in table.texts:
            return self._as_text(table, table.texts.get(name, name)).label(name)
        left, kind = named(name), self._kind(table, name)
        return exact(left, kind).label(name) if self._dialect in MYSQL and kind == "float" else left

    def _after(self, shape: ScanShape) -> Element:
        """Rows that the order puts after the cursor: beyond it at the first term that differs."""
        ways: list[Element] = []
        equal: list[Element] = []
        from_: list[Element] = []
        terms = zip(_terms(shape.table, shape.order), shape.after, strict=True)
        for place, ((name, is_descending, declared), sort) in enumerate(terms):
            as_ = self._compared_as(shape.table, name, declared, sort)
            left = self._sorted(shape.table, name, as_)
            if sort is None:
                equal.append(left.is_(None))
                continue
            value = self._place(shape.table, name, cursor_slot(place), as_ or sort, sort)
            beyond = left < value if is_descending else left > value
            if not self._is_never_empty(shape.table, name, sort):
                beyond = or_(beyond, left.is_(None))
            elif place == 0 < len(shape.after) - 1:  # says nothing new, and lets an index begin where it does
                from_.append(left <= value if is_descending else left >= value)
            ways.append(and_(*equal, beyond))
            equal.append(left == value)
        return and_(*from_, or_(false(), *ways))

    def _place(self, table: Table, name: str, slot: str, as_: Sort, sort: Sort) -> Element:
        """The value of a cursor; SQLite gives text that is no UTF-8 as bytes, and sorts it as text."""
        if as_ is str and sort is bytes:
            return cast(bindparam(slot, type_=type_of(bytes)), String)
        return bindparam(slot, type_=self._type(table, name, as_))

    def _order(self, table: Table, order: Iterable[OrderTerm]) -> list[Element]:
        """The asked terms, then the identity; empty values last either way."""
        terms: list[Element] = []
        for name, is_descending, sort in _terms(table, order):
            sorted_ = self._sorted(table, name, sort)
            directed = sorted_.desc() if is_descending else sorted_.asc()
            if self._is_never_empty(table, name, sort):
                terms.append(directed)
            elif self._dialect in {"postgresql", DUCKDB}:
                terms.append(directed.nulls_last())
            else:
                is_empty = case((sorted_.is_(None), literal_column("1")), else_=literal_column("0"))
                terms += [is_empty, directed]
        return terms

    def _sorted(self, table: Table, name: str, sort: Sort | None) -> Element:
        left, is_str = named(name), sort is str
        if self._dialect == "postgresql" and sort is not None and not is_str:
            return compared(left, self._kind(table, name), sort)
        if self._dialect == DUCKDB and sort is not None:
            return compared_in_duckdb(left, self._kind(table, name), sort)
        if (reading := self._reading(table, name, sort)) is not None:
            return read(left, reading)
        if self._dialect == SQLITE and sort in NUMBERS:
            return number(left)
        if name in table.kinds.charsets and (value := said(name, sort)) is not None:
            return value
        if not is_str or name in table.kinds.by_code_point:
            return type_coerce(left, String) if is_str else left
        return as_bytes(left, self._dialect, self._kind(table, name))

    def _as_text(self, table: Table, name: str) -> Element:
        return as_text(named(name), self._dialect, self._kind(table, name))

    def _cursor(self, table: Table, name: str, sort: Sort) -> Element | None:
        """What a cursor goes on by, where what is read of a column is not what it sorts by."""
        if sort is str:
            is_read = name in table.as_text or name not in table.kinds.dressed
            return None if is_read else self._as_text(table, name)
        place = self._sorted(table, name, sort)
        return place if table.kinds.selects_places and not isinstance(place, ColumnClause) else None

    def _compared_as(self, table: Table, name: str, declared: Sort, sort: Sort | None) -> Sort | None:
        """As what a column is held against a cursor's value of a sort, `None` for an empty one."""
        if table.kinds.selects_places:
            return declared if sort is None and declared is not str else sort
        is_said = name in table.kinds.text and declared is not object
        return declared if is_said or (sort is None and self._dialect == SQLITE) else sort

    def _reading(self, table: Table, name: str, sort: Sort | None) -> Reading | None:
        """How SQLite has to read a column before it is compared."""
        return reading_of(table.kinds.by_column.get(name), sort) if self._dialect == SQLITE else None

    def _type(self, table: Table, name: str, sort: Sort) -> TypeEngine[Any]:
        """The type of a value that a column is held against."""
        reading = self._reading(table, name, sort)
        return type_of(sort) if reading is None else reading.type

    def _is_never_empty(self, table: Table, name: str, sort: Sort) -> bool:
        """Whether what a column sorts as is there in each row; a text may say no number."""
        is_said = sort in {str, object} or name not in table.kinds.text
        return is_said and name in table.kinds.never_empty

    def _readable(self, table: Table, name: str, sort: Sort) -> Element:
        return readable(named(name), self._dialect, self._kind(table, name), sort)

    def _kind(self, table: Table, name: str) -> str | None:
        return table.kinds.by_column.get(name)

    def _sql(self, table: Table, condition: Condition, *, is_negated: bool = False) -> Element:
        """A condition; false and unknown are told apart where it is negated an odd number of times."""
        match condition:
            case Among():
                return self._lists.condition(condition)
            case Held():
                return self._held(table, condition)
            case Missing(column, sort):
                is_read = column in table.kinds.text or self._dialect in {SQLITE, "postgresql"}
                is_stored = not is_read or (self._dialect == "postgresql" and sort is str)
                left = named(column) if is_stored else self._sorted(table, column, sort)
                if sort not in table.kinds.wider.get(column, ()):
                    return left.is_(None)
                return or_(left.is_(None), not_(self._readable(table, column, sort)))
            case Readable(part, column, sort):
                found, is_value = self._sql(table, part), self._readable(table, column, sort)
                return case((is_value, found)) if is_negated else and_(found, is_value)
            case Unequal(column):
                return named(column).op("<>", is_comparison=True)(named(column))
            case Known(truth):
                return null() if truth is None else true() if truth else false()
            case AllOf(parts):
                return and_(true(), *(self._sql(table, part, is_negated=is_negated) for part in parts))
            case AnyOf(parts):
                return or_(false(), *(self._sql(table, part, is_negated=is_negated) for part in parts))
            case Negated(part):
                return not_(self._sql(table, part, is_negated=not is_negated))

    def _held(self, table: Table, held: Held) -> Element:
        left, kind = named(held.column), self._kind(table, held.column)
        is_str = held.sort is str
        right = bindparam(held.slot, type_=self._type(table, held.column, held.sort))
        written = as_text(left, self._dialect, kind) if is_str else left
        if held.operator == "startsWith":
            length = func.length if self._dialect == "sqlite" else func.char_length
            head = func.substr(written, 1, length(right))
            return (as_bytes(head, self._dialect) if is_str else head) == right
        if held.operator == "contains":
            searched = as_bytes(left, self._dialect, kind) if is_str else left
            find = func.strpos if self._dialect == "postgresql" else func.instr
            return typed(Element, find(searched, right) > literal_column("0"))
        sorted_ = self._sorted(table, held.column, held.sort)
        return {
            "lt": sorted_ < right,
            "le": sorted_ <= right,
            "gt": sorted_ > right,
            "ge": sorted_ >= right,
        }[held.operator]


def _terms(table: Table, order: Iterable[OrderTerm]) -> list[tuple[str, bool, Sort]]:
    """Column, whether it goes down, and as what it sorts: for the asked terms and the identity."""
    asked = [(*column_of(table.resource, term.item), term.descending) for term in order]
    asked += [(name, codec, False) for name, codec in identity_codecs(table.resource)]
    return [(name, is_descending, sort_of_codec(codec)) for name, codec, is_descending in asked]


def _bound(slot: str) -> Any:
    return bindparam(slot, type_=BigInteger())
