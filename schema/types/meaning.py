"""What a spliced field means to the planner: kept in the field's `extensions` under `MEANING`.

root        person(id:)        Root, RootBy, Roots
            licences           Collection
connection  edges  pageInfo    ConnectionPart
edge        node  cursor       EdgePart
entity      id  citizenId      Pseudonym, KeyValue
            _states            States
            name               Core
            transport          Namespace
            qualifications     Attached
answer      code  person       Answer…
row         number             ItemValue
"""

from dataclasses import dataclass
from typing import Literal

from graphql import GraphQLField

from schema.catalogue.entity import Entity, Key
from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Resource

MEANING = "meaning"
"""Key in `GraphQLField.extensions`."""

Aspect = Literal["value", "label", "masked", "link"]
"""Which face of an item a field shows."""


@dataclass(frozen=True, slots=True)
class Root:
    """One entity by its default key, the field's only argument."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class RootBy:
    """One entity by any of its keys, a `@oneOf` argument `key`."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class Roots:
    """Many entities, leniently: one answer per id, in order."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class Collection:
    """A resource's rows without keys, page by page."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class ConnectionPart:
    """A field of a connection (GraphQL Cursor Connections Specification)."""

    name: Literal["edges", "nodes", "pageInfo", "totalCount"]


@dataclass(frozen=True, slots=True)
class EdgePart:
    """A field of an edge."""

    name: Literal["node", "cursor"]


@dataclass(frozen=True, slots=True)
class AnswerField:
    """A field of a lenient answer."""

    name: Literal["code", "duplicateOf", "aliasKinds", "entity"]


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """`id`: the entity as this application knows it."""


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A key of the entity, as the caller gave it or as a link holds it."""

    key: Key


@dataclass(frozen=True, slots=True)
class States:
    """`_states`: what happened at the fields of this entity."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A department's place on an entity."""

    department: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A core resource, and the place at which it gives an item."""

    resource: Resource
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Core:
    """An item on the entity itself, from the one authority that covers the key."""

    item: str
    aspect: Aspect
    authorities: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class Attached:
    """A resource's place on an entity."""

    resource: Resource
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class ItemValue:
    """An item of a row."""

    item: Item
    aspect: Aspect


Meaning = (
    Root
    | RootBy
    | Roots
    | Collection
    | ConnectionPart
    | EdgePart
    | AnswerField
    | Pseudonym
    | KeyValue
    | States
    | Namespace
    | Core
    | Attached
    | ItemValue
)


def meaning_of(field: GraphQLField) -> Meaning | None:
    """Give what a field means; `None` for hand-written fields."""
    return (field.extensions or {}).get(MEANING)
