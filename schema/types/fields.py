"""Fields of object types, each with what it means."""

from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
)

from schema.catalogue.item import Item
from schema.types import meaning as means

_ASPECTS = {"label": " · 代码名称 — its code in words", "masked": " · 脱敏 — masked"}
"""What a field beside the item's own gives of it."""


def make_item_field(
    type_: GraphQLOutputType, item: Item, aspect: means.Aspect, rules: str, *, deprecated: str | None = None
) -> GraphQLField:
    """A field that an item gives; `rules` are what its values should be."""
    unit = f" ({item.unit})" if item.unit else ""
    quality = f"\n\n质量 — Quality: {rules}" if rules else ""
    return make_field(
        type_,
        means.ItemValue(item, aspect),
        f"{item.title}{unit}{_ASPECTS.get(aspect, '')} · L{item.level}{quality}",
        deprecated=deprecated or item.deprecated,
    )


def make_field(
    type_: GraphQLOutputType,
    meaning: means.Meaning,
    description: str | None = None,
    arguments: dict[str, GraphQLArgument] | None = None,
    *,
    deprecated: str | None = None,
) -> GraphQLField:
    """A field that tells the planner what it means."""
    return GraphQLField(
        type_,
        args=arguments,
        description=description,
        deprecation_reason=deprecated,
        extensions={means.MEANING: meaning},
    )


def list_of(type_: GraphQLObjectType, *, required: bool = False) -> GraphQLOutputType:
    """A list with no empty place; one that is `required` is never null itself."""
    made: GraphQLList[Any] = GraphQLList(GraphQLNonNull(type_))
    return GraphQLNonNull(made) if required else made
