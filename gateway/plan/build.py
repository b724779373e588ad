"""Document + schema + catalogue -> a draft of the plan, and the operands that this request brings.

The walk follows the selection once. Every catalogue field says by its `meaning` what it needs; no
source is asked anything, and nothing of an operand's value decides the shape.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    is_object_type,
)

from connectors.requests import KeyBinding
from gateway.plan import model
from gateway.plan import shape as shapes
from gateway.plan.aliases import Lookups
from gateway.plan.arguments import (
    Slots,
    as_operand,
    read_compared,
    read_first,
    read_order,
    read_source_arguments,
)
from gateway.plan.collect import Selected, Selections, fragments_of, named_type
from gateway.plan.entities import EntityReader
from gateway.plan.freshness import Demands
from gateway.plan.history import asked_at_source, without_history
from gateway.plan.places import Places
from schema.catalogue.entity import Entity, Key
from schema.catalogue.model import Catalogue, Resource
from schema.identifiers import names_citizen
from schema.predicate import Slot
from schema.types import meaning as means


def build_draft(
    schema: GraphQLSchema,
    catalogue: Catalogue,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    today: date,
) -> tuple[model.Draft, model.Operands]:
    """Read a validated operation with coerced variables."""
    return _Builder(schema, catalogue, document, variables, today).build(operation)


class _Builder:
    def __init__(
        self,
        schema: GraphQLSchema,
        catalogue: Catalogue,
        document: DocumentNode,
        variables: VariableValues,
        today: date,
    ) -> None:
        self._schema = schema
        self._catalogue = catalogue
        self._variables = variables
        self._selections = Selections(schema, fragments_of(document), variables)
        self._slots = Slots()
        self._places = Places()
        self._demands = Demands(variables, self._slots)
        self._lookups = Lookups(catalogue, self._slots, self._places, self._demands, today)
        self._reader = EntityReader(
            schema=schema,
            catalogue=catalogue,
            variables=variables,
            selections=self._selections,
            slots=self._slots,
            places=self._places,
            demands=self._demands,
            lookups=self._lookups,
            today=today,
        )

    def build(self, operation: OperationDefinitionNode) -> tuple[model.Draft, model.Operands]:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        selected = self._selections.root(operation.selection_set, root)
        with self._demands.within([operation]):
            entries, others = self._entries(selected, root, ())
        demanded = self._demands.by_spec
        draft = model.Draft(
            operation=_name_of(operation),
            entries=tuple(entries),
            nodes=tuple(self._places.nodes),
            specs=tuple(
                replace(spec, freshness=demanded.get(spec.id, model.Freshness()))
                for spec in self._places.specs
            ),
            is_whole=not others,
            lookups=self._lookups.all(),
            operands=len(self._slots.operands),
            terms=self._slots.terms,
        )
        return draft, self._slots.operands

    def _entries(
        self, selected: Selected, parent: GraphQLObjectType, path: model.Path
    ) -> tuple[list[model.Entry], bool]:
        """The entries at a root or below a hand-written type, and whether anything else is selected."""
        entries: list[model.Entry] = []
        others = False
        for key, nodes in selected.items():
            name = nodes[0].name.value
            if name == "__typename" and parent is self._schema.query_type:
                entries.append(model.Entry((*path, key), shapes.Typename(key, parent.name)))
                continue
            field = parent.fields.get(name)
            meaning = means.meaning_of(field) if field else None
            if field is not None and meaning is not None:
                with self._demands.within(nodes):
                    entries.append(self._root((*path, key), field, meaning, nodes))
                continue
            others = True
            type_ = named_type(field.type) if field else None
            if is_object_type(type_):
                with self._demands.within(nodes):
                    entries += self._below((*path, key), type_, nodes)
        return entries, others

    def _below(self, path: model.Path, type_: GraphQLObjectType, nodes: list[FieldNode]) -> list[model.Entry]:
        entity = self._catalogue.entities.get(type_.name)
        if entity is None or "_states" not in type_.fields:
            if type_.name.startswith("__"):
                return []
            return self._entries(self._selections.of(nodes, type_), type_, path)[0]
        node = self._places.node(entity, entity.default_key, model.EntryKeys(path))
        return [model.Entry(path, self._reader.entity(node, type_, nodes))]

    def _root(
        self, path: model.Path, field: GraphQLField, meaning: means.Meaning, nodes: list[FieldNode]
    ) -> model.Entry:
        arguments = self._reader.arguments(field, nodes[0])
        type_ = named_type(field.type)
        as_of = self._day(arguments)
        match meaning:
            case means.Root(entity):
                value = arguments[entity.root_argument]
                return self._entity_root(path, entity, entity.default_key, value, as_of, nodes)
            case means.RootBy(entity):
                name, value = next(iter(arguments["key"].items()))
                return self._entity_root(path, entity, entity.keys[name], value, as_of, nodes)
            case means.Roots(entity):
                return self._lenient_root(path, entity, arguments["ids"], as_of, type_, nodes)
            case means.Collection(resource):
                return model.Entry(path, self._connection(path, resource, arguments, type_, nodes))
        raise AssertionError(meaning)

    def _day(self, arguments: Mapping[str, Any]) -> Slot | None:
        day = arguments.get("asOf")
        return None if day is None else self._slots.put(day)

    def _entity_root(
        self,
        path: model.Path,
        entity: Entity,
        key: Key,
        value: Any,
        as_of: Slot | None,
        nodes: list[FieldNode],
    ) -> model.Entry:
        parts = [value[part.name] for part in key.parts] if key.is_composite else [value]
        origin = model.RootKeys(tuple(self._slots.put(part) for part in parts))
        node = self._places.node(entity, key, origin, as_of)
        return model.Entry(path, self._reader.entity(node, self._reader.type(entity), nodes))

    def _connection(
        self,
        path: model.Path,
        resource: Resource,
        arguments: Mapping[str, Any],
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
    ) -> shapes.ConnectionShape | shapes.Denied:
        selected = self._selections.of(nodes, type_)
        with_total = any(chosen[0].name.value == "totalCount" for chosen in selected.values())
        first, is_default = read_first(resource, arguments, self._slots)
        after, as_of = arguments.get("after"), self._day(arguments)
        node = self._places.node(model.NOWHERE, model.NOWHERE.default_key, model.ScanOrigin(), as_of)
        predicate, areas = self._reader.predicate(resource, arguments, as_of)
        spec = self._places.spec(
            model.FetchSpec(
                node=node.id,
                resource=resource,
                binding=KeyBinding((), ()),
                predicate=predicate,
                areas=areas,
                as_of=asked_at_source(resource, as_of),
                order=read_order(arguments, self._slots),
                first=first,
                is_default_first=is_default,
                arguments=read_source_arguments(resource, arguments, self._slots),
                compared=read_compared(resource, arguments, self._slots),
                page=model.PageInput(
                    None if after is None else self._slots.put(after, use="cursor"), with_total
                ),
            )
        )
        if self._reader.keeps_no_history(spec):  # the resource does; an area that it is asked by does not
            return without_history(path[-1], resource)
        self._demands.apply_to(spec.id)
        fields = []
        for key, chosen in selected.items():
            with self._demands.within(chosen):
                fields.append(self._connection_field(spec, key, type_, chosen))
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
                return shapes.Nodes(key, self._reader.row(spec, below, nodes))
            case "edges":
                fields = self._reader.plain(below, nodes)
                selected = self._selections.of(nodes, below)
                row_type = named_type(below.fields["node"].type)
                rows = {
                    inner: self._reader.row(spec, row_type, selected[inner])
                    for inner, field in fields
                    if field == "node"
                }
                return shapes.Edges(key, fields, rows)
            case "pageInfo":
                return shapes.PageInfo(key, self._reader.plain(below, nodes))
        return shapes.TotalLeaf(key)

    def _lenient_root(
        self,
        path: model.Path,
        entity: Entity,
        ids: list[str],
        as_of: Slot | None,
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
    ) -> model.Entry:
        slot = self._slots.put(as_operand(ids), use=f"ids of {entity.name}")
        origin = model.RootKeys((slot,), is_list=True)
        node = self._places.node(entity, entity.default_key, origin, as_of)
        self._lookups.ensure(node)  # the codes depend on it, even if no entity is selected
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
            if meaning.name == "aliasKinds":
                self._lookups.nodes_with_kinds.add(node.id)
            if meaning.name == "entity":
                entities[key] = self._reader.entity(node, self._reader.type(entity), chosen)
        return model.Entry(path, shapes.AnswerShape(type_.name, node.id, tuple(fields), entities), slot)


def _name_of(operation: OperationDefinitionNode) -> str:
    """An operation's name, as it may be kept: its writer may have put anybody's id in it."""
    name = operation.name.value if operation.name else ""
    return "…" if names_citizen(name) else name
