"""Fields of rows: items, links, and what is not read."""

from typing import Any

from connectors.results import Row
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.functions import OfRow, OfValue
from gateway.assemble.places import At, Place
from gateway.assemble.rowcode import Cell, OfItem, OfLabel, OfLink, OfNothing, OfWhole
from gateway.assemble.states import States, of_failure
from gateway.assemble.values import UNREADABLE, ReadValue, plain_values, read_value
from gateway.fetch.failures import from_denial, invalid_value
from gateway.fetch.keys import LinkReader
from gateway.plan import model
from gateway.plan import shape as shapes
from schema.values import Invalid


def compile_cells(compiler: Compiler, shape: shapes.RowShape, fetch: int, place: Place) -> list[Cell]:
    """What makes the fields of a row that stands at a place."""
    read = compiler.plan.by_id[fetch]
    return [compile_cell(compiler, one, read, place.child(one.key)) for one in shape.fields]


def compile_cell(compiler: Compiler, one: shapes.RowField, fetch: model.Fetch | None, place: Place) -> Cell:
    """What makes one field of a fetch's rows; there is no fetch where it may not be read."""
    match one:
        case shapes.Typename(name=name):
            return OfNothing(one.key, name)
        case shapes.Denied():
            return OfWhole(one.key, compile_denied(one, place))
    assert fetch is not None
    if isinstance(one, shapes.Link):
        return _link(compiler, one, fetch, place)
    column = one.item.derivation.item if one.item.derivation else one.item.name
    position, plain = fetch.items.index(column), None
    otherwise: OfValue = _ConvertedLeaf(compiler, one, place)
    if one.masked is not None:
        return OfItem(one.key, position, None, _masked(otherwise, one, one.masked, place))
    if one.item.derivation is None:
        if one.aspect == "label" and one.item.codes is not None:
            return OfLabel(one.key, position, compiler.catalogue.code_lists[one.item.codes].labels, otherwise)
        if one.aspect == "value":
            plain = plain_values(one.item.type, writes=compiler.is_final)
    return OfItem(one.key, position, plain, otherwise)


def compile_denied(one: shapes.Denied, place: Place) -> OfRow:
    """What stands for a field that is not read."""
    failure = from_denial(one.denial)
    item = one.items[0] if len(one.items) == 1 else None

    def denied(assembly: Assembly, _row: Row, at: At, states: States) -> Any:
        return assembly.fail(place, failure, at, states, item)

    return denied


class _ConvertedLeaf:
    """Makes the values of a leaf that do not leave as they came; with the first, what reads them."""

    __slots__ = ("_catalogue", "_leaf", "_place", "_read", "_unreadable", "_writes")

    def __init__(self, compiler: Compiler, leaf: shapes.Leaf, place: Place) -> None:
        self._catalogue, self._writes = compiler.catalogue, compiler.is_final
        self._leaf, self._place = leaf, place
        self._read: ReadValue | None = None
        self._unreadable: _Unreadable | None = None

    def __call__(self, assembly: Assembly, value: Any, at: At, states: States) -> Any:
        if value.__class__ is Invalid:
            return self._fail(assembly, at, states)
        if self._read is None:
            self._read = read_value(self._leaf, self._catalogue, writes=self._writes)
        try:
            return self._read(value, assembly.operands)
        except UNREADABLE:
            return self._fail(assembly, at, states)

    def _fail(self, assembly: Assembly, at: At, states: States) -> Any:
        if self._unreadable is None:
            self._unreadable = _Unreadable(self._leaf, self._place)
        return self._unreadable(assembly, at, states)


def _masked(read: OfValue, leaf: shapes.Leaf, why: shapes.Denial, place: Place) -> OfValue:
    """A mask, and the note that it is all the caller is shown of a value that is there."""
    state = of_failure(place.name, from_denial(why), f"{leaf.resource.code}.{leaf.item.name}")

    def masked(assembly: Assembly, value: Any, at: At, states: States) -> Any:
        made = read(assembly, value, at, states)
        if made.__class__ is str:
            assembly.note(place, state, at, states)
        return made

    return masked


def _link(compiler: Compiler, link: shapes.Link, fetch: model.Fetch, place: Place) -> Cell:
    reader = LinkReader(fetch, link.item.name)
    targets = {kind: compiler.entity(shape, place) for kind, shape in link.targets.items()}
    unreadable = _Unreadable(link, place)

    def follow(assembly: Assembly, row: Row, at: At, states: States) -> Any:
        kind, key = reader.read(row)
        if key is None:
            return None
        if isinstance(key, Invalid):
            return unreadable(assembly, at, states)
        return targets[kind](assembly, key, at)

    if reader.whole_key is None:
        return OfWhole(link.key, follow)
    return OfLink(link.key, reader.whole_key, targets[""], follow)


class _Unreadable:
    """What stands for the values of a field that are not what its item promises."""

    __slots__ = ("_failure", "_item", "_place")

    def __init__(self, one: shapes.Leaf | shapes.Link, place: Place) -> None:
        self._failure = invalid_value(one.item.title, one.resource.code)
        self._item = f"{one.resource.code}.{one.item.name}"
        self._place = place

    def __call__(self, assembly: Assembly, at: At, states: States) -> Any:
        return assembly.fail(self._place, self._failure, at, states, self._item)
