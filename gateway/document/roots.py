"""What an operation asks at its roots: data, the schema, or both."""

from collections.abc import Iterator
from typing import Literal

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.plan.collect import Fragments, fragments_of

META = frozenset({"__schema", "__type", "__typename"})
AsksSchema = Literal["nothing", "alone", "beside"]


def asks_schema(operation: OperationDefinitionNode, document: DocumentNode) -> AsksSchema:
    """Whether an operation asks for the schema: not at all, alone, or beside data."""
    names = {node.name.value for node in roots_of(operation, fragments_of(document))}
    if not names & {"__schema", "__type"}:
        return "nothing"
    return "alone" if names <= META else "beside"


def roots_of(operation: OperationDefinitionNode, fragments: Fragments) -> Iterator[FieldNode]:
    """The root fields of an operation, fragments opened."""
    return _fields(operation.selection_set, fragments, frozenset())


def _fields(selections: SelectionSetNode, fragments: Fragments, open_: frozenset[str]) -> Iterator[FieldNode]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in fragments and name not in open_:
                yield from _fields(fragments[name].selection_set, fragments, open_ | {name})
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments, open_)
