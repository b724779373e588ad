"""Requests -> SQL. Identifiers are quoted, values are bound; no value ever stands in a statement.

Strings compare by code point in every dialect, as `schema.predicate` says: collations of the
database would find other rows (MariaDB's ignore case, PostgreSQL's sort by language).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    collate,
    column,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    table,
    true,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.elements import quoted_name

from connectors.columns import column_of
from connectors.requests import Load, OrderTerm, Scan
from connectors.shaping import columns_of, identity_codecs, key_forms
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Not, Or, Predicate
from schema.values import Codec

Condition = ColumnElement[Any]
_MYSQL = frozenset({"mysql", "mariadb"})


class Statements:
    """Builds the statements of one dialect."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect

    def load(self, load: Load) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for a load, and the columns of its rows."""
        columns = columns_of(load)
        conditions = [
            or_(
                false(),
                *(self._is_one_of(load, position) for position in range(len(load.key.alternatives))),
            ),
            *self._arguments(load.resource, load.arguments),
        ]
        if load.predicate is not None:
            conditions.append(self._predicate(load.resource, load.predicate))
        order = self._order(load.resource, load.order)
        statement = select(*(_named(name) for name in columns)).select_from(_table(load.resource))
        statement = statement.where(and_(*conditions))
        partition = self._partition(load)
        if partition is not None and load.limit_per_key is not None:
            ranked = statement.add_columns(
                func.row_number().over(partition_by=partition, order_by=order).label("jutong_rank")
            ).subquery("ranked")
            inner = [ranked.c[name] for name in columns]
            statement = (
                select(*inner)
                .where(ranked.c.jutong_rank <= bindparam("jutong_limit", load.limit_per_key))
                .order_by(ranked.c.jutong_rank)
            )
        else:
            statement = statement.order_by(*order)
        bound = load.resource.limits.max_rows * max(1, len(load.keys)) + 1
        return statement.limit(min(bound, MAX_ROWS_OF_STATEMENT)), columns

    def scan(self, scan: Scan) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for a page, with one row more than asked to see whether another follows."""
        asked = [column_of(scan.resource, item)[0] for item in scan.items]
        columns = tuple(dict.fromkeys([*asked, *scan.resource.identity]))
        statement = select(*(_named(name) for name in columns)).select_from(_table(scan.resource))
        conditions = self._arguments(scan.resource, scan.arguments)
        if scan.predicate is not None:
            conditions.append(self._predicate(scan.resource, scan.predicate))
        statement = statement.where(and_(true(), *conditions))
        statement = statement.order_by(*self._order(scan.resource, scan.order))
        return statement.limit(scan.limit + 1).offset(scan.cursor or 0), columns

    def _is_one_of(self, load: Load, position: int) -> Condition:
        by = load.key.alternatives[position]
        forms = key_forms(load.key, position, load.keys)
        if not forms:
            return false()
        if len(by.columns) == 1:
            return self._in(_named(by.columns[0]), [form[0] for form in forms])
        named = [_named(name) for name in by.columns]
        exact = tuple_(*(self._text(one, form) for one, form in zip(named, forms[0], strict=True))).in_(forms)
        # What is compared byte by byte finds no index; what the collation finds contains it.
        return and_(tuple_(*named).in_(forms), exact) if self._dialect in _MYSQL else exact

    def _in(self, left: ColumnElement[Any], values: list[Any]) -> Condition:
        if self._dialect == "postgresql" and all(isinstance(value, str) for value in values):
            array = bindparam(None, values, type_=ARRAY(String))
            return typed(Condition, left == func.any(array))
        sample = next((value for value in values if value is not None), None)
        exact = self._text(left, sample).in_(values)
        is_text = self._dialect in _MYSQL and isinstance(sample, str)
        return and_(left.in_(values), exact) if is_text else exact

    def _arguments(self, resource: Resource, arguments: Any) -> list[Condition]:
        found: list[Condition] = []
        for name, value in arguments.items():
            codec = resource.columns.get(name)
            forms = list(codec.encode(value)) if codec else [value]
            found.append(self._in(_named(name), forms) if forms else false())
        return found

    def _predicate(self, resource: Resource, predicate: Predicate) -> Condition:
        match predicate:
            case And(parts):
                return and_(true(), *(self._predicate(resource, part) for part in parts))
            case Or(parts):
                return or_(false(), *(self._predicate(resource, part) for part in parts))
            case Not(part):
                return not_(self._predicate(resource, part))
            case Compare(item, operator, operand):
                name, codec = column_of(resource, item)
                return self._compare(_named(name), codec, operator, operand)

    def _compare(self, left: ColumnElement[Any], codec: Codec, operator: str, operand: Any) -> Condition:
        if operator == "isNull":
            return left.is_(None) if operand else left.is_not(None)
        values = operand if operator == "in" else (operand,)
        forms = [form for value in values for form in codec.encode(value)]
        if operator in {"eq", "in"}:
            return self._equal(left, forms, values)
        if operator == "ne":
            return not_(self._equal(left, forms, values))
        (form,) = forms
        if form is None:
            return null()
        right = literal(form)
        if operator == "startsWith":
            head = func.substr(
                left,
                1,
                func.length(right) if self._dialect == "sqlite" else func.char_length(right),
            )
            return self._text(head, form) == right
        if operator == "contains":
            return typed(Condition, self._position(left, right, form) > 0)
        compared = self._text(left, form)
        return {
            "lt": compared < right,
            "le": compared <= right,
            "gt": compared > right,
            "ge": compared >= right,
        }[operator]

    def _equal(self, left: ColumnElement[Any], forms: list[Any], values: Any) -> Condition:
        if forms:
            return self._in(left, forms)
        # No stored form: never true, but unknown where the column is empty; `in ()` is just false.
        return left.op("<>")(left) if values else false()

    def _position(self, left: ColumnElement[Any], right: ColumnElement[Any], form: Any) -> Any:
        if self._dialect == "postgresql":
            return func.strpos(left, right)
        return func.instr(self._text(left, form), right)

    def _order(self, resource: Resource, order: Iterable[OrderTerm]) -> list[Any]:
        """The asked terms, then the identity; empty values last either way."""
        terms: list[Any] = []
        named = [(*column_of(resource, term.item), term.descending) for term in order]
        named += [(name, codec, False) for name, codec in identity_codecs(resource)]
        for name, codec, descending in named:
            left = _named(name)
            terms.append(case((left.is_(None), 1), else_=0))
            sample = "x" if _is_text(codec) else None
            sorted_ = self._text(left, sample)
            terms.append(sorted_.desc() if descending else sorted_.asc())
        return terms

    def _partition(self, load: Load) -> list[Any] | None:
        """By what rows belong to one key in SQL: one column set, one stored form for each key."""
        if len(load.key.alternatives) != 1:
            return None
        forms = [key_forms(load.key, 0, (key,)) for key in load.keys]
        if any(len(one) != 1 for one in forms) or len({one[0] for one in forms}) != len(forms):
            return None
        named = zip(load.key.alternatives[0].columns, forms[0][0] if forms else (), strict=False)
        return [self._text(_named(name), form) for name, form in named] or None

    def _text(self, left: ColumnElement[Any], sample: Any) -> ColumnElement[Any]:
        if not isinstance(sample, str) or self._dialect == "sqlite":
            return left
        if self._dialect == "postgresql":
            return collate(type_coerce(left, String), "C")
        if self._dialect in _MYSQL:
            # Bytes of UTF-8 sort by code point; collations there ignore spaces at the end.
            plain = cast(left, mysql.CHAR(charset="utf8mb4"))
            return type_coerce(cast(plain, mysql.BINARY()), String)
        return left


MAX_ROWS_OF_STATEMENT = 1_000_000
"""Rows of one statement at most, whatever the resource's bound times its keys would be."""


def _is_text(codec: Codec) -> bool:
    """Whether a column holds text: it is asked with text, and text is not read as anything else."""
    try:
        forms = codec.encode("x")
    except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError):
        return False
    read = [codec.decode(sample) for sample in ("0", "2001-01-01")]
    other = any(isinstance(value, int | float | Decimal | date) for value in read)
    return bool(forms) and isinstance(forms[0], str) and not other


def _named(name: str) -> ColumnElement[Any]:
    return column(quoted_name(name, quote=True))


def _table(resource: Resource) -> Any:
    schema, _, name = str(resource.origin).rpartition(".")
    return table(quoted_name(name, quote=True), schema=quoted_name(schema, quote=True) if schema else None)
