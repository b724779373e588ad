"""A snapshot: one catalogue, compiled for every audience. Requests finish on the one they began with."""

from dataclasses import dataclass, replace

from graphql import GraphQLSchema

from gateway.compose import Skeletons, compose
from gateway.document.front_door import FrontDoor
from gateway.document.measure import DocumentLimits
from gateway.publish.publisher import Publisher
from schema.catalogue.model import Catalogue
from schema.policy.caller import Audience
from schema.policy.model import Policy
from schema.policy.visibility import Visibility, visible_to
from schema.types.objects import ObjectTypes

AUDIENCES: tuple[Audience, ...] = ("open", "share")
"""Those with a schema of their own; all that name their caller share one."""


@dataclass(frozen=True, slots=True)
class View:
    """The catalogue as one audience sees it."""

    visibility: Visibility
    types: ObjectTypes
    schema: GraphQLSchema
    documents: FrontDoor
    publisher: Publisher


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

    def views(self) -> tuple[View, View]:
        """Both."""
        return self.open, self.closed


def take_snapshot(
    catalogue: Catalogue,
    policy: Policy,
    limits: DocumentLimits | None = None,
    skeletons: Skeletons | None = None,
    before: Snapshot | None = None,
) -> Snapshot:
    """Compile a catalogue; `skeletons` adds hand-written `query` and `mutation` types.

    What `before` has of the same is used again: everything where only the policy changed, else the types
    of what did not change.
    """
    limits = limits or DocumentLimits()
    if before is not None and before.catalogue is catalogue:
        views = [_again(view, limits) for view in before.views()]
        return Snapshot(catalogue, policy, *views)
    made = {audience: _view(audience, catalogue, limits, skeletons, before) for audience in AUDIENCES}
    return Snapshot(catalogue, policy, made["open"], made["share"])


def _again(view: View, limits: DocumentLimits) -> View:
    """The same schema under another policy: documents keep plans, and slices follow rights."""
    return replace(view, documents=FrontDoor(view.schema, limits), publisher=view.publisher.again())


def _view(
    audience: Audience,
    catalogue: Catalogue,
    limits: DocumentLimits,
    skeletons: Skeletons | None,
    before: Snapshot | None,
) -> View:
    visibility = visible_to(audience, catalogue)
    earlier = before.view(audience).types if before else None
    types, schema = compose(audience, catalogue, visibility, skeletons, earlier)
    publisher = Publisher(audience, catalogue, visibility, schema, skeletons)
    return View(visibility, types, schema, FrontDoor(schema, limits), publisher)
