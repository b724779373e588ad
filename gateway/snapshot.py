"""A snapshot: one catalogue, compiled for every audience. Requests finish on the one they began with."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import GraphQLSchema

from gateway.document.front_door import DocumentLimits, FrontDoor
from gateway.skeleton import make_skeleton
from schema.catalogue.model import Catalogue
from schema.policy.caller import Audience
from schema.policy.model import Policy
from schema.types.objects import ObjectTypes
from schema.types.splice import splice
from schema.types.visibility import visible_to


@dataclass(frozen=True, slots=True)
class View:
    """The catalogue as one audience sees it."""

    schema: GraphQLSchema
    documents: FrontDoor


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A catalogue with its policy and its views."""

    catalogue: Catalogue
    policy: Policy
    open: View
    closed: View
    """Of every audience that names its caller."""

    def view(self, audience: Audience) -> View:
        """The view of an audience."""
        return self.open if audience == "open" else self.closed

    def warm_from(self, before: "Snapshot") -> None:
        """Read the documents that were asked last, before anyone asks for them here."""
        self.open.documents.warm(before.open.documents.recent(WARM_DOCUMENTS))
        self.closed.documents.warm(before.closed.documents.recent(WARM_DOCUMENTS))


WARM_DOCUMENTS = 50
"""Documents that a new snapshot reads ahead, for each view."""


def take_snapshot(
    catalogue: Catalogue,
    policy: Policy,
    limits: DocumentLimits | None = None,
    skeletons: Mapping[str, type] | None = None,
) -> Snapshot:
    """Compile a catalogue; `skeletons` adds hand-written `query` and `mutation` types."""
    made = {
        audience: View(schema, FrontDoor(schema, limits or DocumentLimits()))
        for audience, schema in (
            ("open", make_schema("open", catalogue, skeletons)),
            ("share", make_schema("share", catalogue, skeletons)),
        )
    }
    return Snapshot(catalogue, policy, made["open"], made["share"])


def make_schema(
    audience: Audience, catalogue: Catalogue, skeletons: Mapping[str, type] | None = None
) -> GraphQLSchema:
    """The whole schema of an audience."""
    types = ObjectTypes(catalogue, visible_to(audience, catalogue))
    return splice(make_skeleton(audience, skeletons), types.root_fields())
