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
    true,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.elements import quoted_name

from connectors.columns import column_of
from connectors.requests import Load, OrderTerm, Scan
from connectors.shaping import columns_of, identity_codecs, key_forms
from connectors.sql.columns import Kinds, holds, is_text, listed
from connectors.sql.names import table_of
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Not, Or, Predicate
from schema.values import Codec

Condition = ColumnElement[Any]
MYSQL = frozenset({"mysql", "mariadb"})


class Statements:
    """Builds the statements of one dialect, for a table whose columns are of these kinds."""

    def __init__(self, dialect: str, kinds: Kinds | None = None) -> None:
        self._dialect = dialect
        self._kinds = (kinds or {}) if dialect == "postgresql" else {}
        self._charsets = (kinds or {}) if dialect in MYSQL else {}

    def load(self, load: Load) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for a load, and the columns of its rows; `row_bound` rows at most."""
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
        statement = select(*(_named(name) for name in columns)).select_from(table_of(load.resource))
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
        return statement.limit(row_bound(load)), columns

    def scan(self, scan: Scan) -> tuple[Select[Any], tuple[str, ...]]:
        """A statement for a page, with one row more than asked to see whether another follows."""
        asked = [column_of(scan.resource, item)[0] for item in scan.items]
        columns = tuple(dict.fromkeys([*asked, *keyset_of(scan)]))
        statement = select(*(_named(name) for name in columns)).select_from(table_of(scan.resource))
        statement = statement.where(self._matching(scan))
        if scan.cursor is not None:
            statement = statement.where(self._after(scan))
        statement = statement.order_by(*self._order(scan.resource, scan.order))
        return statement.limit(scan.limit + 1), columns

    def count(self, scan: Scan) -> Select[Any]:
        """A statement for how many rows there are on all pages."""
        return select(func.count()).select_from(table_of(scan.resource)).where(self._matching(scan))

    def _matching(self, scan: Scan) -> Condition:
        conditions = self._arguments(scan.resource, scan.arguments)
        if scan.predicate is not None:
            conditions.append(self._predicate(scan.resource, scan.predicate))
        return and_(true(), *conditions)

    def _after(self, scan: Scan) -> Condition:
        """Rows that the order puts after the cursor: beyond it at the first term that differs."""
        directions = [term.descending for term in scan.order] + [False] * len(scan.resource.identity)
        ways: list[Condition] = []
        equal: list[Condition] = []
        codecs = [column_of(scan.resource, term.item)[1] for term in scan.order]
        codecs += [codec for _, codec in identity_codecs(scan.resource)]
        terms = zip(keyset_of(scan), codecs, scan.cursor, directions, strict=True)
        for name, codec, raw, descending in terms:
            # What is sorted as text is compared as text, however it is stored.
            value = str(raw) if raw is not None and _is_text(codec) else raw
            left = self._text(_named(name), value)
            if value is not None:
                beyond = left < literal(value) if descending else left > literal(value)
                ways.append(and_(*equal, or_(beyond, left.is_(None))))
            equal.append(left.is_(None) if value is None else left == literal(value))
        return or_(false(), *ways)

    def _is_one_of(self, load: Load, position: int) -> Condition:
        by = load.key.alternatives[position]
        forms = key_forms(load.key, position, load.keys)
        if not forms:
            return false()
        if len(by.columns) == 1:
            values = [form[0] for form in forms]
            if self._kinds.get(by.columns[0]) == "bpchar":
                values = _unpadded(values, by.codecs[0])
            return self._in(_named(by.columns[0]), values)
        charsets = [self._charsets.get(name) for name in by.columns]
        forms = [form for form in forms if all(map(self._is_storable, form, charsets))]
        if not forms:
            return false()
        named = [_named(name) for name in by.columns]
        exact = tuple_(*(self._text(one, form) for one, form in zip(named, forms[0], strict=True))).in_(forms)
        # What is compared byte by byte finds no index; what the collation finds contains it.
        return and_(tuple_(*named).in_(forms), exact) if self._dialect in MYSQL else exact

    def _in(self, left: ColumnElement[Any], values: list[Any]) -> Condition:
        charset = self._charsets.get(str(left.key))
        values = [value for value in values if self._is_storable(value, charset)]
        if self._dialect == "postgresql" and all(isinstance(value, str) for value in values):
            return self._any(left, values)
        sample = next((value for value in values if value is not None), None)
        exact = self._text(left, sample).in_(values)
        if not isinstance(sample, str) or self._dialect == "postgresql":
            return exact
        return and_(left.in_(values), exact)

    def _any(self, left: ColumnElement[Any], values: list[str]) -> Condition:
        """PostgreSQL: one array of the column's own type, so that one statement and its index serve."""
        kind = self._kinds.get(str(left.key))
        own = None if kind is None else listed(kind, values)
        as_text = bindparam(None, values, type_=ARRAY(String))
        if own is None:
            return typed(Condition, (left if is_text(kind) else cast(left, String)) == func.any(as_text))
        found = typed(Condition, left == func.any(own))
        # 5 is 5.00 to the database, and not as text.
        return and_(found, cast(left, String) == func.any(as_text)) if kind == "numeric" else found

    def _is_storable(self, value: Any, charset: str | None) -> bool:
        """Whether a column can hold a value: none holds half a surrogate, PostgreSQL's no NUL."""
        if not isinstance(value, str):
            return True
        return holds(charset, value) and not (self._dialect == "postgresql" and "\0" in value)

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
        if isinstance(form, str) and not is_text(self._kinds.get(str(left.key))):
            left = cast(left, String)
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
        if not isinstance(sample, str):
            return left
        if self._dialect == "sqlite":
            return collate(cast(left, String), "BINARY")
        if self._dialect == "postgresql":
            stored_as_text = is_text(self._kinds.get(str(left.key)))
            return collate(type_coerce(left, String) if stored_as_text else cast(left, String), "C")
        if self._dialect in MYSQL:
            # Bytes of UTF-8 sort by code point; collations there ignore spaces at the end.
            plain = cast(left, mysql.CHAR(charset="utf8mb4"))
            return type_coerce(cast(plain, mysql.BINARY()), String)
        return left


MAX_ROWS_OF_STATEMENT = 1_000_000
"""Rows of one statement at most, whatever the resource's bound times its keys would be."""


def keyset_of(scan: Scan) -> tuple[str, ...]:
    """The columns that place a row in the order of a scan."""
    return (*(column_of(scan.resource, term.item)[0] for term in scan.order), *scan.resource.identity)


def row_bound(load: Load) -> int:
    """Rows of a load at most. Where there are as many, nobody knows whose rows are missing."""
    return min(load.resource.limits.max_rows * max(1, len(load.keys)) + 1, MAX_ROWS_OF_STATEMENT)


def _unpadded(values: list[Any], codec: Codec) -> list[Any]:
    """Forms as CHAR(n) gives them back: without spaces at the end, where these mean nothing."""
    pairs = [(value, value.rstrip(" ")) for value in values]
    return list(dict.fromkeys(plain for value, plain in pairs if codec.decode(plain) == codec.decode(value)))


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
