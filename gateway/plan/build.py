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
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_argument_values,
    is_object_type,
)

from connectors.requests import KeyBinding
from gateway.errors import BadInput
from gateway.plan import model
from gateway.plan.arguments import Slots, read_order, read_where
from gateway.plan.binding import bind_key, reaches, unreachable
from gateway.plan.collect import Selected, Selections
from schema.catalogue.model import Attachment, Catalogue, Entity, Key, Resource
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
        self._nodes: list[model.Node] = []
        self._specs: list[model.FetchSpec] = []
        self._known: dict[Any, int] = {}

    def build(self, operation: OperationDefinitionNode) -> tuple[model.Draft, model.Operands]:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        selected = self._selections.root(operation.selection_set, root)
        entries, others = self._entries(selected, root, ())
        draft = model.Draft(
            operation=operation.name.value if operation.name else "",
            entries=tuple(entries),
            nodes=tuple(self._nodes),
            specs=tuple(self._specs),
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
            type_ = _named(field.type) if field else None
            if is_object_type(type_):
                entries += self._below((*path, key), type_, nodes)
        return entries, others

    def _below(self, path: model.Path, type_: GraphQLObjectType, nodes: list[FieldNode]) -> list[model.Entry]:
        entity = self._catalogue.entities.get(type_.name)
        if entity is None or "_states" not in type_.fields:
            if type_.name.startswith("__"):
                return []
            return self._entries(self._selections.of(nodes, type_), type_, path)[0]
        node = self._node(entity, entity.default_key, model.EntryKeys(path))
        return [model.Entry(path, self._entity(node, type_, nodes))]

    def _root(
        self, path: model.Path, field: GraphQLField, meaning: means.Meaning, nodes: list[FieldNode]
    ) -> model.Entry:
        arguments = self._arguments(field, nodes[0])
        type_ = _named(field.type)
        match meaning:
            case means.Root(entity):
                return self._one(path, entity, entity.default_key, arguments[entity.root_argument], nodes)
            case means.RootBy(entity):
                name, value = next(iter(arguments["key"].items()))
                return self._one(path, entity, entity.keys[name], value, nodes)
            case means.Roots(entity):
                return self._many(path, entity, arguments["ids"], type_, nodes)
        raise AssertionError(meaning)

    def _one(
        self, path: model.Path, entity: Entity, key: Key, value: Any, nodes: list[FieldNode]
    ) -> model.Entry:
        parts = [value[part.name] for part in key.parts] if key.is_composite else [value]
        origin = model.RootKeys(tuple(self._slots.put(part) for part in parts))
        node = self._node(entity, key, origin)
        return model.Entry(path, self._entity(node, self._type(entity), nodes))

    def _many(
        self,
        path: model.Path,
        entity: Entity,
        ids: list[str],
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
    ) -> model.Entry:
        slot = self._slots.put(tuple(ids))
        node = self._node(entity, entity.default_key, model.RootKeys((slot,), is_list=True))
        fields: list[tuple[str, str]] = []
        entities: dict[str, model.EntityShape] = {}
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
        return model.Entry(path, model.AnswerShape(type_.name, node.id, tuple(fields), entities), slot)

    def _entity(
        self, node: model.Node, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> model.EntityShape:
        fields = self._entity_fields(node, type_, self._selections.of(nodes, type_))
        return model.EntityShape(type_.name, node.id, tuple(fields))

    def _entity_fields(
        self, node: model.Node, type_: GraphQLObjectType, selected: Selected
    ) -> list[model.EntityField]:
        fields: list[model.EntityField] = []
        for key, nodes in selected.items():
            name = nodes[0].name.value
            if name == "__typename":
                fields.append(model.Typename(key, type_.name))
                continue
            fields.append(self._entity_field(node, key, type_.fields[name], nodes))
        return fields

    def _entity_field(
        self, node: model.Node, key: str, field: GraphQLField, nodes: list[FieldNode]
    ) -> model.EntityField:
        match means.meaning_of(field):
            case means.Pseudonym():
                return model.PseudonymLeaf(key)
            case means.KeyValue(of):
                return self._key_leaf(node, key, of, field, nodes)
            case means.States():
                return model.StatesLeaf(key, self._plain(_named(field.type), nodes))
            case means.Namespace():
                type_ = _named(field.type)
                inner = self._entity_fields(node, type_, self._selections.of(nodes, type_))
                return model.Namespace(key, type_.name, tuple(inner))
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
    ) -> model.EntityField:
        if not reaches(node.key, of):
            return unreachable(key, f"key {of.name}")
        read = None
        if isinstance(node.origin, model.LinkKeys):
            resource = self._specs[node.origin.fetch].resource
            read = model.Read(resource.code, node.origin.item, "show")
        type_ = _named(field.type)
        parts = self._plain(type_, nodes) if is_object_type(type_) else ()
        return model.KeyLeaf(key, of, read, parts)

    def _core(
        self,
        node: model.Node,
        key: str,
        core: means.Core,
        nodes: list[FieldNode],
    ) -> model.EntityField:
        choices: list[tuple[int, model.RowField]] = []
        for authority in core.authorities:
            resource, attachment = authority.resource, authority.attachment
            spec = self._spec(node, resource, attachment, {}, covers=attachment.covers.prefixes)
            if spec is None:
                continue
            item = means.ItemValue(resource.items[core.item], core.aspect)
            choices.append((spec.id, self._row_field(spec, key, item, nodes)))
        if not choices:
            return unreachable(key, f"item {core.item}")
        return model.CoreField(key, tuple(choices))

    def _attached(
        self,
        node: model.Node,
        key: str,
        resource: Resource,
        attachment: Attachment,
        field: GraphQLField,
        nodes: list[FieldNode],
    ) -> model.EntityField:
        arguments = self._arguments(field, nodes[0])
        spec = self._spec(node, resource, attachment, arguments)
        if spec is None:
            return unreachable(key, f"resource {resource.code}")
        type_ = _named(field.type)
        row_fields: list[model.RowField] = []
        for inner_key, inner in self._selections.of(nodes, type_).items():
            name = inner[0].name.value
            if name == "__typename":
                row_fields.append(model.Typename(inner_key, type_.name))
                continue
            inner_field = type_.fields[name]
            meaning = means.meaning_of(inner_field)
            assert isinstance(meaning, means.ItemValue)
            row_fields.append(self._row_field(spec, inner_key, meaning, inner))
        row = model.RowShape(type_.name, tuple(row_fields))
        return model.Attached(key, spec.id, resource, attachment.many, row)

    def _row_field(
        self,
        spec: model.FetchSpec,
        key: str,
        value: means.ItemValue,
        nodes: list[FieldNode],
    ) -> model.RowField:
        item, aspect = value.item, value.aspect
        if aspect != "link":
            argument = None
            if item.derivation and item.derivation.argument:
                argument = dict(spec.arguments).get(f"argument:{item.derivation.argument}")
            return model.Leaf(key, spec.resource, item, aspect, argument)
        assert item.link is not None
        targets: dict[str, model.EntityShape] = {}
        for kind, target in item.link.targets.items():
            entity = self._catalogue.entities[target.entity]
            origin = model.LinkKeys(spec.id, item.name, kind)
            node = self._node(entity, entity.keys[target.key], origin)
            targets[kind] = self._entity(node, self._type(entity), nodes)
        return model.Link(key, spec.resource, item, targets)

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
        first, is_default = self._first(resource, arguments) if many else (None, False)
        return self._intern_spec(
            node=node.id,
            resource=resource,
            binding=binding,
            covers=covers,
            via=via,
            predicate=read_where(arguments.get("where"), self._slots),
            order=read_order(arguments.get("orderBy")),
            first=first,
            is_default_first=is_default,
            arguments=self._source_arguments(resource, arguments),
            many=many,
        )

    def _via(self, node: model.Node, code: str, item: str) -> model.ViaInput | None:
        resource = self._catalogue.resources[code]
        places = (a for a in resource.attachments if a.entity == node.entity.name)
        for attachment in places:
            spec = self._spec(node, resource, attachment, {})
            if spec is not None:
                return model.ViaInput(spec.id, item)
        return None

    def _first(self, resource: Resource, arguments: Mapping[str, Any]) -> tuple[Any, bool]:
        first = arguments.get("first")
        if first is None:
            return resource.limits.default_first, True
        if not 1 <= first <= resource.limits.max_first:
            raise BadInput(f"'first' of {resource.code} must be between 1 and {resource.limits.max_first}.")
        return self._slots.put(first), False

    def _source_arguments(
        self, resource: Resource, arguments: Mapping[str, Any]
    ) -> tuple[tuple[str, Any], ...]:
        """`argument:<name>` for derivations, and the source's parameter where none compares it."""
        compared = {item.derivation.argument for item in resource.items.values() if item.derivation}
        found: list[tuple[str, Any]] = []
        for argument in resource.arguments.values():
            if arguments.get(argument.name) is None:
                continue
            slot = self._slots.put(arguments[argument.name])
            name = f"argument:{argument.name}" if argument.name in compared else argument.parameter
            found.append((name, slot))
        return tuple(found)

    def _intern_spec(self, **values: Any) -> model.FetchSpec:
        identity = (
            "spec",
            values["resource"].code,
            *(value for name, value in values.items() if name not in {"resource", "binding"}),
            tuple((by.key, by.columns) for by in values["binding"].alternatives),
        )
        if identity not in self._known:
            self._known[identity] = len(self._specs)
            self._specs.append(model.FetchSpec(id=len(self._specs), **values))
        return self._specs[self._known[identity]]

    def _node(self, entity: Entity, key: Key, origin: Any) -> model.Node:
        identity = ("node", entity.name, key.name, origin)
        if identity not in self._known:
            self._known[identity] = len(self._nodes)
            self._nodes.append(model.Node(len(self._nodes), entity, key, origin))
        return self._nodes[self._known[identity]]

    def _arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        return get_argument_values(field, node, self._variables)

    def _type(self, entity: Entity) -> GraphQLObjectType:
        type_ = self._schema.get_type(entity.name)
        assert isinstance(type_, GraphQLObjectType)
        return type_


def _named(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_
