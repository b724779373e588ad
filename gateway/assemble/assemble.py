"""Rows -> response. One walk over the shape; nothing is asked here and nothing decided.

The walk serves both assemblers. For the *fast path* it gives the finished data and collects errors
itself. For graphql-core it gives the same tree with exceptions in the places of failed fields and
plain Python values, which the spliced fields' shared resolver hands on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from connectors.requests import Key
from gateway.assemble import states
from gateway.assemble.connection import connection
from gateway.assemble.states import ResponsePath, StateTable
from gateway.assemble.values import ReadLeaf, read_leaf
from gateway.assemble.walk import EntityWalk
from gateway.errors import LimitExceeded
from gateway.fetch.failures import Failure, from_denial
from gateway.fetch.keys import LinkReader, parse_ids, root_keys
from gateway.fetch.result import Result, Results
from gateway.plan import model
from gateway.plan import shape as shapes
from schema.catalogue.model import Catalogue
from schema.scalars import SCALARS
from schema.types.objects import PlannedEntity

Step = tuple[str, ReadLeaf | None, shapes.RowField]
"""Response key, what reads it, and the field that it is."""


class FieldError(GraphQLError):
    """A failed field, on its way through graphql-core."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, extensions=error_extensions(failure))


def error_extensions(failure: Failure) -> dict[str, Any]:
    """What an error says besides its message."""
    optional = {"rule": failure.rule, "source": failure.source, "until": failure.until}
    return {"code": failure.code} | {k: v for k, v in optional.items() if v is not None}


@dataclass(slots=True)
class NodeBound:
    """Fields in the whole response: the third of the three bounds, held before it is serialised."""

    limit: int
    counted: int = 0

    def count(self, nodes: int) -> None:
        """Add fields, or refuse."""
        self.counted += nodes
        if self.counted > self.limit:
            raise LimitExceeded(f"The answer would have more than {self.limit} fields.")


@dataclass(slots=True)
class Assembler:
    """Assembles one request's answer."""

    plan: model.Plan
    operands: model.Operands
    results: Results
    catalogue: Catalogue
    pseudonym: Callable[[str, Key], str]
    cursor: Callable[[model.Fetch, Any], str]
    """Seals the place after a row."""
    now: datetime
    is_final: bool
    """Whether to serialise scalars and collect errors (fast path) or leave both to graphql-core."""
    nodes: NodeBound
    table: StateTable = field(default_factory=StateTable)
    errors: StateTable = field(default_factory=StateTable)
    _readers: dict[int, ReadLeaf] = field(default_factory=dict)
    _links: dict[tuple[int, str], LinkReader] = field(default_factory=dict)
    _provenance: dict[tuple[int, str], states.State] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """All roots, for the fast path."""
        return {entry.path[0]: self.root(entry) for entry in self.plan.draft.entries}

    def root(self, entry: model.Entry) -> Any:
        """A catalogue root's value."""
        shape = entry.shape
        match shape:
            case shapes.AnswerShape():
                return self._answers(entry, shape)
            case shapes.ConnectionShape():
                return connection(self, shape, entry.path)
            case shapes.Denied(denial=denial):
                failure = from_denial(denial)
                self.table.add(entry.path, states.of_failure(".".join(entry.path), failure))
                return self.fail(failure, entry.path)
        node = self.plan.draft.nodes[shape.node]
        assert isinstance(node.origin, model.RootKeys)
        (key,) = root_keys(node.entity, node.origin, self.operands)
        return self.entity(shape, key, entry.path)

    def entity(self, shape: shapes.EntityShape, key: Key, path: ResponsePath) -> dict[str, Any]:
        """An entity's fields."""
        walk = EntityWalk(self, self.plan.draft.nodes[shape.node], key, path)
        fields = walk.fields(shape.fields, path, ())
        return fields if self.is_final else PlannedEntity(shape.type_name, fields)

    def _answers(self, entry: model.Entry, shape: shapes.AnswerShape) -> list[Any]:
        assert entry.ids is not None
        entity = self.plan.draft.nodes[shape.node].entity
        parsed = parse_ids(entity, self.operands[entry.ids.index])
        answers = []
        for position, one in enumerate(parsed):
            answer: dict[str, Any] = {}
            for key, name in shape.fields:
                self.nodes.count(1)
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

    def steps(self, shape: shapes.RowShape, fetch: int) -> tuple[Step, ...]:
        """How a row becomes its fields; made once for each plan."""
        place = (id(shape), self.is_final)
        made = self.plan.memo.get(place)
        if made is None:
            made = tuple((one.key, self._reader_of_plan(one, fetch), one) for one in shape.fields)
            self.plan.memo[place] = made
        steps: tuple[Step, ...] = made
        return steps

    def _reader_of_plan(self, one: shapes.RowField, fetch: int) -> ReadLeaf | None:
        """A leaf's reader, unless it needs an operand of this request or is no leaf."""
        if isinstance(one, shapes.Leaf) and one.argument is None:
            return self._read_leaf(one, fetch)
        return None

    def reader(self, leaf: shapes.Leaf, fetch: int) -> ReadLeaf:
        """The reader of a leaf, made once for each request."""
        made = self._readers.get(id(leaf))
        if made is None:
            made = self._readers[id(leaf)] = self._read_leaf(leaf, fetch)
        return made

    def _read_leaf(self, leaf: shapes.Leaf, fetch: int) -> ReadLeaf:
        items = self.plan.by_id[fetch].items
        return read_leaf(leaf, items, self.operands, self.catalogue, writes=self.is_final)

    def provenance(self, fetch: model.Fetch, result: Result, name: str) -> states.State:
        """Where the data of a field comes from: the same for all its parents."""
        made = self._provenance.get((fetch.id, name))
        if made is None:
            made = states.of_result(name, fetch.spec.resource, result, self.catalogue)
            self._provenance[fetch.id, name] = made
        return made

    def link(self, fetch: int, item: str) -> LinkReader:
        """The reader of a link, made once."""
        made = self._links.get((fetch, item))
        if made is None:
            made = LinkReader(self.plan.by_id[fetch], item)
            self._links[fetch, item] = made
        return made
