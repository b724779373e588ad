"""What is selected below an entity -> its shape, and the specs that the shape refers to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    VariableValues,
    get_argument_values,
    is_object_type,
)

from connectors.requests import KeyBinding
from gateway.plan import model
from gateway.plan import shape as shapes
from gateway.plan.aliases import Lookups
from gateway.plan.arguments import Slots, read_compared, read_first, read_order, read_source_arguments
from gateway.plan.binding import bind_key, reaches, unreachable
from gateway.plan.collect import Selected, Selections, named_type
from gateway.plan.conditions import Conditions
from gateway.plan.freshness import Demands
from gateway.plan.history import asked_at_source, asks_today, valid_on, without_history
from gateway.plan.places import Places
from gateway.plan.symbols import RequestTime
from schema.catalogue.entity import Entity, Key
from schema.catalogue.model import EVERY_KEY, Attachment, Catalogue, Covers, Resource
from schema.predicate import Predicate, Slot, conjunction
from schema.types import meaning as means


@dataclass(frozen=True, slots=True)
class EntityReader:
    """Reads entities and rows out of one operation."""

    schema: GraphQLSchema
    catalogue: Catalogue
    variables: VariableValues
    selections: Selections
    slots: Slots
    places: Places
    demands: Demands
    lookups: Lookups
    today: date

    def entity(
        self, node: model.Node, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> shapes.EntityShape:
        self.lookups.ensure(node)  # before the fetches that they are made for
        fields = self._entity_fields(node, type_, self.selections.of(nodes, type_))
        return shapes.EntityShape(type_.name, node.id, tuple(fields))

    def _entity_fields(
        self, node: model.Node, type_: GraphQLObjectType, selected: Selected
    ) -> list[shapes.EntityField]:
        fields: list[shapes.EntityField] = []
        for key, nodes in selected.items():
            name = nodes[0].name.value
            if name == "__typename":
                fields.append(shapes.Typename(key, type_.name))
                continue
            with self.demands.within(nodes):
                fields.append(self._entity_field(node, key, type_.fields[name], nodes))
        return fields

    def _entity_field(
        self, node: model.Node, key: str, field: GraphQLField, nodes: list[FieldNode]
    ) -> shapes.EntityField:
        match means.meaning_of(field):
            case means.Pseudonym():
                return shapes.PseudonymLeaf(key, _disclosing(node, self.places))
            case means.KeyValue(of):
                return self._key_leaf(node, key, of, field, nodes)
            case means.States():
                columns = self.plain(named_type(field.type), nodes)
                if any(name == "aliasKinds" for _, name in columns):
                    self.lookups.nodes_with_kinds.add(node.id)
                return shapes.StatesLeaf(key, columns)
            case means.Namespace():
                type_ = named_type(field.type)
                inner = self._entity_fields(node, type_, self.selections.of(nodes, type_))
                return shapes.Namespace(key, type_.name, tuple(inner))
            case means.Core() as core:
                return self._core(node, key, core, nodes)
            case means.Attached(resource, attachment):
                return self._attached(node, key, resource, attachment, field, nodes)
        raise AssertionError(field)

    def plain(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> tuple[tuple[str, str], ...]:
        selected = self.selections.of(nodes, type_)
        return tuple((key, chosen[0].name.value) for key, chosen in selected.items())

    def _key_leaf(
        self, node: model.Node, key: str, of: Key, field: GraphQLField, nodes: list[FieldNode]
    ) -> shapes.EntityField:
        if not reaches(node.key, of):
            return self._current_key(node, key, of, field, nodes)
        type_ = named_type(field.type)
        parts = self.plain(type_, nodes) if is_object_type(type_) else ()
        return shapes.KeyLeaf(key, of, _disclosing(node, self.places), parts)

    def _current_key(
        self, node: model.Node, key: str, of: Key, field: GraphQLField, nodes: list[FieldNode]
    ) -> shapes.EntityField:
        """A key that only a register of aliases leads to."""
        keys = (node.entity.keys[one.current.key] for one in self.lookups.ensure(node))
        if not any(reaches(known, of) for known in keys):
            return unreachable(key, f"key {of.name}")
        parts = self.plain(named_type(field.type), nodes) if of.is_composite else ()
        return shapes.KeyLeaf(key, of, _disclosing(node, self.places), parts, is_current=True)

    def _core(
        self,
        node: model.Node,
        key: str,
        core: means.Core,
        nodes: list[FieldNode],
    ) -> shapes.EntityField:
        choices: list[tuple[int, shapes.RowField]] = []
        is_default = node.key.name == node.entity.default_key.name  # which `covers` speaks of
        for authority in core.authorities:
            resource, attachment = authority.resource, authority.attachment
            covers = attachment.covers if is_default else EVERY_KEY
            spec = self._spec(node, resource, attachment, {}, covers=covers)
            if spec is None:
                continue
            item = means.ItemValue(resource.items[core.item], core.aspect)
            field = None if self.keeps_no_history(spec) else self._row_field(spec, key, item, nodes)
            choices.append((spec.id, field or without_history(key, resource)))
        if not choices:
            return unreachable(key, f"item {core.item}")
        return shapes.CoreField(key, tuple(choices))

    def _attached(
        self,
        node: model.Node,
        key: str,
        resource: Resource,
        attachment: Attachment,
        field: GraphQLField,
        nodes: list[FieldNode],
    ) -> shapes.EntityField:
        arguments = self.arguments(field, nodes[0])
        spec = self._spec(node, resource, attachment, arguments)
        if spec is None:
            return unreachable(key, f"resource {resource.code}")
        if self.keeps_no_history(spec):
            return without_history(key, resource)
        row = self.row(spec, named_type(field.type), nodes)
        return shapes.Attached(key, spec.id, resource, attachment.many, row)

    def row(self, spec: model.FetchSpec, type_: GraphQLObjectType, nodes: list[FieldNode]) -> shapes.RowShape:
        fields: list[shapes.RowField] = []
        for key, inner in self.selections.of(nodes, type_).items():
            name = inner[0].name.value
            if name == "__typename":
                fields.append(shapes.Typename(key, type_.name))
                continue
            meaning = means.meaning_of(type_.fields[name])
            assert isinstance(meaning, means.ItemValue)
            with self.demands.within(inner):
                self.demands.apply_to(spec.id)
                fields.append(self._row_field(spec, key, meaning, inner))
        return shapes.RowShape(type_.name, tuple(fields))

    def _row_field(
        self,
        spec: model.FetchSpec,
        key: str,
        value: means.ItemValue,
        nodes: list[FieldNode],
    ) -> shapes.RowField:
        item, aspect = value.item, value.aspect
        if aspect != "link":
            argument = None
            if item.derivation and item.derivation.argument:
                argument = dict(spec.compared).get(item.derivation.argument)
            elif item.derivation and item.derivation.kind in {"age", "older"}:
                argument = self.slots.put(RequestTime())
            return shapes.Leaf(key, spec.resource, item, aspect, argument)
        assert item.link is not None
        targets: dict[str, shapes.EntityShape] = {}
        for kind, target in item.link.targets.items():
            entity = self.catalogue.entities[target.entity]
            origin = model.LinkKeys(spec.id, item.name, kind)
            as_of = self.places.nodes[spec.node].as_of
            node = self.places.node(entity, entity.keys[target.key], origin, as_of)
            targets[kind] = self.entity(node, self.type(entity), nodes)
        return shapes.Link(key, spec.resource, item, targets)

    def _spec(
        self,
        node: model.Node,
        resource: Resource,
        attachment: Attachment,
        arguments: Mapping[str, Any],
        covers: Covers = EVERY_KEY,
    ) -> model.FetchSpec | None:
        """The spec of a place; `None` where the node's key does not reach it."""
        via, others = None, dict[str, KeyBinding]()
        if attachment.via is not None:
            via = self._via(node, attachment.via.resource, attachment.via.item)
            binding: KeyBinding | None = KeyBinding(attachment.by, (None,) * len(attachment.by))
        else:
            binding = bind_key(node, attachment)
            for kind in self.lookups.kinds(node):
                other = bind_key(replace(node, key=node.entity.keys[kind]), attachment)
                if other is not None:
                    others[kind] = other
            if binding is None and others:
                binding = KeyBinding((), ())
        if binding is None or (attachment.via and via is None):
            return None
        many = attachment.many and not attachment.is_core
        first, is_default = read_first(resource, arguments, self.slots) if many else (None, False)
        predicate, areas = self.predicate(resource, arguments, node.as_of)
        spec = self.places.spec(
            model.FetchSpec(
                node=node.id,
                resource=resource,
                binding=binding,
                covers=covers,
                via=via,
                back_by=attachment.back_by,
                predicate=conjunction(attachment.rows, predicate),
                areas=areas,
                as_of=asked_at_source(resource, node.as_of),
                order=read_order(arguments, self.slots),
                first=first,
                is_default_first=is_default,
                arguments=read_source_arguments(resource, arguments, self.slots),
                compared=read_compared(resource, arguments, self.slots),
                many=many,
                others=others,
            )
        )
        self.demands.apply_to(spec.id)
        return spec

    def predicate(
        self, resource: Resource, arguments: Mapping[str, Any], as_of: Slot | None
    ) -> tuple[Predicate | None, tuple[model.AreaInput, ...]]:
        """What is asked for, on the day that is asked for, and where the areas in it come from."""
        today = self.slots.put(self.today) if asks_today(resource, as_of) else None
        conditions = Conditions(self.catalogue, self.slots, self.places, self._spec, as_of)
        where, areas = conditions.read(resource, arguments)
        return conjunction(where, valid_on(resource, as_of, today)), areas

    def keeps_no_history(self, spec: model.FetchSpec) -> bool:
        """Whether a day is asked for and the resource, or one on the way to it, has no answer."""
        if self.places.nodes[spec.node].as_of is None:
            return False
        through = any(self.keeps_no_history(self.places.specs[fetch]) for fetch, _ in spec.inputs)
        return through or spec.resource.validity is None

    def _via(self, node: model.Node, code: str, item: str) -> model.ViaInput | None:
        resource = self.catalogue.resources[code]
        places = (a for a in resource.attachments if a.entity == node.entity.name and not a.is_reverse)
        for attachment in places:
            spec = self._spec(node, resource, attachment, {})
            if spec is not None:
                return model.ViaInput(spec.id, item)
        return None

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        return get_argument_values(field, node, self.variables)

    def type(self, entity: Entity) -> GraphQLObjectType:
        type_ = self.schema.get_type(entity.name)
        assert isinstance(type_, GraphQLObjectType)
        return type_


def _disclosing(node: model.Node, places: Places) -> shapes.Read | None:
    """What tells who stands at a node: the item of the link, or nothing that the caller did not bring."""
    if not isinstance(node.origin, model.LinkKeys):
        return None
    resource = places.specs[node.origin.fetch].resource
    return shapes.Read(resource.code, node.origin.item, "show")
