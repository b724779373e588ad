"""Entities: keys, departments, attached resources; the items of their registers are in `core.py`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from connectors.requests import Key
from connectors.results import Row
from gateway.assemble.core import compile_core, registers_of
from gateway.assemble.functions import EntityAt, Fields, OfRow, Part, States
from gateway.assemble.notes import NO_RESULT, NO_ROWS, has_news, tell
from gateway.assemble.places import At, Place
from gateway.assemble.rowcode import make_many, make_one
from gateway.assemble.rows import compile_cells, compile_denied
from gateway.assemble.states import State
from gateway.fetch.failures import Failure
from gateway.plan import model
from gateway.plan import shape as shapes
from gateway.plan.binding import reaches
from schema.scalars import SCALARS
from schema.types.objects import PlannedEntity

UNKNOWN_KEY = Failure("NOT_CONNECTED", "The key at hand does not lead to this one.", rule="KEY_NOT_KNOWN")

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler
    from gateway.assemble.compile import Compiler


def compile_entity(compiler: "Compiler", shape: shapes.EntityShape, place: Place) -> EntityAt:
    """What makes the fields of an entity that stands at a place."""
    node = compiler.plan.draft.nodes[shape.node]
    lookup = lookup_of(compiler.plan, shape.node)
    if lookup is not None:
        return _make_identified(compiler, shape, _identified_parts(compiler, shape, place), lookup)
    parts = tuple(_parts(compiler, node, shape.fields, place))
    begin, end = _ends(compiler, shape)

    def make(assembler: "Assembler", key: Key, at: At) -> Fields:
        fields, states = begin(assembler)
        for part in parts:
            part(fields, assembler, key, at, states)
        return end(assembler, fields, states)

    return make


def _ends(
    compiler: "Compiler", shape: shapes.EntityShape
) -> tuple[Callable[["Assembler"], tuple[Fields, States]], Callable[["Assembler", Fields, States], Fields]]:
    """What begins an entity's fields, and what ends them: `_states` comes last, when all is said."""
    leaves = [one for one in shape.fields if isinstance(one, shapes.StatesLeaf)]
    size, type_name, is_final = _size(shape.fields), shape.type_name, compiler.is_final

    def begin(assembler: "Assembler") -> tuple[Fields, States]:
        assembler.nodes.count(size)
        return ({} if is_final else PlannedEntity(type_name, {})), ([] if leaves else None)

    def end(assembler: "Assembler", fields: Fields, states: States) -> Fields:
        for leaf in leaves:
            fields[leaf.key] = _state_rows(assembler, leaf, states or ())
        return fields

    return begin, end


def lookup_of(plan: model.Plan, node: int) -> int | None:
    """A fetch that knows the identities of a node's keys; `None` where none of them is an alias."""
    lookups = plan.draft.lookups.get(node, ())
    return next((one.spec for one in lookups if one.spec in plan.by_id), None)


def _make_identified(
    compiler: "Compiler", shape: shapes.EntityShape, parts: tuple[tuple[Part, bool], ...], lookup: int
) -> EntityAt:
    """The same where keys may be aliases: all but the keys themselves is that of the current key."""
    begin, end = _ends(compiler, shape)

    def make(assembler: "Assembler", key: Key, at: At) -> Fields:
        identity = assembler.results.get(lookup, NO_RESULT).identities.get(key)
        current = key if identity is None else identity.current[1]
        fields, states = begin(assembler)
        for part, is_given in parts:
            part(fields, assembler, key if is_given else current, at, states)
        return end(assembler, fields, states)

    return make


def _identified_parts(
    compiler: "Compiler", shape: shapes.EntityShape, place: Place
) -> tuple[tuple[Part, bool], ...]:
    """The parts in the order of the document, and whether each starts from the key that was given."""
    node = compiler.plan.draft.nodes[shape.node]
    return tuple(
        (part, is_given)
        for is_given, run in groupby(shape.fields, _is_of_the_key_given)
        for part in _parts(compiler, node, tuple(run), place)
    )


def _is_of_the_key_given(one: shapes.EntityField) -> bool:
    """Keys, and denials: these tell nothing of what a register of aliases knows."""
    return isinstance(one, shapes.KeyLeaf) or (isinstance(one, shapes.CoreField) and one.is_denied)


def _current_key(
    compiler: "Compiler", node: model.Node, leaf: shapes.KeyLeaf, place: Place, lookup: int
) -> Part:
    def put(fields: Fields, assembler: "Assembler", key: Key, at: At, states: States) -> None:
        identity = assembler.results.get(lookup, NO_RESULT).identities.get(key)
        name, value = (node.key.name, key) if identity is None else identity.current
        known = node.entity.keys[name]
        if not reaches(known, leaf.of):
            fields[leaf.key] = assembler.fail(place, UNKNOWN_KEY, at, states)
            return
        _key(compiler, replace(node, key=known), leaf)(fields, assembler, value, at, states)

    return put


def _size(fields: Iterable[shapes.EntityField]) -> int:
    """Fields of an entity, its departments' included, and without those of rows."""
    return sum(1 + (_size(one.fields) if isinstance(one, shapes.Namespace) else 0) for one in fields)


def _parts(
    compiler: "Compiler", node: model.Node, fields: tuple[shapes.EntityField, ...], place: Place
) -> Iterator[Part]:
    """Neighbours that the same registers answer are put in together."""
    for registers, group in groupby(fields, registers_of):
        if registers is not None:
            core = [one for one in group if isinstance(one, shapes.CoreField)]
            yield from compile_core(compiler, core, place)
        else:
            yield from (_part(compiler, node, one, place.child(one.key)) for one in group)


def _part(compiler: "Compiler", node: model.Node, one: shapes.EntityField, place: Place) -> Part:
    match one:
        case shapes.Typename(name=name):
            return _constant(one.key, name)
        case shapes.StatesLeaf():
            return _constant(one.key, None)
        case shapes.PseudonymLeaf():
            return _pseudonym(one.key, node.entity.name)
        case shapes.KeyLeaf():
            lookup = lookup_of(compiler.plan, node.id) if one.is_current else None
            if lookup is not None:
                return _current_key(compiler, node, one, place, lookup)
            return _key(compiler, node, one)
        case shapes.Namespace():
            return _namespace(one.key, tuple(_parts(compiler, node, one.fields, place)))
        case shapes.Attached():
            return _attached(compiler, one, place)
        case shapes.Denied():
            return _denied(one, place)
    raise AssertionError(one)


def _constant(name: str, value: Any) -> Part:
    def put(fields: Fields, _assembler: "Assembler", _key: Key, _at: At, _states: States) -> None:
        fields[name] = value

    return put


def _pseudonym(name: str, entity: str) -> Part:
    def put(fields: Fields, assembler: "Assembler", key: Key, _at: At, _states: States) -> None:
        fields[name] = assembler.pseudonym(entity, key)

    return put


def _key(compiler: "Compiler", node: model.Node, leaf: shapes.KeyLeaf) -> Part:
    if leaf.parts:
        return _composite_key(compiler, node, leaf)
    of, name = leaf.of, leaf.key
    cut = None
    if of.slice is not None and of.name != node.key.name:
        cut = slice(of.slice.start, of.slice.stop)
    type_name = of.parts[0].type

    def put(fields: Fields, _assembler: "Assembler", key: Key, _at: At, _states: States) -> None:
        value = key[0] if cut is None else str(key[0])[cut]
        fields[name] = _written(compiler, value, type_name)

    return put


def _composite_key(compiler: "Compiler", node: model.Node, leaf: shapes.KeyLeaf) -> Part:
    type_name = f"{node.entity.name}{leaf.of.name[:1].upper()}{leaf.of.name[1:]}"
    positions: dict[str, tuple[int, str]] = {
        part.name: (position, part.type) for position, part in enumerate(leaf.of.parts)
    }

    def part_of(key: Key, name: str) -> Any:
        if name == "__typename":
            return type_name
        position, type_of_part = positions[name]
        return _written(compiler, key[position], type_of_part)

    def put(fields: Fields, _assembler: "Assembler", key: Key, _at: At, _states: States) -> None:
        fields[leaf.key] = {inner: part_of(key, name) for inner, name in leaf.parts}

    return put


def _written(compiler: "Compiler", value: Any, type_name: str) -> Any:
    """A key's value as it leaves."""
    if value is None or not compiler.is_final or type_name not in SCALARS:
        return value
    return SCALARS[type_name].coerce_output_value(value)


def _namespace(name: str, parts: tuple[Part, ...]) -> Part:
    def put(fields: Fields, assembler: "Assembler", key: Key, at: At, states: States) -> None:
        inner: Fields = {}
        fields[name] = inner
        for part in parts:
            part(inner, assembler, key, at, states)

    return put


def _denied(one: shapes.Denied, place: Place) -> Part:
    name, denied = one.key, compile_denied(one, place)

    def put(fields: Fields, assembler: "Assembler", _key: Key, at: At, states: States) -> None:
        fields[name] = denied(assembler, (), at, states)

    return put


def _attached(compiler: "Compiler", one: shapes.Attached, place: Place) -> Part:
    name, many, fetch = one.key, one.many, compiler.plan.by_id[one.fetch]
    id_ = fetch.id
    cells = compile_cells(compiler, one.row, one.fetch, place.each() if many else place)
    size, make_rows = len(cells), make_many(cells) if many else _first(make_one(cells))

    def put(fields: Fields, assembler: "Assembler", key: Key, at: At, states: States) -> None:
        result = assembler.results.get(id_, NO_RESULT)
        entry = result.entries.get(key, NO_ROWS)
        if isinstance(entry, Failure):
            fields[name] = assembler.fail(place, entry, at, states)
            return
        if states is not None or has_news(result, entry):
            tell(assembler, place, fetch, (result, entry), at, states)
        assembler.nodes.count(len(entry.rows) * size)
        fields[name] = make_rows(assembler, entry.rows, at, states)

    return put


def _first(make: OfRow) -> Callable[["Assembler", Sequence[Row], At, States], Any]:
    """Of a resource that has one record at most."""
    return lambda assembler, rows, at, states: make(assembler, rows[0], at, states) if rows else None


def _state_rows(
    assembler: "Assembler", leaf: shapes.StatesLeaf, states: Iterable[State]
) -> list[dict[str, Any]]:
    rows = []
    for state in dict.fromkeys(states):
        assembler.nodes.count(len(leaf.columns))
        row = {key: state.column(name, assembler.now) for key, name in leaf.columns}
        if assembler.is_final:
            row = {key: _plain(value) for key, value in row.items()}
        rows.append(row)
    return rows


def _plain(value: Any) -> Any:
    return SCALARS["DateTime"].coerce_output_value(value) if isinstance(value, datetime) else value
