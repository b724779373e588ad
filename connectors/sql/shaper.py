"""Requests -> what their statement looks like, and apart from it the values that go into it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from connectors.columns import column_of, columns_needed
from connectors.forms import Form, Forms
from connectors.identity import identity_codecs
from connectors.per_shape import PerShape
from connectors.requests import Load, Scan
from connectors.shaping import Shaping
from connectors.sql.columns import Kinds
from connectors.sql.conditions import (
    NEVER,
    UNKNOWN,
    AllOf,
    AnyOf,
    Condition,
    Held,
    Known,
    Missing,
    Negated,
    Readable,
    Unequal,
)
from connectors.sql.lists import Asking, Lists, Values
from connectors.sql.shapes import (
    BOUND,
    LIMIT,
    CountShape,
    LoadShape,
    ScanShape,
    Table,
    cursor_slot,
    text_label,
)
from connectors.sql.sorts import Sort, held_sort, is_text_codec, sort_of, sort_of_codec
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Located, Not, Or, Predicate
from schema.values import Codec, DeclaredCodec, Invalid

MAX_ROWS_OF_STATEMENT = 1_000_000
"""Rows of one statement at most, whatever the resource's bound times its keys would be."""
MAX_TABLES = 64
"""Versions of one table's declaration that are told apart; reloads make few."""


@dataclass(frozen=True, slots=True)
class Loading:
    """What loads of one resource by one binding for the same items share."""

    table: Table
    by: tuple[tuple[str, ...], ...]
    """The columns of each alternative."""
    askings: tuple[Asking, ...]
    forms: tuple[Forms, ...]
    """Of keys, for each alternative."""
    has_one_way: bool
    """Whether there is one alternative."""
    is_identity: bool
    """Whether the columns of the key hold the identity."""
    shaping: Shaping


class Shaper:
    """Takes the requests for one table apart; its lists know how the table is stored."""

    def __init__(self, kinds: Kinds, lists: Lists) -> None:
        self.kinds = kinds
        self.lists = lists
        self._tables: dict[tuple[str, str], Table] = {}
        self._loadings = PerShape(self._prepare)

    def loading(self, load: Load) -> Loading:
        """What the load shares with others."""
        return self._loadings.of(load)

    def load(self, load: Load, loading: Loading) -> tuple[LoadShape, Values]:
        """For a load of at least one key; `row_bound` rows at most."""
        values: Values = {BOUND: row_bound(load)}
        ways, ranks_by, is_single = self._ways(load, loading, values)
        filters: tuple[Condition, ...] = ()
        if load.arguments or load.predicate is not None:
            filters = self._filters(load.resource, load.arguments, load.predicate, values)
        order = () if is_single else load.order
        return LoadShape(
            loading.table, load.items, loading.by, ways, filters, order, ranks_by, is_single
        ), values

    def scan(self, scan: Scan) -> tuple[ScanShape, Values]:
        """For a page, with one row more than asked to see whether another follows."""
        values: Values = {BOUND: scan.limit + 1}
        where = AllOf(self._filters(scan.resource, scan.arguments, scan.predicate, values))
        after: list[Sort | None] = []
        if scan.cursor is not None:
            for place, (column, codec, raw) in enumerate(_placed(scan)):
                is_text = is_text_codec(codec)
                value = self._compared(column, codec, raw, is_text=is_text)
                after.append(self._sort_after(column, value, is_text=is_text))
                values[cursor_slot(place)] = value
        return ScanShape(self.table(scan.resource), scan.items, where, scan.order, tuple(after)), values

    def _compared(self, column: str, codec: Codec, raw: Any, *, is_text: bool) -> Any:
        """A cursor's value as the database sorts it: as text, or as what a text says."""
        if raw is None:
            return None
        if is_text:
            return raw if isinstance(raw, bytes) else str(raw)
        if self.kinds.selects_places:
            return raw
        if column not in self.kinds.text and (type(raw) is not str or sort_of_codec(codec) is object):
            return raw
        value = codec.decode(raw)
        return None if value is None or isinstance(value, Invalid) else codec.encode(value)[0]

    def _sort_after(self, column: str, value: Any, *, is_text: bool) -> Sort | None:
        """The sort of a cursor's value; that of its column where Python has no such day (`moments.py`)."""
        if value is None:
            return None
        sort = sort_of((value,))
        return sort if is_text or sort is not str else self.kinds.moments.get(column, sort)

    def count(self, scan: Scan) -> tuple[CountShape, Values]:
        """For how many rows there are on all pages."""
        values: Values = {}
        where = AllOf(self._filters(scan.resource, scan.arguments, scan.predicate, values))
        return CountShape(self.table(scan.resource), where), values

    def _prepare(self, load: Load) -> Loading:
        resource, binding = load.resource, load.key
        table = self.table(resource)
        has_one_way = len(binding.alternatives) == 1
        return Loading(
            table=table,
            by=binding.columns,
            askings=tuple(
                Asking(f"k{position}", by.columns, by.codecs, alone=True)
                for position, by in enumerate(binding.alternatives)
            ),
            forms=tuple(Forms(binding, position) for position in range(len(binding.alternatives))),
            has_one_way=has_one_way,
            is_identity=has_one_way and set(resource.identity).issubset(binding.columns[0]),
            shaping=Shaping(
                table.shown, binding, load.items, columns_needed(table.shown, binding, load.items)
            ),
        )

    def table(self, resource: Resource) -> Table:
        """The same after a reload, for a resource that is declared as it was."""
        version = (resource.code, resource.version)
        known = self._tables.get(version)
        if known is None:
            if len(self._tables) >= MAX_TABLES:
                self._tables.clear()
            known = self._tables[version] = _table_of(resource, self.kinds)
        return known

    def _ways(
        self, load: Load, loading: Loading, values: Values
    ) -> tuple[tuple[Condition, ...], tuple[Sort, ...], bool]:
        """The alternatives of the key, the sorts by which its rows are ranked, and whether it names one."""
        ways: list[Condition] = []
        ranks_by: tuple[Sort, ...] = ()
        is_single = False
        for asking, forms_of in zip(loading.askings, loading.forms, strict=True):
            forms, are_apart = forms_of.of_each(load.keys)
            ways.append(self.lists.ask(asking, forms, values))
            if are_apart and loading.has_one_way:
                is_single = loading.is_identity
                if load.limit_per_key is not None and not is_single:
                    ranks_by = _limit(load.limit_per_key, forms, values)
        return tuple(ways), ranks_by, is_single

    def _filters(
        self,
        resource: Resource,
        arguments: Mapping[str, Any],
        predicate: Predicate | None,
        values: Values,
    ) -> tuple[Condition, ...]:
        found: list[Condition] = []
        for place, (name, value) in enumerate(arguments.items()):
            codec = resource.columns.get(name)
            forms = [(form,) for form in (codec.encode(value) if codec else (value,))]
            found.append(self.lists.ask(Asking(f"a{place}", (name,), (codec,)), forms, values))
        if predicate is not None:
            found.append(_Filter(self, resource, values).shape_of(predicate))
        return tuple(found)

    def compare(self, slot: str, resource: Resource, compare: Compare, values: Values) -> Condition:
        """One comparison of a predicate."""
        column, codec = column_of(resource, compare.item)
        operator, operand = compare.operator, compare.operand
        if operator == "isNull":
            missing = Missing(column, sort_of_codec(codec))
            return missing if operand else Negated(missing)
        if operator in {"eq", "in", "ne"}:
            operands = operand if operator == "in" else (operand,)
            forms = [(form,) for value in operands for form in codec.encode(value)]
            asking = Asking(slot, (column,), (codec,), alone=operator != "in")
            equal = self.lists.ask(asking, forms, values)
            if equal is NEVER and operands:
                equal = Unequal(column)
            equal = self._where_readable(column, codec, equal)
            return Negated(equal) if operator == "ne" else equal
        (form,) = codec.encode(operand)
        if form is None:
            return UNKNOWN
        sort = sort_of((form,))
        sort = held_sort(codec, sort) if column in self.kinds.text else sort
        held = self.lists.hold(Held(slot, column, operator, sort), form, values)
        return self._where_readable(column, codec, held)

    def _where_readable(self, column: str, codec: Codec, condition: Condition) -> Condition:
        """The condition, unknown where the column holds what its item cannot be."""
        sorts = self.kinds.wider.get(column)
        if sorts is None or isinstance(condition, Known):
            return condition
        if not isinstance(codec, DeclaredCodec) or codec.written not in sorts:
            return condition
        return Readable(condition, column, codec.written)


class _Filter:
    """Walks one predicate; the slots are numbered from left to right."""

    def __init__(self, shaper: Shaper, resource: Resource, values: Values) -> None:
        self._shaper, self._resource, self._values = shaper, resource, values
        self._numbers = count()

    def shape_of(self, predicate: Predicate) -> Condition:
        match predicate:
            case And(parts):
                return AllOf(tuple(map(self.shape_of, parts)))
            case Or(parts):
                return AnyOf(tuple(map(self.shape_of, parts)))
            case Not(part):
                return Negated(self.shape_of(part))
            case Compare():
                slot = f"p{next(self._numbers)}"
                return self._shaper.compare(slot, self._resource, predicate, self._values)
            case Located():
                raise AssertionError("a bound predicate holds comparisons alone")


def row_bound(load: Load) -> int:
    """Rows of a load at most. Where there are as many, nobody knows whose rows are missing."""
    return min(load.resource.limits.max_rows * max(1, len(load.keys)) + 1, MAX_ROWS_OF_STATEMENT)


def _limit(limit: int, forms: Sequence[Form], values: Values) -> tuple[Sort, ...]:
    """Limit the rows of each key, and give the sorts by which they are ranked; of one key nothing is ranked,
    since the first rows of all are its first."""
    if len(forms) == 1:
        values[BOUND] = min(values[BOUND], limit)
        return ()
    values[LIMIT] = limit
    return tuple(sort_of((value,)) for value in forms[0])


def _placed(scan: Scan) -> Iterator[tuple[str, Codec, Any]]:
    """Column, codec and stored value of each of the cursor's places."""
    terms = [column_of(scan.resource, term.item) for term in scan.order] + identity_codecs(scan.resource)
    for (column, codec), raw in zip(terms, scan.cursor, strict=True):
        yield column, codec, raw


def _table_of(resource: Resource, kinds: Kinds) -> Table:
    as_text = frozenset(_only_texts(resource, kinds.dressed))
    beside = {
        name: item.column
        for name, item in resource.items.items()
        if item.column in kinds.dressed and item.column not in as_text and is_text_codec(item.codec)
    }
    if not beside:
        return Table(resource, kinds, as_text, {}, resource)
    labels = {column: text_label(place) for place, column in enumerate(dict.fromkeys(beside.values()))}
    moved = {name: replace(resource.items[name], column=labels[column]) for name, column in beside.items()}
    texts = {label: column for column, label in labels.items()}
    return Table(resource, kinds, as_text, texts, replace(resource, items={**resource.items, **moved}))


def _only_texts(resource: Resource, columns: Iterable[str]) -> Iterator[str]:
    """The columns in which nothing but text is read."""
    codecs = [(item.column, item.codec) for item in resource.items.values()] + [*resource.columns.items()]
    others = {column for column, codec in codecs if not is_text_codec(codec)}
    return (column for column in columns if column not in others)
