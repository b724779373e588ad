"""Entities: keys, departments, attached resources; the items of their registers are in `core.py`.

For `{ citizenId name transport { permits { number } } }` over a node with register 0 and permits 1:

    def made(assembler, given, at):
        results, nodes = assembler.results, assembler.nodes
        states = None
        key = given
        nodes.counted += 4
        if nodes.counted > nodes.limit:
            nodes.refuse()
        fields = {}
        fields[n0] = v if (v := given[0]).__class__ is str else n1(given)
        if …:  # register 0 answers for the key, and there is nothing to say of that
            row = entry.rows[0]
            fields[n2] = v if …
        else:
            n3(fields, assembler, key, at, states)
        fields_ = fields[n4] = {}
        result = results.get(1, NO_RESULT)
        entry = result.entries.get(key, NO_ROWS)
        if entry.__class__ is Rows:
            if states is not None or …:  # there is something to say of them
                tell(assembler, n5, n6, (result, entry), at, states)
            nodes.counted += 1 * len(entry.rows)
            if nodes.counted > nodes.limit:
                nodes.refuse()
            many = []
            for row in entry.rows:
                many.append({…})
            fields_[n7] = many
        else:
            fields_[n7] = assembler.fail(n5, entry, at, states)
        return fields

What happens to most keys is in these lines; what may happen to some is a function's work.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from connectors.requests import Key
from gateway.assemble.core import compile_core, run_of, write_core
from gateway.assemble.functions import EntityAt, States
from gateway.assemble.notes import NEWS, NO_RESULT, NO_ROWS, tell
from gateway.assemble.places import At, Place
from gateway.assemble.rowcode import write_display, write_rows
from gateway.assemble.rows import compile_cells, compile_denied
from gateway.assemble.source import Source
from gateway.assemble.states import State
from gateway.assemble.values import plain_values
from gateway.fetch.failures import Failure
from gateway.fetch.result import Rows
from gateway.plan import model
from gateway.plan import shape as shapes
from gateway.plan.binding import reaches
from schema.scalars import SCALARS
from schema.types.objects import PlannedEntity

UNKNOWN_KEY = Failure("NOT_CONNECTED", "The key at hand does not lead to this one.", rule="KEY_NOT_KNOWN")
WORDS = {
    "NO_RESULT": NO_RESULT,
    "NO_ROWS": NO_ROWS,
    "Rows": Rows,
    "PlannedEntity": PlannedEntity,
    "tell": tell,
}

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler
    from gateway.assemble.compile import Compiler


def compile_entity(compiler: "Compiler", shape: shapes.EntityShape, place: Place) -> EntityAt:
    """What makes the fields of an entity that stands at a place."""
    source = Source("assembler, given, at", **WORDS)
    return _Writer(compiler, source, shape.node).entity(shape, place)


def lookup_of(plan: model.Plan, node: int) -> int | None:
    """A fetch that knows the identities of a node's keys; `None` where none of them is an alias."""
    lookups = plan.draft.lookups.get(node, ())
    return next((one.spec for one in lookups if one.spec in plan.by_id), None)


class _Writer:
    """Writes the function of one entity. `into` is the variable of the fields that are being made."""

    def __init__(self, compiler: "Compiler", source: Source, node: int) -> None:
        self._compiler, self._source = compiler, source
        self._node = compiler.plan.draft.nodes[node]
        self._lookup = lookup_of(compiler.plan, node)

    def entity(self, shape: shapes.EntityShape, place: Place) -> EntityAt:
        """All of it. `_states` comes last, when all is said."""
        source = self._source
        leaves = [one for one in shape.fields if isinstance(one, shapes.StatesLeaf)]
        source.add(
            "results, nodes = assembler.results, assembler.nodes",
            f"states = {'[]' if leaves else 'None'}",
            "key = given",
        )
        if self._lookup is not None:
            source.add(f"identity = results.get({self._lookup}, NO_RESULT).identities.get(given)")
            with source.under("if identity is not None"):
                source.add("key = identity.current[1]")
        self._count(str(_size(shape.fields)))
        is_final = self._compiler.is_final
        source.add(
            "fields = {}" if is_final else f"fields = PlannedEntity({source.name(shape.type_name)}, {{}})"
        )
        self._fields(shape.fields, place, "fields")
        for leaf in leaves:
            rows = source.name(partial(_state_rows, leaf))
            source.add(f"fields[{source.name(leaf.key)}] = {rows}(assembler, states)")
        source.add("return fields")
        made: EntityAt = source.function()
        return made

    def _count(self, nodes: str) -> None:
        """Fields that are about to be made."""
        self._source.add(f"nodes.counted += {nodes}")
        with self._source.under("if nodes.counted > nodes.limit"):
            self._source.add("nodes.refuse()")

    def _fields(self, fields: Iterable[shapes.EntityField], place: Place, into: str) -> None:
        for run, group in groupby(fields, run_of):
            if run is not None and run.is_readable:
                core = [one for one in group if isinstance(one, shapes.CoreField)]
                write_core(self._source, self._compiler, core, place, into)
                continue
            for one in group:
                self._field(one, place.child(one.key), into)

    def _field(self, one: shapes.EntityField, place: Place, into: str) -> None:
        source = self._source
        field = f"{into}[{source.name(one.key)}]"
        match one:
            case shapes.CoreField():
                part = source.name(compile_core(self._compiler, one, place))
                source.add(f"{part}({into}, assembler, {'given' if one.is_denied else 'key'}, at, states)")
            case shapes.Attached():
                self._attached(one, place, field)
            case shapes.Namespace():
                source.add(f"{into}_ = {field} = {{}}")
                self._fields(one.fields, place, f"{into}_")
            case _:
                source.add(f"{field} = {self._value(one, place)}")

    def _value(self, one: shapes.EntityField, place: Place) -> str:
        source = self._source
        match one:
            case shapes.Typename(name=name):
                return source.name(name)
            case shapes.StatesLeaf():
                return "None"
            case shapes.PseudonymLeaf():
                return f"assembler.pseudonym({source.name(self._node.entity.name)}, key)"
            case shapes.KeyLeaf():
                return self._key(one, place)
            case shapes.Denied():
                return f"{source.name(compile_denied(one, place))}(assembler, (), at, states)"
        raise AssertionError(one)

    def _key(self, leaf: shapes.KeyLeaf, place: Place) -> str:
        """A key that was given, or the current one where that is known."""
        if leaf.is_current and self._lookup is not None:
            current = _current_key(self._compiler, self._node, leaf, place, self._lookup)
            return f"{self._source.name(current)}(assembler, given, at, states)"
        written = _key_of(self._compiler, self._node, leaf)
        made = f"{self._source.name(written)}(given)"
        plain = plain_values(leaf.of.parts[0].type, writes=self._compiler.is_final)
        if leaf.parts or plain is None or _cut_of(self._node, leaf) is not None:
            return made
        return f"{plain.written} if (v := given[0]){plain.test} else {made}"

    def _attached(self, one: shapes.Attached, place: Place, field: str) -> None:
        source, fetch = self._source, self._compiler.plan.by_id[one.fetch]
        cells = compile_cells(self._compiler, one.row, one.fetch, place.each() if one.many else place)
        where = source.name(place)
        source.add(f"result = results.get({fetch.id}, NO_RESULT)", "entry = result.entries.get(key, NO_ROWS)")
        with source.under("if entry.__class__ is Rows"):
            with source.under(f"if states is not None or {NEWS}"):
                source.add(f"tell(assembler, {where}, {source.name(fetch)}, (result, entry), at, states)")
            self._count(f"{len(cells)} * len(entry.rows)")
            if one.many:
                write_rows(source, cells, "entry.rows")
                source.add(f"{field} = many")
            else:
                with source.under("if entry.rows"):
                    source.add("row = entry.rows[0]", f"{field} = {write_display(source, cells, 'at')}")
                with source.under("else"):
                    source.add(f"{field} = None")
        with source.under("else"):
            source.add(f"{field} = assembler.fail({where}, entry, at, states)")


def _size(fields: Iterable[shapes.EntityField]) -> int:
    """Fields of an entity, its departments' included, and without those of rows."""
    return sum(1 + (_size(one.fields) if isinstance(one, shapes.Namespace) else 0) for one in fields)


def _current_key(
    compiler: "Compiler", node: model.Node, leaf: shapes.KeyLeaf, place: Place, lookup: int
) -> Callable[["Assembler", Key, At, States], Any]:
    """A key that a register of aliases leads to, from the one that was given."""

    def current(assembler: "Assembler", key: Key, at: At, states: States) -> Any:
        result = assembler.results.get(lookup, NO_RESULT)
        identity = result.identities.get(key)
        name, value = (node.key.name, key) if identity is None else identity.current
        known = node.entity.keys[name]
        if not reaches(known, leaf.of):
            return assembler.fail(place, result.untold or UNKNOWN_KEY, at, states)
        return _key_of(compiler, replace(node, key=known), leaf)(value)

    return current


def _key_of(compiler: "Compiler", node: model.Node, leaf: shapes.KeyLeaf) -> Callable[[Key], Any]:
    """A key as it leaves, from the one that a node is known by."""
    if leaf.parts:
        return _composite_key(compiler, node, leaf)
    cut, type_name = _cut_of(node, leaf), leaf.of.parts[0].type
    return lambda key: _written(compiler, key[0] if cut is None else str(key[0])[cut], type_name)


def _cut_of(node: model.Node, leaf: shapes.KeyLeaf) -> slice | None:
    """Where the key is a part of the one that the node is known by."""
    of = leaf.of
    return None if of.slice is None or of.name == node.key.name else slice(of.slice.start, of.slice.stop)


def _composite_key(compiler: "Compiler", node: model.Node, leaf: shapes.KeyLeaf) -> Callable[[Key], Any]:
    type_name = f"{node.entity.name}{leaf.of.name[:1].upper()}{leaf.of.name[1:]}"
    positions: dict[str, tuple[int, str]] = {
        part.name: (position, part.type) for position, part in enumerate(leaf.of.parts)
    }

    def part_of(key: Key, name: str) -> Any:
        if name == "__typename":
            return type_name
        position, type_of_part = positions[name]
        return _written(compiler, key[position], type_of_part)

    return lambda key: {inner: part_of(key, name) for inner, name in leaf.parts}


def _written(compiler: "Compiler", value: Any, type_name: str) -> Any:
    """A key's value as it leaves."""
    if value is None or not compiler.is_final or type_name not in SCALARS:
        return value
    return SCALARS[type_name].coerce_output_value(value)


def _state_rows(
    leaf: shapes.StatesLeaf, assembler: "Assembler", states: Iterable[State]
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
