"""Rows -> response. One walk over the shape; nothing is asked here and nothing decided.

The walk serves both assemblers. For the *fast path* it gives the finished data and collects errors
itself. For graphql-core it gives the same tree with exceptions in the places of failed fields and
plain Python values, which the spliced fields' shared resolver hands on.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from connectors.requests import Key
from connectors.results import Row
from gateway.assemble import states
from gateway.assemble.states import ResponsePath, State, StateTable
from gateway.assemble.values import ReadLeaf, read_leaf
from gateway.errors import LimitExceeded
from gateway.fetch.failures import Failure, from_denial, invalid_value
from gateway.fetch.keys import LinkReader, parse_ids, root_keys
from gateway.fetch.result import Result, Results, Rows
from gateway.plan import model
from schema.catalogue.model import Catalogue
from schema.catalogue.model import Key as EntityKey
from schema.scalars import SCALARS
from schema.types.objects import PlannedEntity
from schema.values import Invalid

NO_RESULT = Result()


class FieldError(GraphQLError):
    """A failed field, on its way through graphql-core."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, extensions=error_extensions(failure))


def error_extensions(failure: Failure) -> dict[str, Any]:
    """What an error says besides its message."""
    optional = {"rule": failure.rule, "source": failure.source, "until": failure.until}
    return {"code": failure.code} | {k: v for k, v in optional.items() if v is not None}


@dataclass(slots=True)
class Assembler:
    """Assembles one request's answer."""

    plan: model.Plan
    operands: model.Operands
    results: Results
    catalogue: Catalogue
    pseudonym: Callable[[str, Key], str]
    now: datetime
    is_final: bool
    """Whether to serialise scalars and collect errors (fast path) or leave both to graphql-core."""
    max_nodes: int = 100_000
    """Fields in the response: the third of the three bounds."""
    table: StateTable = field(default_factory=StateTable)
    errors: StateTable = field(default_factory=StateTable)
    _nodes: int = 0
    _readers: dict[int, ReadLeaf] = field(default_factory=dict)
    _links: dict[tuple[int, str], LinkReader] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """All roots, for the fast path."""
        return {entry.path[0]: self.root(entry) for entry in self.plan.draft.entries}

    def root(self, entry: model.Entry) -> Any:
        """A catalogue root's value."""
        shape = entry.shape
        if isinstance(shape, model.AnswerShape):
            return self._answers(entry, shape)
        node = self.plan.draft.nodes[shape.node]
        assert isinstance(node.origin, model.RootKeys)
        (key,) = root_keys(node.entity, node.origin, self.operands)
        path: ResponsePath = (*entry.path,)
        return self.entity(shape, key, path)

    def entity(self, shape: model.EntityShape, key: Key, path: ResponsePath) -> dict[str, Any]:
        """An entity's fields."""
        walk = _EntityWalk(self, self.plan.draft.nodes[shape.node], key, path)
        fields = walk.fields(shape.fields, path, ())
        return fields if self.is_final else PlannedEntity(shape.type_name, fields)

    def _answers(self, entry: model.Entry, shape: model.AnswerShape) -> list[Any]:
        assert entry.ids is not None
        entity = self.plan.draft.nodes[shape.node].entity
        parsed = parse_ids(entity, self.operands[entry.ids.index])
        answers = []
        for position, one in enumerate(parsed):
            answer: dict[str, Any] = {}
            for key, name in shape.fields:
                self.count(1)
                match name:
                    case "code":
                        answer[key] = one.code
                    case "duplicateOf":
                        answer[key] = one.duplicate_of
                    case "entity":
                        path: ResponsePath = (*entry.path, position, key)
                        inner = shape.entities[key]
                        answer[key] = one.key and self.entity(inner, one.key, path)
                    case _:
                        answer[key] = shape.type_name
            answers.append(answer)
        return answers

    def count(self, nodes: int) -> None:
        """Hold the response to its bound before it is serialised."""
        self._nodes += nodes
        if self._nodes > self.max_nodes:
            raise LimitExceeded(f"The answer would have more than {self.max_nodes} fields.")

    def fail(self, failure: Failure, path: ResponsePath) -> Any:
        """What stands in a failed field's place."""
        if not self.is_final:
            return FieldError(failure)
        self.errors.add(path, states.of_failure("", failure))
        return None

    def leaf(self, value: Any, type_name: str) -> Any:
        """A scalar's value as it leaves."""
        if value is None or not self.is_final:
            return value
        scalar = SCALARS.get(type_name)
        return value if scalar is None else scalar.coerce_output_value(value)

    def reader(self, leaf: model.Leaf, fetch: int) -> ReadLeaf:
        """The reader of a leaf, made once."""
        made = self._readers.get(id(leaf))
        if made is None:
            items = self.plan.by_id[fetch].items
            made = read_leaf(leaf, items, self.operands, self.catalogue)
            self._readers[id(leaf)] = made
        return made

    def link(self, fetch: int, item: str) -> LinkReader:
        """The reader of a link, made once."""
        made = self._links.get((fetch, item))
        if made is None:
            made = LinkReader(self.plan.by_id[fetch], item)
            self._links[fetch, item] = made
        return made


class _EntityWalk:
    """The fields of one entity at one path, and the states they leave."""

    def __init__(self, assembler: Assembler, node: model.Node, key: Key, path: ResponsePath) -> None:
        self._assembler = assembler
        self._node = node
        self._key = key
        self._path = path
        self._states: list[State] = []

    def fields(
        self, fields: Iterable[model.EntityField], path: ResponsePath, below: tuple[str, ...]
    ) -> dict[str, Any]:
        out: dict[str, Any] = {}
        waiting: list[model.StatesLeaf] = []
        for one in fields:
            self._assembler.count(1)
            if isinstance(one, model.StatesLeaf):
                waiting.append(one)
                out[one.key] = None
            else:
                out[one.key] = self._field(one, (*path, one.key), (*below, one.key))
        for leaf in waiting:
            out[leaf.key] = self._state_rows(leaf)
        return out

    def _field(self, one: model.EntityField, path: ResponsePath, below: tuple[str, ...]) -> Any:
        match one:
            case model.Typename(name=name):
                return name
            case model.PseudonymLeaf():
                return self._assembler.pseudonym(self._node.entity.name, self._key)
            case model.KeyLeaf(of=of, parts=parts):
                return self._key_value(of, parts)
            case model.Namespace(fields=fields):
                return self.fields(fields, path, below)
            case model.CoreField(choices=choices):
                return self._core(choices, path, below)
            case model.Attached():
                return self._attached(one, path, below)
            case model.Denied(denial=denial, items=items):
                return self._failed(from_denial(denial), path, below, items)
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
        choices: tuple[tuple[int, model.RowField], ...],
        path: ResponsePath,
        below: tuple[str, ...],
    ) -> Any:
        """The one authority that covers this key answers; where none does, there is no record."""
        plan = self._assembler.plan
        for fetch, chosen in choices:
            covers = plan.draft.specs[fetch].covers
            if covers and not str(self._key[0]).startswith(covers):
                continue
            if isinstance(chosen, model.Denied):
                return self._field(chosen, path, below)
            result = self._assembler.results.get(fetch, NO_RESULT)
            entry = result.entries.get(self._key, Rows(()))
            if isinstance(entry, Failure):
                return self._failed(entry, path, below)
            self._answered(plan.by_id[fetch], result, entry, path, below)
            return self._row_field(chosen, fetch, entry.rows[0], path, below) if entry.rows else None
        self._note(State(".".join(below), "NO_RECORD", "No register is the authority for this key."), path)
        return None

    def _attached(self, one: model.Attached, path: ResponsePath, below: tuple[str, ...]) -> Any:
        assembler = self._assembler
        result = assembler.results.get(one.fetch, NO_RESULT)
        entry = result.entries.get(self._key, Rows(()))
        if isinstance(entry, Failure):
            return self._failed(entry, path, below)
        self._answered(assembler.plan.by_id[one.fetch], result, entry, path, below)
        if not one.many:
            return self._row(one.row, one.fetch, entry.rows[0], path, below) if entry.rows else None
        return [
            self._row(one.row, one.fetch, row, (*path, position), below)
            for position, row in enumerate(entry.rows)
        ]

    def _row(
        self,
        shape: model.RowShape,
        fetch: int,
        row: Row,
        path: ResponsePath,
        below: tuple[str, ...],
    ) -> dict[str, Any]:
        self._assembler.count(len(shape.fields))
        return {
            one.key: self._row_field(one, fetch, row, (*path, one.key), (*below, one.key))
            for one in shape.fields
        }

    def _row_field(
        self, one: model.RowField, fetch: int, row: Row, path: ResponsePath, below: tuple[str, ...]
    ) -> Any:
        match one:
            case model.Leaf(item=item, aspect=aspect):
                value = self._assembler.reader(one, fetch)(row)
                if isinstance(value, Failure):
                    return self._failed(value, path, below, (f"{one.resource.code}.{item.name}",))
                return self._assembler.leaf(value, item.type if aspect == "value" else "String")
            case model.Link():
                return self._follow(one, fetch, row, path, below)
            case model.Typename(name=name):
                return name
            case model.Denied(denial=denial, items=items):
                return self._failed(from_denial(denial), path, below, items)

    def _follow(
        self, one: model.Link, fetch: int, row: Row, path: ResponsePath, below: tuple[str, ...]
    ) -> Any:
        kind, key = self._assembler.link(fetch, one.item.name).read(row)
        if key is None:
            return None
        if isinstance(key, Invalid):
            failure = invalid_value(one.item.title, one.resource.code)
            return self._failed(failure, path, below, (f"{one.resource.code}.{one.item.name}",))
        shape = one.targets[kind]
        return self._assembler.entity(shape, key, path)

    def _answered(
        self,
        fetch: model.Fetch,
        result: Result,
        entry: Rows,
        path: ResponsePath,
        below: tuple[str, ...],
    ) -> None:
        resource, name = fetch.spec.resource, ".".join(below)
        provenance = states.of_result(name, resource, result, self._assembler.catalogue)
        if not entry.rows:
            coverage = states.coverage_text(resource.coverage)
            message = f"{resource.title}: no record."
            self._note(_with(provenance, "NO_RECORD", message, coverage), path)
            return
        self._states.append(provenance)
        notes = {
            "STALE": result.is_stale,
            "TRUNCATED": entry.is_truncated,
            "PARTIAL": entry.is_partial,
        }
        for state, holds in notes.items():
            if holds:
                self._note(_with(provenance, state, f"{resource.title}: {states_title(state)}"), path)

    def _note(self, state: State, path: ResponsePath) -> None:
        self._states.append(state)
        self._assembler.table.add(path, state)

    def _failed(
        self,
        failure: Failure,
        path: ResponsePath,
        below: tuple[str, ...],
        items: tuple[str, ...] = (),
    ) -> Any:
        item = items[0] if len(items) == 1 else None
        self._note(states.of_failure(".".join(below), failure, item), path)
        return self._assembler.fail(failure, path)

    def _state_rows(self, leaf: model.StatesLeaf) -> list[dict[str, Any]]:
        rows = []
        for state in dict.fromkeys(self._states):
            self._assembler.count(len(leaf.columns))
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
