"""Object types of the graph: entities, namespaces and resources, straight from the catalogue.

They stand in one file, however long: entities have fields of resources, whose links lead to entities.
"""

from dataclasses import dataclass, replace

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNamedOutputType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    GraphQLUnionType,
)

from schema.catalogue.entity import Entity, Key
from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Catalogue, Promotion, Resource
from schema.names import label_field, masked_field, pascal
from schema.policy.visibility import Visibility
from schema.types import meaning as means
from schema.types.connections import as_of_argument, collection_arguments, connection_of
from schema.types.fields import list_of, make_field, make_item_field
from schema.types.inputs import InputTypes
from schema.types.states import ALIAS_KINDS, ANSWER_CODE, FIELD_STATE
from schema.types.unchanged import Unchanged, unchanged


@dataclass(frozen=True, slots=True)
class Namespace:
    """A department's place on an entity, as a type."""

    codes: frozenset[str]
    """Of the resources in it."""
    type: GraphQLObjectType


class ObjectTypes:
    """Makes the object types that one audience sees."""

    def __init__(
        self, catalogue: Catalogue, visibility: Visibility, before: "ObjectTypes | None" = None
    ) -> None:
        """`before` made an earlier catalogue's types for this audience: what did not change is reused."""
        self._catalogue = catalogue
        self._visibility = visibility
        common = Unchanged()
        if before is not None:
            common = unchanged(before._catalogue, before._visibility, catalogue, visibility)
        earlier = before if before is not None and common.city else None
        self._inputs: InputTypes = InputTypes(
            catalogue, visibility, common, earlier._inputs if earlier else None
        )
        self._resources: dict[str, GraphQLObjectType] = {}
        self._rows: dict[str, GraphQLObjectType] = {}
        """Those of `_resources` that lead nowhere, and so to no entity."""
        self._namespaces: dict[str, Namespace] = {}
        if earlier is not None:
            self._rows = {code: row for code, row in earlier._rows.items() if code in common.resources}
            self._resources = dict(self._rows)
            self._namespaces = {
                name: space for name, space in earlier._namespaces.items() if space.codes <= self._rows.keys()
            }
        self._unions: dict[str, GraphQLUnionType] = {}
        self.entities = {
            name: self._entity(entity)
            for name, entity in catalogue.entities.items()
            if name in visibility.entities
        }

    def root_fields(self) -> dict[str, GraphQLField]:
        """The fields of `Query` that lead to entities."""
        fields: dict[str, GraphQLField] = {}
        for name, type_ in self.entities.items():
            fields |= self._roots(self._catalogue.entities[name], type_)
        for resource in self._catalogue.resources.values():
            if resource.collection is not None and self._visibility.resource(resource):
                fields.setdefault(resource.collection.field, self._collection(resource))
        return fields

    def _collection(self, resource: Resource) -> GraphQLField:
        return make_field(
            connection_of(resource, self._resource(resource)),
            means.Collection(resource),
            _describe(resource, self._catalogue),
            self._source_arguments(resource) | collection_arguments(resource, self._inputs),
        )

    def _roots(self, entity: Entity, type_: GraphQLObjectType) -> dict[str, GraphQLField]:
        key = GraphQLArgument(GraphQLNonNull(self._inputs.key(entity, entity.default_key)))
        one = GraphQLNonNull(type_)
        arguments = {entity.root_argument: key} | as_of_argument()
        fields = {entity.root: make_field(one, means.Root(entity), entity.title, arguments)}
        if len(entity.keys) > 1:
            argument = GraphQLArgument(GraphQLNonNull(self._inputs.any_key(entity)))
            arguments = {"key": argument} | as_of_argument()
            fields[f"{entity.root}By"] = make_field(one, means.RootBy(entity), entity.title, arguments)
        if not entity.default_key.is_composite:
            ids = GraphQLArgument(GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLString))))
            fields[entity.plural] = make_field(
                list_of(self._answer(entity, type_), required=True),
                means.Roots(entity),
                entity.title,
                {"ids": ids} | as_of_argument(),
            )
        return fields

    def _answer(self, entity: Entity, type_: GraphQLObjectType) -> GraphQLObjectType:
        return GraphQLObjectType(
            f"{entity.name}Answer",
            {
                "code": make_field(GraphQLNonNull(ANSWER_CODE), means.AnswerField("code")),
                "duplicateOf": make_field(GraphQLInt, means.AnswerField("duplicateOf")),
                "aliasKinds": make_field(
                    ALIAS_KINDS,
                    means.AnswerField("aliasKinds"),
                    "别名的种类 — Why this key gave way to the current one, step by step",
                ),
                entity.root: make_field(type_, means.AnswerField("entity")),
            },
            description=entity.title,
        )

    def _entity(self, entity: Entity) -> GraphQLObjectType:
        return GraphQLObjectType(entity.name, lambda: self._entity_fields(entity), description=entity.title)

    def _entity_fields(self, entity: Entity) -> dict[str, GraphQLField]:
        fields = {
            "id": make_field(
                GraphQLID,
                means.Pseudonym(),
                "假名标识 — Pseudonym, per application; of whom a link leads to, where the link may be shown",
            ),
            "_states": make_field(
                list_of(FIELD_STATE, required=True),
                means.States(),
                "字段状态 — States of this entity's fields",
            ),
        }
        fields |= {
            key.name: make_field(
                self._key_type(entity, key), means.KeyValue(key), "标识 — A key of the entity"
            )
            for key in entity.keys.values()
        }
        spaces: dict[str, list[tuple[Resource, Attachment]]] = {}
        for resource, attachment in self._places(entity):
            if attachment.is_core:
                self._add_core(fields, resource, attachment)
            elif Promotion(entity.name, resource.code) in self._catalogue.promotions:
                fields.setdefault(str(attachment.field), self._attached(resource, attachment))
            else:
                spaces.setdefault(resource.department, []).append((resource, attachment))
        for department, places in spaces.items():
            fields.setdefault(department, self._namespace(entity, department, places))
        return fields

    def _places(self, entity: Entity) -> list[tuple[Resource, Attachment]]:
        return [
            (resource, attachment)
            for resource, attachment in self._catalogue.attachments_of(entity.name)
            if self._visibility.place(resource, attachment)
        ]

    def _key_type(self, entity: Entity, key: Key) -> GraphQLOutputType:
        if not key.is_composite:
            return self._inputs.scalar(key.parts[0].type)
        return GraphQLObjectType(
            f"{entity.name}{pascal(key.name)}",
            {part.name: GraphQLField(self._inputs.scalar(part.type)) for part in key.parts},
        )

    def _namespace(
        self, entity: Entity, department: str, places: list[tuple[Resource, Attachment]]
    ) -> GraphQLField:
        title = self._catalogue.departments[department].title
        name = f"{entity.name}{pascal(department)}"
        codes = frozenset(resource.code for resource, _ in places)
        fields = {str(attachment.field) for _, attachment in places}
        space = self._namespaces.get(name)
        if space is None or space.codes != codes or space.type.fields.keys() != fields:
            made = {str(a.field): self._attached(r, a) for r, a in places}
            space = Namespace(codes, GraphQLObjectType(name, made, description=title))
            self._namespaces[name] = space
        return make_field(GraphQLNonNull(space.type), means.Namespace(department), title)

    def _add_core(self, fields: dict[str, GraphQLField], resource: Resource, attachment: Attachment) -> None:
        authority = means.Authority(resource, attachment)
        for name, field in self._item_fields(resource).items():
            value = means.meaning_of(field)
            assert isinstance(value, means.ItemValue)
            present = fields.get(name)
            before = means.meaning_of(present) if present else None
            if isinstance(before, means.Core):
                authorities = (*before.authorities, authority)
            elif present is None:
                authorities = (authority,)
            else:
                continue
            core = means.Core(value.item.name, value.aspect, authorities)
            fields[name] = make_field(
                field.type, core, field.description, deprecated=field.deprecation_reason
            )

    def _attached(self, resource: Resource, attachment: Attachment) -> GraphQLField:
        row = self._resource(resource)
        type_: GraphQLOutputType = list_of(row) if attachment.many else row
        return make_field(
            type_,
            means.Attached(resource, attachment),
            attachment.title or _describe(resource, self._catalogue),
            self._arguments(resource, attachment),
        )

    def _arguments(self, resource: Resource, attachment: Attachment) -> dict[str, GraphQLArgument]:
        arguments = self._source_arguments(resource)
        if attachment.many:
            where, order = self._inputs.where(resource), self._inputs.order(resource)
            if where:
                arguments["where"] = GraphQLArgument(where)
            if order:
                arguments["orderBy"] = GraphQLArgument(GraphQLList(GraphQLNonNull(order)))
            arguments["first"] = GraphQLArgument(
                GraphQLInt,
                description=f"至多 — At most {resource.limits.max_first}; "
                f"默认 — default {resource.limits.default_first}",
            )
        return arguments

    def _source_arguments(self, resource: Resource) -> dict[str, GraphQLArgument]:
        arguments = {}
        for argument in resource.arguments.values():
            scalar = self._inputs.scalar(argument.type)
            arguments[argument.name] = GraphQLArgument(
                GraphQLNonNull(scalar) if argument.is_required else scalar,
                description=argument.title,
            )
        return arguments

    def _resource(self, resource: Resource) -> GraphQLObjectType:
        made = self._resources.get(resource.code)
        if made is None:
            made = self._resources[resource.code] = self._make_resource(resource)
        return made

    def _make_resource(self, resource: Resource) -> GraphQLObjectType:
        description = _describe(resource, self._catalogue)
        if any(item.link is not None for item in resource.items.values()):
            return GraphQLObjectType(
                resource.type_name, lambda: self._item_fields(resource), description=description
            )
        # Its fields are made at once: a reused type that remembered how would keep all others alive.
        row = GraphQLObjectType(resource.type_name, self._item_fields(resource), description=description)
        self._rows[resource.code] = row
        return row

    def _item_fields(self, resource: Resource) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {}
        for item in resource.items.values():
            if not self._visibility.item(resource, item):
                continue
            aspect: means.Aspect = "value" if item.link is None else "link"
            type_ = self._inputs.scalar(item.type) if item.link is None else self._target(resource, item)
            rules = self._rules(item)
            fields[item.name] = make_item_field(type_, item, aspect, rules)
            for old in item.formerly:
                fields[old] = make_item_field(
                    type_, item, aspect, rules, deprecated=f"现名 — Now: {item.name}"
                )
            if item.link is None and item.codes is not None:
                fields[label_field(item.name)] = make_item_field(GraphQLString, item, "label", rules)
            if item.mask is not None:
                fields[masked_field(item.name)] = make_item_field(GraphQLString, item, "masked", rules)
        return fields

    def _rules(self, item: Item) -> str:
        """What the values of an item should be; an item of others that is the same may be closed here."""
        quality = item.quality
        if quality is None or self._visibility.items is None:
            return str(quality or "")
        return str(replace(quality, same_as=None))

    def _target(self, resource: Resource, item: Item) -> GraphQLNamedOutputType:
        assert item.link is not None
        names = sorted({target.entity for target in item.link.targets.values()})
        if len(names) == 1:
            return self.entities[names[0]]
        name = f"{resource.type_name}{pascal(item.name)}"
        if name not in self._unions:
            self._unions[name] = GraphQLUnionType(
                name,
                lambda: [self.entities[entity] for entity in names],
                resolve_type=lambda value, *_: value.type_name,
                description=item.title,
            )
        return self._unions[name]


def _describe(resource: Resource, catalogue: Catalogue) -> str:
    department = catalogue.departments[resource.department].title
    return f"{resource.title}\n\n{department} · {resource.sharing.type} · {resource.update_cycle}"
