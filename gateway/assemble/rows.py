"""Fields of rows: items, links, and what is not read."""

from typing import TYPE_CHECKING, Any

from connectors.results import Row
from gateway.assemble.functions import OfRow, OfValue, States
from gateway.assemble.places import At, Place
from gateway.assemble.rowcode import Cell, OfItem, OfLabel, OfLink, OfNothing, OfWhole
from gateway.assemble.values import UNREADABLE, plain_values, read_value
from gateway.fetch.failures import from_denial, invalid_value
from gateway.fetch.keys import LinkReader
from gateway.plan import model
from gateway.plan import shape as shapes
from schema.values import Invalid

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler
    from gateway.assemble.compile import Compiler


def compile_cells(compiler: "Compiler", shape: shapes.RowShape, fetch: int, place: Place) -> list[Cell]:
    """What makes the fields of a row that stands at a place."""
    read = compiler.plan.by_id[fetch]
    return [compile_cell(compiler, one, read, place.child(one.key)) for one in shape.fields]


def compile_cell(compiler: "Compiler", one: shapes.RowField, fetch: model.Fetch | None, place: Place) -> Cell:
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
    position, otherwise, plain = fetch.items.index(column), _leaf(compiler, one, place), None
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

    def denied(assembler: "Assembler", _row: Row, at: At, states: States) -> Any:
        return assembler.fail(place, failure, at, states, item)

    return denied


def _leaf(compiler: "Compiler", leaf: shapes.Leaf, place: Place) -> OfValue:
    read = read_value(leaf, compiler.catalogue, writes=compiler.is_final)
    failure = invalid_value(leaf.item.title, leaf.resource.code)
    name = f"{leaf.resource.code}.{leaf.item.name}"

    def value_of(assembler: "Assembler", value: Any, at: At, states: States) -> Any:
        try:
            return read(value, assembler.operands)
        except UNREADABLE:
            return assembler.fail(place, failure, at, states, name)

    return value_of


def _link(compiler: "Compiler", link: shapes.Link, fetch: model.Fetch, place: Place) -> Cell:
    reader = LinkReader(fetch, link.item.name)
    targets = {kind: compiler.entity(shape, place) for kind, shape in link.targets.items()}
    failure = invalid_value(link.item.title, link.resource.code)
    name = f"{link.resource.code}.{link.item.name}"

    def follow(assembler: "Assembler", row: Row, at: At, states: States) -> Any:
        kind, key = reader.read(row)
        if key is None:
            return None
        if isinstance(key, Invalid):
            return assembler.fail(place, failure, at, states, name)
        return targets[kind](assembler, key, at)

    if reader.whole_key is None:
        return OfWhole(link.key, follow)
    return OfLink(link.key, reader.whole_key, targets[""], follow)
