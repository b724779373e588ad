"""Document + schema + catalogue -> a draft of the plan, and the operands that this request brings.

The walk follows the selection once. Every catalogue field says by its `meaning` what it needs; no
source is asked anything, and nothing of an operand's value decides the shape.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_argument_values,
    is_object_type,
)

from connectors.requests import KeyBinding
from gateway.plan import model
from gateway.plan import shape as shapes
from gateway.plan.arguments import (
    Slots,
    as_operand,
    read_first,
    read_order,
    read_source_arguments,
    read_where,
)
from gateway.plan.binding import bind_key, reaches, unreachable
from gateway.plan.collect import Selected, Selections, named_type
from gateway.plan.places import Places
from schema.catalogue.model import Attachment, Catalogue, Entity, Key, Resource
from schema.predicate import conjunction
from schema.types import meaning as means


def build_draft(
    schema: GraphQLSchema,
    catalogue: Catalogue,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Any,
) -> tuple[model.Draft, model.Operands]:
    """Read a validated operation with coerced variables (graphql-core's `VariableValues`)."""
    return _Builder(schema, catalogue, document, variables).build(operation)


class _Builder:
    def __init__(
        self, schema: GraphQLSchema, catalogue: Catalogue, document: DocumentNode, variables: Any
    ) -> None:
        fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._schema = schema
        self._catalogue = catalogue
        self._variables = variables
        self._selections = Selections(schema, fragments, variables)
        self._slots = Slots()
        self._places = Places()

    def build(self, operation: OperationDefinitionNode) -> tuple[model.Draft, model.Operands]:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        selected = self._selections.root(operation.selection_set, root)
        entries, others = self._entries(selected, root, ())
        draft = model.Draft(
            operation=operation.name.value if operation.name else "",
            entries=tuple(entries),
            nodes=tuple(self._places.nodes),
            specs=tuple(self._places.specs),
            is_whole=not others,
            operands=len(self._slots.operands),
        )
        return draft, self._slots.operands

    def _entries(
        self, selected: Selected, parent: GraphQLObjectType, path: model.Path
    ) -> tuple[list[model.Entry], bool]:
        """The plan's entries below a hand-written type, and whether anything else is selected."""
        entries: list[model.Entry] = []
        others = False
        for key, nodes in selected.items():
            field = parent.fields.get(nodes[0].name.value)
            meaning = means.meaning_of(field) if field else None
            if field is not None and meaning is not None:
                entries.append(self._root((*path, key), field, meaning, nodes))
                continue
            others = True
            type_ = named_type(field.type) if field else None
            if is_object_type(type_):
                entries += self._below((*path, key), type_, nodes)
        return entries, others

    def _below(self, path: model.Path, type_: GraphQLObjectType, nodes: list[FieldNode]) -> list[model.Entry]:
        entity = self._catalogue.entities.get(type_.name)
        if entity is None or "_states" not in type_.fields:
            if type_.name.startswith("__"):
                return []
            return self._entries(self._selections.of(nodes, type_), type_, path)[0]
        node = self._places.node(entity, entity.default_key, model.EntryKeys(path))
        return [model.Entry(path, self._entity(node, type_, nodes))]

    def _root(
        self, path: model.Path, field: GraphQLField, meaning: means.Meaning, nodes: list[FieldNode]
    ) -> model.Entry:
        arguments = self._arguments(field, nodes[0])
        type_ = named_type(field.type)
        match meaning:
            case means.Root(entity):
                return self._one(path, entity, entity.default_key, arguments[entity.root_argument], nodes)
            case means.RootBy(entity):
                name, value = next(iter(arguments["key"].items()))
                return self._one(path, entity, entity.keys[name], value, nodes)
            case means.Roots(entity):
                return self._many(path, entity, arguments["ids"], type_, nodes)
            case means.Collection(resource):
                return model.Entry(path, self._connection(path, resource, arguments, type_, nodes))
        raise AssertionError(meaning)

    def _one(
        self, path: model.Path, entity: Entity, key: Key, value: Any, nodes: list[FieldNode]
    ) -> model.Entry:
        parts = [value[part.name] for part in key.parts] if key.is_composite else [value]
        origin = model.RootKeys(tuple(self._slots.put(part) for part in parts))
        node = self._places.node(entity, key, origin)
        return model.Entry(path, self._entity(node, self._type(entity), nodes))

    def _connection(
        self,
        path: model.Path,
        resource: Resource,
        arguments: Mapping[str, Any],
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
    ) -> shapes.ConnectionShape:
        selected = self._selections.of(nodes, type_)
        with_total = any(chosen[0].name.value == "totalCount" for chosen in selected.values())
        first, is_default = read_first(resource, arguments, self._slots)
        after = arguments.get("after")
        spec = self._places.spec(
            node=self._places.node(model.NOWHERE, model.NOWHERE.default_key, model.ScanOrigin()).id,
            resource=resource,
            binding=KeyBinding((), ()),
            predicate=read_where(arguments.get("where"), self._slots),
            order=read_order(arguments.get("orderBy")),
            first=first,
            is_default_first=is_default,
            arguments=read_source_arguments(resource, arguments, self._slots),
            page=model.PageInput(None if after is None else self._slots.put(after, use="cursor"), with_total),
        )
        fields = [self._connection_field(spec, key, type_, chosen) for key, chosen in selected.items()]
        return shapes.ConnectionShape(path[-1], spec.id, resource, tuple(fields))

    def _connection_field(
        self, spec: model.FetchSpec, key: str, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> shapes.ConnectionField:
        name = nodes[0].name.value
        if name == "__typename":
            return shapes.Typename(key, type_.name)
        below = named_type(type_.fields[name].type)
        match name:
            case "nodes":
                return shapes.Nodes(key, self._row(spec, below, nodes))
            case "edges":
                fields = self._plain(below, nodes)
                selected = self._selections.of(nodes, below)
                row_type = named_type(below.fields["node"].type)
                rows = {
                    inner: self._row(spec, row_type, selected[inner])
                    for inner, field in fields
                    if field == "node"
                }
                return shapes.Edges(key, fields, rows)
            case "pageInfo":
                return shapes.PageInfo(key, self._plain(below, nodes))
        return shapes.TotalLeaf(key)

    def _many(
        self,
        path: model.Path,
        entity: Entity,
        ids: list[str],
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
    ) -> model.Entry:
        slot = self._slots.put(as_operand(ids))
        node = self._places.node(entity, entity.default_key, model.RootKeys((slot,), is_list=True))
        fields: list[tuple[str, str]] = []
        entities: dict[str, shapes.EntityShape] = {}
        for key, chosen in self._selections.of(nodes, type_).items():
            name = chosen[0].name.value
            meaning = None if name == "__typename" else means.meaning_of(type_.fields[name])
            if meaning is None:
                fields.append((key, "__typename"))
                continue
            assert isinstance(meaning, means.AnswerField)
            fields.append((key, meaning.name))
            if meaning.name == "entity":
                entities[key] = self._entity(node, self._type(entity), chosen)
        return model.Entry(path, shapes.AnswerShape(type_.name, node.id, tuple(fields), entities), slot)

    def _entity(
        self, node: model.Node, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> shapes.EntityShape:
        fields = self._entity_fields(node, type_, self._selections.of(nodes, type_))
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
            fields.append(self._entity_field(node, key, type_.fields[name], nodes))
        return fields

    def _entity_field(
        self, node: model.Node, key: str, field: GraphQLField, nodes: list[FieldNode]
    ) -> shapes.EntityField:
        match means.meaning_of(field):
            case means.Pseudonym():
                return shapes.PseudonymLeaf(key)
            case means.KeyValue(of):
                return self._key_leaf(node, key, of, field, nodes)
            case means.States():
                return shapes.StatesLeaf(key, self._plain(named_type(field.type), nodes))
            case means.Namespace():
                type_ = named_type(field.type)
                inner = self._entity_fields(node, type_, self._selections.of(nodes, type_))
                return shapes.Namespace(key, type_.name, tuple(inner))
            case means.Core() as core:
                return self._core(node, key, core, nodes)
            case means.Attached(resource, attachment):
                return self._attached(node, key, resource, attachment, field, nodes)
        raise AssertionError(field)

    def _plain(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> tuple[tuple[str, str], ...]:
        selected = self._selections.of(nodes, type_)
        return tuple((key, chosen[0].name.value) for key, chosen in selected.items())

    def _key_leaf(
        self, node: model.Node, key: str, of: Key, field: GraphQLField, nodes: list[FieldNode]
    ) -> shapes.EntityField:
        if not reaches(node.key, of):
            return unreachable(key, f"key {of.name}")
        read = None
        if isinstance(node.origin, model.LinkKeys):
            resource = self._places.specs[node.origin.fetch].resource
            read = shapes.Read(resource.code, node.origin.item, "show")
        type_ = named_type(field.type)
        parts = self._plain(type_, nodes) if is_object_type(type_) else ()
        return shapes.KeyLeaf(key, of, read, parts)

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
            covers = attachment.covers.prefixes if is_default else ()
            spec = self._spec(node, resource, attachment, {}, covers=covers)
            if spec is None:
                continue
            item = means.ItemValue(resource.items[core.item], core.aspect)
            choices.append((spec.id, self._row_field(spec, key, item, nodes)))
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
        arguments = self._arguments(field, nodes[0])
        spec = self._spec(node, resource, attachment, arguments)
        if spec is None:
            return unreachable(key, f"resource {resource.code}")
        row = self._row(spec, named_type(field.type), nodes)
        return shapes.Attached(key, spec.id, resource, attachment.many, row)

    def _row(
        self, spec: model.FetchSpec, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> shapes.RowShape:
        fields: list[shapes.RowField] = []
        for key, inner in self._selections.of(nodes, type_).items():
            name = inner[0].name.value
            if name == "__typename":
                fields.append(shapes.Typename(key, type_.name))
                continue
            meaning = means.meaning_of(type_.fields[name])
            assert isinstance(meaning, means.ItemValue)
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
                argument = dict(spec.arguments).get(f"argument:{item.derivation.argument}")
            return shapes.Leaf(key, spec.resource, item, aspect, argument)
        assert item.link is not None
        targets: dict[str, shapes.EntityShape] = {}
        for kind, target in item.link.targets.items():
            entity = self._catalogue.entities[target.entity]
            origin = model.LinkKeys(spec.id, item.name, kind)
            node = self._places.node(entity, entity.keys[target.key], origin)
            targets[kind] = self._entity(node, self._type(entity), nodes)
        return shapes.Link(key, spec.resource, item, targets)

    def _spec(
        self,
        node: model.Node,
        resource: Resource,
        attachment: Attachment,
        arguments: Mapping[str, Any],
        covers: tuple[str, ...] = (),
    ) -> model.FetchSpec | None:
        """The spec of a place; `None` where the node's key does not reach it."""
        via = None
        if attachment.via is not None:
            via = self._via(node, attachment.via.resource, attachment.via.item)
            binding: KeyBinding | None = KeyBinding(attachment.by, (None,) * len(attachment.by))
        else:
            binding = bind_key(node, attachment)
        if binding is None or (attachment.via and via is None):
            return None
        many = attachment.many and not attachment.is_core
        first, is_default = read_first(resource, arguments, self._slots) if many else (None, False)
        return self._places.spec(
            node=node.id,
            resource=resource,
            binding=binding,
            covers=covers,
            via=via,
            predicate=conjunction(attachment.rows, read_where(arguments.get("where"), self._slots)),
            order=read_order(arguments.get("orderBy")),
            first=first,
            is_default_first=is_default,
            arguments=read_source_arguments(resource, arguments, self._slots),
            many=many,
        )

    def _via(self, node: model.Node, code: str, item: str) -> model.ViaInput | None:
        resource = self._catalogue.resources[code]
        places = (a for a in resource.attachments if a.entity == node.entity.name and not a.is_reverse)
        for attachment in places:
            spec = self._spec(node, resource, attachment, {})
            if spec is not None:
                return model.ViaInput(spec.id, item)
        return None

    def _arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        return get_argument_values(field, node, self._variables)

    def _type(self, entity: Entity) -> GraphQLObjectType:
        type_ = self._schema.get_type(entity.name)
        assert isinstance(type_, GraphQLObjectType)
        return type_
