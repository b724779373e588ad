"""The whole schema of an audience: the hand-written part and the catalogue's."""

from collections.abc import Mapping

from graphql import GraphQLSchema

from gateway.skeleton import make_skeleton
from schema.catalogue.model import Catalogue
from schema.policy.caller import Audience
from schema.policy.visibility import Visibility
from schema.types.objects import ObjectTypes
from schema.types.splice import splice

Skeletons = Mapping[str, type]
"""Hand-written `query` and `mutation` types besides our own."""


def compose(
    audience: Audience,
    catalogue: Catalogue,
    visibility: Visibility,
    skeletons: Skeletons | None = None,
    before: ObjectTypes | None = None,
) -> tuple[ObjectTypes, GraphQLSchema]:
    """Make the types that are visible, and the schema of them."""
    types = ObjectTypes(catalogue, visibility, before)
    return types, splice(make_skeleton(audience, skeletons), types.root_fields())
