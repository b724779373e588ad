"""Shapes -> SQL. Identifiers are quoted, values are bound to slots; no value ever stands in a statement."""

from collections.abc import Iterable
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    BigInteger,
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
)

from connectors.columns import column_of
from connectors.requests import OrderTerm
from connectors.shaping import identity_codecs
from connectors.sql.collation import as_bytes
from connectors.sql.columns import is_text
from connectors.sql.conditions import (
    AllOf,
    Among,
    AnyOf,
    Condition,
    Held,
    Known,
    Missing,
    Negated,
    Unequal,
)
from connectors.sql.lists import Lists
from connectors.sql.names import named, table_of
from connectors.sql.shapes import BOUND, LIMIT, CountShape, LoadShape, ScanShape, Table, cursor_slot
from connectors.sql.sorts import is_text_codec, type_of

Element = ColumnElement[Any]


class Statements:
    """Builds the statements of one dialect for one table."""

    def __init__(self, dialect: str, lists: Lists) -> None:
        self._dialect = dialect
        self._lists = lists

    def load(self, shape: LoadShape) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for loads, and the columns of its rows."""
        resource = shape.table.resource
        asked = [column_of(resource, item)[0] for item in shape.items]
        keys = [name for columns in shape.by for name in columns]
        columns = tuple(dict.fromkeys([*asked, *keys, *resource.identity]))
        order = self._order(shape.table, shape.order)
        statement = self._select(shape.table, columns).where(self._sql(shape.table, shape.where))
        if not shape.ranks_by:
            return statement.order_by(*order).limit(_bound(BOUND)), columns
        (names,) = shape.by
        partition = [
            self._sorted(shape.table, name, sort is str)
            for name, sort in zip(names, shape.ranks_by, strict=True)
        ]
        rank = func.row_number().over(partition_by=partition, order_by=order).label("jutong_rank")
        ranked = statement.add_columns(rank).subquery("ranked")
        outer = select(*(ranked.c[name] for name in columns))
        outer = outer.where(ranked.c.jutong_rank <= _bound(LIMIT)).order_by(ranked.c.jutong_rank)
        return outer.limit(_bound(BOUND)), columns

    def scan(self, shape: ScanShape) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for pages, and the columns of its rows."""
        resource = shape.table.resource
        asked = [column_of(resource, item)[0] for item in shape.items]
        keyset = [name for name, _, _ in _terms(shape.table, shape.order)]
        columns = tuple(dict.fromkeys([*asked, *keyset]))
        statement = self._select(shape.table, columns).where(self._sql(shape.table, shape.where))
        if shape.after:
            statement = statement.where(self._after(shape))
        return statement.order_by(*self._order(shape.table, shape.order)).limit(_bound(BOUND)), columns

    def count(self, shape: CountShape) -> Select[Any]:
        """A statement that counts rows."""
        counted = select(func.count()).select_from(table_of(shape.table.resource))
        return counted.where(self._sql(shape.table, shape.where))

    def _select(self, table: Table, columns: Iterable[str]) -> Select[Any]:
        return select(*map(named, columns)).select_from(table_of(table.resource))

    def _after(self, shape: ScanShape) -> Element:
        """Rows that the order puts after the cursor: beyond it at the first term that differs."""
        ways: list[Element] = []
        equal: list[Element] = []
        from_: list[Element] = []
        terms = zip(_terms(shape.table, shape.order), shape.after, strict=True)
        for place, ((name, is_descending, _), sort) in enumerate(terms):
            left = self._sorted(shape.table, name, sort is str)
            if sort is None:
                equal.append(left.is_(None))
                continue
            value = bindparam(cursor_slot(place), type_=type_of(sort))
            beyond = left < value if is_descending else left > value
            if name not in shape.table.kinds.never_empty:
                beyond = or_(beyond, left.is_(None))
            elif place == 0:  # says nothing new, and lets an index begin where the page does
                from_.append(left <= value if is_descending else left >= value)
            ways.append(and_(*equal, beyond))
            equal.append(left == value)
        return and_(*from_, or_(false(), *ways))

    def _order(self, table: Table, order: Iterable[OrderTerm]) -> list[Element]:
        """The asked terms, then the identity; empty values last either way."""
        terms: list[Element] = []
        for name, is_descending, holds_text in _terms(table, order):
            sorted_ = self._sorted(table, name, holds_text)
            directed = sorted_.desc() if is_descending else sorted_.asc()
            if name in table.kinds.never_empty:
                terms.append(directed)
            elif self._dialect == "postgresql":
                terms.append(directed.nulls_last())
            else:
                is_empty = case((named(name).is_(None), literal_column("1")), else_=literal_column("0"))
                terms += [is_empty, directed]
        return terms

    def _sorted(self, table: Table, name: str, as_text: bool) -> Element:
        left = named(name)
        if not as_text or name in table.kinds.by_code_point:
            return type_coerce(left, String) if as_text else left
        return as_bytes(left, self._dialect, self._kind(table, name))

    def _kind(self, table: Table, name: str) -> str | None:
        return table.kinds.by_column.get(name) if self._dialect == "postgresql" else None

    def _sql(self, table: Table, condition: Condition) -> Element:
        match condition:
            case Among():
                return self._lists.condition(condition)
            case Held():
                return self._held(table, condition)
            case Missing(column):
                return named(column).is_(None)
            case Unequal(column):
                return named(column).op("<>", is_comparison=True)(named(column))
            case Known(truth):
                return null() if truth is None else true() if truth else false()
            case AllOf(parts):
                return and_(true(), *(self._sql(table, part) for part in parts))
            case AnyOf(parts):
                return or_(false(), *(self._sql(table, part) for part in parts))
            case Negated(part):
                return not_(self._sql(table, part))

    def _held(self, table: Table, held: Held) -> Element:
        left, kind = named(held.column), self._kind(table, held.column)
        is_str = held.sort is str
        right = bindparam(held.slot, type_=type_of(held.sort))
        written = cast(left, String) if is_str and not is_text(kind) else left
        if held.operator == "startsWith":
            length = func.length if self._dialect == "sqlite" else func.char_length
            head = func.substr(written, 1, length(right))
            return (as_bytes(head, self._dialect) if is_str else head) == right
        if held.operator == "contains":
            if self._dialect == "postgresql":
                return typed(Element, func.strpos(written, right) > literal_column("0"))
            searched = as_bytes(left, self._dialect) if is_str else left
            return typed(Element, func.instr(searched, right) > literal_column("0"))
        compared = self._sorted(table, held.column, is_str)
        return {
            "lt": compared < right,
            "le": compared <= right,
            "gt": compared > right,
            "ge": compared >= right,
        }[held.operator]


def _terms(table: Table, order: Iterable[OrderTerm]) -> list[tuple[str, bool, bool]]:
    """Column, whether it goes down, and whether it sorts as text: for the asked terms and the identity."""
    asked = [(*column_of(table.resource, term.item), term.descending) for term in order]
    asked += [(name, codec, False) for name, codec in identity_codecs(table.resource)]
    return [(name, is_descending, is_text_codec(codec)) for name, codec, is_descending in asked]


def _bound(slot: str) -> Any:
    return bindparam(slot, type_=BigInteger())
