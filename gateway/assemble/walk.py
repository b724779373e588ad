"""One entity's fields, and the states that they leave behind."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.requests import Key
from connectors.results import Row
from gateway.assemble import states
from gateway.assemble.states import ResponsePath, State
from gateway.fetch.failures import Failure, from_denial, invalid_value
from gateway.fetch.result import Result, Rows
from gateway.plan import model
from gateway.plan import shape as shapes
from schema.catalogue.model import Key as EntityKey
from schema.scalars import SCALARS
from schema.values import Invalid

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler

NO_RESULT = Result()


class EntityWalk:
    """The fields of one entity at one path, and the states they leave."""

    def __init__(self, assembler: "Assembler", node: model.Node, key: Key, path: ResponsePath) -> None:
        self._assembler = assembler
        self._node = node
        self._key = key
        self._path = path
        self._states: list[State] = []

    def fields(
        self, fields: Iterable[shapes.EntityField], path: ResponsePath, below: tuple[str, ...]
    ) -> dict[str, Any]:
        out: dict[str, Any] = {}
        waiting: list[shapes.StatesLeaf] = []
        for one in fields:
            self._assembler.nodes.count(1)
            if isinstance(one, shapes.StatesLeaf):
                waiting.append(one)
                out[one.key] = None
            else:
                out[one.key] = self._field(one, (*path, one.key), (*below, one.key))
        for leaf in waiting:
            out[leaf.key] = self._state_rows(leaf)
        return out

    def _field(self, one: shapes.EntityField, path: ResponsePath, below: tuple[str, ...]) -> Any:
        match one:
            case shapes.Typename(name=name):
                return name
            case shapes.PseudonymLeaf():
                return self._assembler.pseudonym(self._node.entity.name, self._key)
            case shapes.KeyLeaf(of=of, parts=parts):
                return self._key_value(of, parts)
            case shapes.Namespace(fields=fields):
                return self.fields(fields, path, below)
            case shapes.CoreField(choices=choices):
                return self._core(choices, path, below)
            case shapes.Attached():
                return self._attached(one, path, below)
            case shapes.Denied(denial=denial, items=items):
                return self.failed(from_denial(denial), path, below, items)
        raise AssertionError(one)

    def _key_value(self, of: EntityKey, parts: tuple[tuple[str, str], ...]) -> Any:
        if parts:
            values = dict(zip((part.name for part in of.parts), self._key, strict=True))
            types = {part.name: part.type for part in of.parts}
            named = values | {"__typename": f"{self._node.entity.name}{of.name[:1].upper()}{of.name[1:]}"}
            return {key: self._assembler.leaf(named[name], types.get(name, "String")) for key, name in parts}
        value = self._key[0]
        if of.slice is not None and of.name != self._node.key.name:
            value = str(value)[of.slice.start : of.slice.stop]
        return self._assembler.leaf(value, of.parts[0].type)

    def _core(
        self,
        choices: tuple[tuple[int, shapes.RowField], ...],
        path: ResponsePath,
        below: tuple[str, ...],
    ) -> Any:
        """The one authority that covers this key answers; where none does, there is no record."""
        plan = self._assembler.plan
        last = choices[-1][0]
        for fetch, chosen in choices:
            covers = plan.draft.specs[fetch].covers
            if covers and not str(self._key[0]).startswith(covers):
                continue
            if isinstance(chosen, shapes.Denied):
                return self._field(chosen, path, below)
            result = self._assembler.results.get(fetch, NO_RESULT)
            entry = result.entries.get(self._key, Rows(()))
            if isinstance(entry, Failure):
                return self.failed(entry, path, below)
            if not entry.rows and not covers and fetch != last:
                continue
            self.answered(plan.by_id[fetch], result, entry, path, below)
            return self._row_field(chosen, fetch, entry.rows[0], path, below) if entry.rows else None
        self._note(State(".".join(below), "NO_RECORD", "No register is the authority for this key."), path)
        return None

    def _attached(self, one: shapes.Attached, path: ResponsePath, below: tuple[str, ...]) -> Any:
        assembler = self._assembler
        result = assembler.results.get(one.fetch, NO_RESULT)
        entry = result.entries.get(self._key, Rows(()))
        if isinstance(entry, Failure):
            return self.failed(entry, path, below)
        self.answered(assembler.plan.by_id[one.fetch], result, entry, path, below)
        if not one.many:
            return self.row(one.row, one.fetch, entry.rows[0], path, below) if entry.rows else None
        return [
            self.row(one.row, one.fetch, row, (*path, position), below)
            for position, row in enumerate(entry.rows)
        ]

    def row(
        self,
        shape: shapes.RowShape,
        fetch: int,
        row: Row,
        path: ResponsePath,
        below: tuple[str, ...],
    ) -> dict[str, Any]:
        """A row's fields; paths are made only where something is to be said of one."""
        self._assembler.nodes.count(len(shape.fields))
        out: dict[str, Any] = {}
        for key, read, one in self._assembler.steps(shape, fetch):
            value = None if read is None else read(row)
            if read is None or value.__class__ is Failure:
                value = self._row_field(one, fetch, row, (*path, key), (*below, key))
            out[key] = value
        return out

    def _row_field(
        self, one: shapes.RowField, fetch: int, row: Row, path: ResponsePath, below: tuple[str, ...]
    ) -> Any:
        match one:
            case shapes.Leaf(item=item):
                value = self._assembler.reader(one, fetch)(row)
                if isinstance(value, Failure):
                    return self.failed(value, path, below, (f"{one.resource.code}.{item.name}",))
                return value
            case shapes.Link():
                return self._follow(one, fetch, row, path, below)
            case shapes.Typename(name=name):
                return name
            case shapes.Denied(denial=denial, items=items):
                return self.failed(from_denial(denial), path, below, items)

    def _follow(
        self, one: shapes.Link, fetch: int, row: Row, path: ResponsePath, below: tuple[str, ...]
    ) -> Any:
        kind, key = self._assembler.link(fetch, one.item.name).read(row)
        if key is None:
            return None
        if isinstance(key, Invalid):
            failure = invalid_value(one.item.title, one.resource.code)
            return self.failed(failure, path, below, (f"{one.resource.code}.{one.item.name}",))
        shape = one.targets[kind]
        return self._assembler.entity(shape, key, path)

    def answered(
        self,
        fetch: model.Fetch,
        result: Result,
        entry: Rows,
        path: ResponsePath,
        below: tuple[str, ...],
    ) -> None:
        resource, name = fetch.spec.resource, ".".join(below)
        provenance = self._assembler.provenance(fetch, result, name)
        if not entry.rows and not entry.is_partial:
            coverage = states.coverage_text(resource.coverage)
            message = f"{resource.title}: no record."
            self._note(_with(provenance, "NO_RECORD", message, coverage), path)
            return
        self._states.append(provenance)
        if not (result.is_stale or entry.is_truncated or entry.is_partial):
            return
        notes = {
            "STALE": result.is_stale,
            "TRUNCATED": entry.is_truncated,
            "PARTIAL": entry.is_partial,
        }
        for state in (state for state, holds in notes.items() if holds):
            self._note(_with(provenance, state, f"{resource.title}: {states_title(state)}"), path)

    def _note(self, state: State, path: ResponsePath) -> None:
        self._states.append(state)
        self._assembler.table.add(path, state)

    def failed(
        self,
        failure: Failure,
        path: ResponsePath,
        below: tuple[str, ...],
        items: tuple[str, ...] = (),
    ) -> Any:
        item = items[0] if len(items) == 1 else None
        self._note(states.of_failure(".".join(below), failure, item), path)
        return self._assembler.fail(failure, path)

    def _state_rows(self, leaf: shapes.StatesLeaf) -> list[dict[str, Any]]:
        rows = []
        for state in dict.fromkeys(self._states):
            self._assembler.nodes.count(len(leaf.columns))
            row = {key: state.column(name, self._assembler.now) for key, name in leaf.columns}
            if self._assembler.is_final:
                row = {key: _plain(value) for key, value in row.items()}
            rows.append(row)
        return rows


def _with(state: State, code: str, message: str, coverage: str | None = None) -> State:
    return State(
        field=state.field,
        state=code,
        message=message,
        coverage=coverage,
        as_of=state.as_of,
        fetched_at=state.fetched_at,
        source=state.source,
        provider=state.provider,
    )


def states_title(state: str) -> str:
    """What a note says, in words."""
    return {
        "STALE": "older than promised.",
        "TRUNCATED": "there are more records than were asked for.",
        "PARTIAL": "some records may not be shown.",
    }[state]


def _plain(value: Any) -> Any:
    return SCALARS["DateTime"].coerce_output_value(value) if isinstance(value, datetime) else value
