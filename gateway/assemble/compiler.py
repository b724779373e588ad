"""What every step of compiling a plan's shape reads, and hands on."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.assemble.functions import EntityAt
from gateway.assemble.places import Place
from gateway.plan.model import Plan
from gateway.plan.shape import EntityShape
from schema.catalogue.model import Catalogue


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the shape of one plan for one of the two assemblers."""

    plan: Plan
    catalogue: Catalogue
    is_final: bool
    """For the fast path, and not for graphql-core."""
    compile_entity: Callable[["Compiler", EntityShape, Place], EntityAt]
    """Handed in: an entity is made of rows, and a link in a row leads to an entity."""

    def entity(self, shape: EntityShape, place: Place) -> EntityAt:
        """What makes the fields of an entity that begins at a place."""
        return self.compile_entity(self, shape, place.entity())

    def identity_fetch(self, node: int) -> int | None:
        """A fetch that knows the identities of a node's keys; `None` where none of them is an alias."""
        lookups = self.plan.draft.lookups.get(node, ())
        return next((one.spec for one in lookups if one.spec in self.plan.by_id), None)
