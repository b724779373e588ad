"""Which fields a selection asks for at a type: fragments, `@skip` and `@include` resolved.

GraphQL specification, section 6.3.2 (CollectFields) with field merging (5.3.2).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    VariableValues,
    get_directive_values,
    get_named_type,
    is_abstract_type,
)

Fragments = Mapping[str, FragmentDefinitionNode]
"""By name."""
Selected = dict[str, list[FieldNode]]
"""Response key to the nodes that ask for it, in the order of the document."""


def fragments_of(document: DocumentNode) -> Fragments:
    """The fragments that a document defines."""
    return {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}


class Selections:
    """Collects fields of one operation under its variable values."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Fragments,
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def of(self, nodes: Iterable[FieldNode], type_: GraphQLObjectType) -> Selected:
        """The fields below some field nodes, at a concrete type."""
        selected: Selected = {}
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set:
                self._collect(node.selection_set, type_, selected, seen)
        return selected

    def root(self, selection_set: SelectionSetNode, type_: GraphQLObjectType) -> Selected:
        """The fields of an operation."""
        selected: Selected = {}
        self._collect(selection_set, type_, selected, set())
        return selected

    def _collect(
        self, selections: SelectionSetNode, type_: GraphQLObjectType, into: Selected, seen: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            match node:
                case FieldNode():
                    key = (node.alias or node.name).value
                    into.setdefault(key, []).append(node)
                case InlineFragmentNode():
                    condition = node.type_condition
                    if condition is None or self._applies(condition.name.value, type_):
                        self._collect(node.selection_set, type_, into, seen)
                case FragmentSpreadNode():
                    self._spread(node.name.value, type_, into, seen)

    def _spread(self, name: str, type_: GraphQLObjectType, into: Selected, seen: set[str]) -> None:
        if name in seen:
            return
        seen.add(name)
        fragment = self._fragments[name]
        if self._applies(fragment.type_condition.name.value, type_):
            self._collect(fragment.selection_set, type_, into, seen)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if condition == type_.name:
            return True
        abstract = self._schema.get_type(condition)
        return (
            abstract is not None and is_abstract_type(abstract) and self._schema.is_sub_type(abstract, type_)
        )

    def _is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not include or bool(include["if"])


def named_type(type_: GraphQLOutputType) -> Any:
    """A field's type without its lists and non-nulls; of which kind it is, the field's meaning says."""
    return get_named_type(type_)
