"""Introspection: what it costs, and its answer by itself.

An operation that asks nothing but the schema has one answer for everybody who has this schema. It is
executed by graphql-core once, in a thread, and kept by what was asked: the printed operation with the
fragments it may use, and the variables. So any introspection query is answered exactly, whichever options
a tool's own has.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
    print_ast,
)

from gateway.assemble.respond import collapse
from gateway.document.roots import META, roots_of
from gateway.errors import client_safe
from gateway.plan.collect import fragments_of
from gateway.publish.published import write_apart


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each thing the lists of introspection hold, in all types together."""

    types: int
    fields: int
    arguments: int
    """Of fields."""
    inputs: int
    """Fields of input types."""
    values: int
    """Of enumerations."""
    members: int
    """Of unions."""

    @classmethod
    def of(cls, schema: GraphQLSchema) -> "Sizes":
        """Count."""
        fields = arguments = inputs = values = members = 0
        for type_ in schema.type_map.values():
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
                fields += len(type_.fields)
                arguments += sum(len(field.args) for field in type_.fields.values())
            elif isinstance(type_, GraphQLInputObjectType):
                inputs += len(type_.fields)
            elif isinstance(type_, GraphQLEnumType):
                values += len(type_.values)
            elif isinstance(type_, GraphQLUnionType):
                members += len(type_.types)
        return cls(len(schema.type_map), fields, arguments, inputs, values, members)

    @property
    def things(self) -> int:
        """All of them."""
        return self.types + self.fields + self.arguments + self.inputs + self.values + self.members

    def per(self, name: str, within: str) -> float:
        """How many entries a list has for each thing it is asked of, on average."""
        match name:
            case "types":
                return self.types
            case "fields":
                return self.fields / self.types
            case "args" if within == "fields":
                return self.arguments / max(1, self.fields)
            case "inputFields":
                return self.inputs / self.types
            case "enumValues":
                return self.values / self.types
            case "possibleTypes":
                return self.members / self.types
            case "directives":
                return DIRECTIVES
            case "ofType":
                return WRAPPED
        return 1.0


DIRECTIVES = 8
WRAPPED = 0.5
"""Types that wrap another, among those that are asked whether they do: seven levels are asked for."""


def cost_of(operation: OperationDefinitionNode, document: DocumentNode, sizes: Sizes) -> float:
    """Fields that the introspection part of an operation answers with, on average of the schema's types."""
    fragments = fragments_of(document)

    def below(selections: SelectionSetNode, within: str, open_: frozenset[str]) -> Iterator[float]:
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in fragments and name not in open_:
                    yield from below(fragments[name].selection_set, within, open_ | {name})
            elif isinstance(node, FieldNode):
                name = node.name.value
                each = 1.0
                if node.selection_set is not None:
                    each += sum(below(node.selection_set, name, open_))
                yield each * sizes.per(name, within)
            elif isinstance(node, InlineFragmentNode):
                yield from below(node.selection_set, within, open_)

    total = 0.0
    for node in roots_of(operation, fragments):
        if node.name.value in META and node.selection_set is not None:
            total += sum(below(node.selection_set, node.name.value, frozenset()))
    return total


def key_of(operation: OperationDefinitionNode, document: DocumentNode, variables: Mapping[str, Any]) -> bytes:
    """The name of what the answer depends on, besides the schema."""
    fragments = sorted(print_ast(one) for one in fragments_of(document).values())
    asked = [print_ast(operation), fragments, dict(variables)]
    return hashlib.blake2b(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()


def introspect(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> bytes:
    """The body of the answer: to every request that asks so, and of none in the log."""
    name = operation.name.value if operation.name else None
    result = execute(schema, document, variable_values=dict(variables), operation_name=name)
    assert isinstance(result, ExecutionResult), "introspection waits for nothing"
    errors = collapse(client_safe(error, "introspection") for error in result.errors or ())
    return write_apart({"data": result.data} | ({"errors": errors} if errors else {}))
