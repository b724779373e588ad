"""Entities: departments and attached resources; their keys are in `keys.py`, items of registers in `core.py`.

For `{ citizenId name transport { permits { number } } }` over a node with register 0 and permits 1:

    def made(assembly, given, at):
        results, nodes = assembly.results, assembly.nodes
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
            n3(fields, assembly, key, at, states)
        fields_ = fields[n4] = {}
        result = results.get(1, NO_RESULT)
        entry = result.entries.get(key, NO_ROWS)
        if entry.__class__ is Rows:
            if states is not None or …:  # there is something to say of them
                tell(assembly, n5, n6, (result, entry), at, states)
            nodes.counted += 1 * len(entry.rows)
            if nodes.counted > nodes.limit:
                nodes.refuse()
            many = []
            for row in entry.rows:
                many.append({…})
            fields_[n7] = many
        else:
            fields_[n7] = assembly.fail(n5, entry, at, states)
        return fields

What happens to most keys is in these lines; what may happen to some is a function's work.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.core import compile_core, run_of, write_core
from gateway.assemble.functions import EntityAt
from gateway.assemble.keys import write_key
from gateway.assemble.lines import Lines
from gateway.assemble.notes import NEWS, NO_RESULT, NO_ROWS, tell
from gateway.assemble.places import Place
from gateway.assemble.rowcode import write_display, write_rows
from gateway.assemble.rows import compile_cells, compile_denied
from gateway.assemble.states import State
from gateway.fetch.result import Rows
from gateway.plan import shape as shapes
from schema.scalars import SCALARS
from schema.types.splice import PlannedEntity

WORDS = {
    "NO_RESULT": NO_RESULT,
    "NO_ROWS": NO_ROWS,
    "Rows": Rows,
    "PlannedEntity": PlannedEntity,
    "tell": tell,
}


def compile_entity(compiler: Compiler, shape: shapes.EntityShape, place: Place) -> EntityAt:
    """What makes the fields of an entity that stands at a place."""
    lines = Lines("assembly, given, at", **WORDS)
    return _Writer(compiler, lines, shape.node).entity(shape, place)


class _Writer:
    """Writes the function of one entity. `into` is the variable of the fields that are being made."""

    def __init__(self, compiler: Compiler, lines: Lines, node: int) -> None:
        self._compiler, self._lines = compiler, lines
        self._node = compiler.plan.draft.nodes[node]
        self._identity_fetch = compiler.identity_fetch(node)

    def entity(self, shape: shapes.EntityShape, place: Place) -> EntityAt:
        """All of it. `_states` comes last, when all is said."""
        lines = self._lines
        leaves = [one for one in shape.fields if isinstance(one, shapes.StatesLeaf)]
        lines.add(
            "results, nodes = assembly.results, assembly.nodes",
            f"states = {'[]' if leaves else 'None'}",
            "key = given",
        )
        if self._identity_fetch is not None:
            lines.add(f"identity = results.get({self._identity_fetch}, NO_RESULT).identities.get(given)")
            with lines.block("if identity is not None"):
                lines.add("key = identity.current[1]")
        self._count(str(_size(shape.fields)))
        is_final = self._compiler.is_final
        lines.add(
            "fields = {}" if is_final else f"fields = PlannedEntity({lines.bind(shape.type_name)}, {{}})"
        )
        self._fields(shape.fields, place, "fields")
        for leaf in leaves:
            rows = lines.bind(partial(_state_rows, leaf))
            lines.add(f"fields[{lines.bind(leaf.key)}] = {rows}(assembly, states)")
        lines.add("return fields")
        made: EntityAt = lines.function()
        return made

    def _count(self, nodes: str) -> None:
        """Fields that are about to be made."""
        self._lines.add(f"nodes.counted += {nodes}")
        with self._lines.block("if nodes.counted > nodes.limit"):
            self._lines.add("nodes.refuse()")

    def _fields(self, fields: Iterable[shapes.EntityField], place: Place, into: str) -> None:
        for run, group in groupby(fields, run_of):
            if run is not None and run.is_readable:
                core = [one for one in group if isinstance(one, shapes.CoreField)]
                write_core(self._lines, self._compiler, core, place, into)
                continue
            for one in group:
                self._field(one, place.child(one.key), into)

    def _field(self, one: shapes.EntityField, place: Place, into: str) -> None:
        lines = self._lines
        field = f"{into}[{lines.bind(one.key)}]"
        match one:
            case shapes.CoreField():
                part = lines.bind(compile_core(self._compiler, one, place))
                lines.add(f"{part}({into}, assembly, {'given' if one.is_denied else 'key'}, at, states)")
            case shapes.Attached():
                self._attached(one, place, field)
            case shapes.Namespace():
                lines.add(f"{into}_ = {field} = {{}}")
                self._fields(one.fields, place, f"{into}_")
            case _:
                lines.add(f"{field} = {self._value(one, place)}")

    def _value(self, one: shapes.EntityField, place: Place) -> str:
        lines = self._lines
        match one:
            case shapes.Typename(name=name):
                return lines.bind(name)
            case shapes.StatesLeaf():
                return "None"
            case shapes.PseudonymLeaf():
                key = "key" if one.is_current else "given"
                return f"assembly.pseudonym({lines.bind(self._node.entity.name)}, {key})"
            case shapes.KeyLeaf():
                return write_key(lines, self._compiler, self._node, one, place)
            case shapes.Denied():
                return f"{lines.bind(compile_denied(one, place))}(assembly, (), at, states)"
        raise AssertionError(one)

    def _attached(self, one: shapes.Attached, place: Place, field: str) -> None:
        lines, fetch = self._lines, self._compiler.plan.by_id[one.fetch]
        cells = compile_cells(self._compiler, one.row, one.fetch, place.each() if one.many else place)
        where = lines.bind(place)
        lines.add(f"result = results.get({fetch.id}, NO_RESULT)", "entry = result.entries.get(key, NO_ROWS)")
        with lines.block("if entry.__class__ is Rows"):
            with lines.block(f"if states is not None or {NEWS}"):
                lines.add(f"tell(assembly, {where}, {lines.bind(fetch)}, (result, entry), at, states)")
            self._count(f"{len(cells)} * len(entry.rows)")
            if one.many:
                write_rows(lines, cells, "entry.rows")
                lines.add(f"{field} = many")
            else:
                with lines.block("if entry.rows"):
                    lines.add("row = entry.rows[0]", f"{field} = {write_display(lines, cells, 'at')}")
                with lines.block("else"):
                    lines.add(f"{field} = None")
        with lines.block("else"):
            lines.add(f"{field} = assembly.fail({where}, entry, at, states)")


def _size(fields: Iterable[shapes.EntityField]) -> int:
    """Fields of an entity, its departments' included, and without those of rows."""
    return sum(1 + (_size(one.fields) if isinstance(one, shapes.Namespace) else 0) for one in fields)


def _state_rows(leaf: shapes.StatesLeaf, assembly: Assembly, states: Iterable[State]) -> list[dict[str, Any]]:
    rows = []
    for state in dict.fromkeys(states):
        assembly.nodes.count(len(leaf.columns))
        row = {key: state.column(name, assembly.now) for key, name in leaf.columns}
        if assembly.is_final:
            row = {key: _plain(value) for key, value in row.items()}
        rows.append(row)
    return rows


def _plain(value: Any) -> Any:
    return SCALARS["DateTime"].coerce_output_value(value) if isinstance(value, datetime) else value
