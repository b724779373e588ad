"""Shape -> functions: once for each plan and assembler, kept with the plan for as long as it lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.requests import Key
from gateway.assemble.answers import Answers
from gateway.assemble.connection import compile_connection
from gateway.assemble.entities import compile_entity
from gateway.assemble.functions import EntityAt, Fields, Root
from gateway.assemble.places import Place
from gateway.fetch.failures import from_denial
from gateway.plan import model
from gateway.plan import shape as shapes
from schema.catalogue.model import Catalogue

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler


@dataclass(frozen=True, slots=True)
class Compiler:
    """What every step of compiling reads."""

    plan: model.Plan
    catalogue: Catalogue
    is_final: bool
    """For the fast path, and not for graphql-core."""

    def entity(self, shape: shapes.EntityShape, place: Place) -> EntityAt:
        """What makes an entity's fields."""
        return compile_entity(self, shape, place.entity())

    def root(self, entry: model.Entry) -> Root:
        """What makes an entry's value."""
        place = Place(entry.path, len(entry.path))
        match entry.shape:
            case shapes.AnswerShape() as shape:
                return Answers(self, entry, shape, place)
            case shapes.ConnectionShape() as shape:
                return compile_connection(self, shape, place)
            case shapes.Denied(denial=denial):
                failure, denied = from_denial(denial), Place(entry.path, 0)
                return lambda assembler, _: assembler.fail(denied, failure, (), None)
            case shapes.EntityShape() as shape:
                node = self.plan.draft.nodes[shape.node]
                return _at_root(node, self.entity(shape, place))


def compiled(plan: model.Plan, catalogue: Catalogue, *, is_final: bool) -> Mapping[model.Path, Root]:
    """The functions of a plan's entries, by path."""
    place = ("assembly", is_final)
    made: Mapping[model.Path, Root] | None = plan.memo.get(place)
    if made is None:
        compiler = Compiler(plan, catalogue, is_final)
        made = plan.memo[place] = {entry.path: compiler.root(entry) for entry in plan.draft.entries}
    return made


def _at_root(node: model.Node, make: EntityAt) -> Root:
    """What makes an entity whose key arguments give, or the field that is written by hand."""

    def brought(assembler: "Assembler", key: Key | None) -> Fields:
        assert key is not None
        return make(assembler, key, ())

    def given(assembler: "Assembler", _key: Key | None) -> Fields:
        return make(assembler, tuple(map(assembler.operands.__getitem__, slots)), ())

    if not isinstance(node.origin, model.RootKeys):
        return brought
    slots = [slot.index for slot in node.origin.slots]
    return given
