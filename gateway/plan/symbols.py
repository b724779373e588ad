"""Variables without their values: a plan is made for their shape and runs for every request of it.

The shape of a variable is what planning looks at: which input fields are given, how many terms an order
has, booleans (they decide `@skip` and `@include`) and directions. Every other value is a `Symbol`: the
place where a request's value stands. So a plan never depends on operands, and holds none.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    type_from_ast,
)
from msgspec import Struct

from gateway.plan.model import Operands
from schema.types.inputs import ORDER_DIRECTION

ValuePath = tuple[str | int, ...]


class Symbol(Struct, frozen=True):
    """Where a value stands: the name of a variable, then fields and positions in it."""

    path: ValuePath


OPERAND = Symbol(())
"""In a key: an operand, known by its place in the key."""


class RequestTime(Struct, frozen=True):
    """Where the moment of the request stands: what has an age is held against it."""


def shape_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Coerced variables with symbols in the places of operands; equal for requests of one shape."""
    types = _types_of(schema, operation)
    return {name: _shape(value, types[name], (name,)) for name, value in values.items()}


ShapeKey = Callable[[Mapping[str, Any]], Hashable]
"""From coerced variables to what a plan depends on of them. Names that a client gave are not in it: variables
are known by their number, operands by their place."""


def make_shape_key(schema: GraphQLSchema, operation: OperationDefinitionNode) -> ShapeKey:
    """Make what names the shapes of an operation's variables; in most there is only one to name."""
    types = _types_of(schema, operation)
    numbers = {name: number for number, name in enumerate(types)}

    def of_this(values: Mapping[str, Any]) -> Hashable:
        shape = shape_of(schema, operation, values)
        return tuple((numbers[name], _key(value)) for name, value in shape.items())

    if any(_decides(type_) for type_ in types.values()):
        return of_this
    whole = tuple((number, OPERAND) for number in numbers.values())
    return lambda values: (
        whole if len(values) == len(whole) and None not in values.values() else of_this(values)
    )


def _key(shape: Any) -> Hashable:
    """What is in a variable, without the name that its path begins with."""
    if isinstance(shape, dict):
        return tuple((name, _key(value)) for name, value in shape.items())
    if isinstance(shape, list):
        return tuple(map(_key, shape))
    return OPERAND if isinstance(shape, Symbol) else shape


def shape_from(schema: GraphQLSchema, operation: OperationDefinitionNode, key: Hashable) -> dict[str, Any]:
    """The shape that a key names, for an operation that another schema may have given it to.

    Raises `ValueError` where the types of this schema have no such shape.
    """
    types = list(_types_of(schema, operation).items())
    if not isinstance(key, tuple) or any(number >= len(types) for number, _ in key):
        raise ValueError("other variables")
    found = [(*types[number], value) for number, value in key]
    return {name: _shape_from(value, type_, (name,)) for name, type_, value in found}


def _types_of(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, Any]:
    """The input types of an operation's variables, by name."""
    return {
        definition.variable.name.value: type_from_ast(schema, definition.type)
        for definition in operation.variable_definitions or ()
    }


def _shape_from(key: Any, type_: GraphQLInputType | None, path: ValuePath) -> Any:
    while isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if key is None:
        return None
    if isinstance(type_, GraphQLInputObjectType):
        if isinstance(key, tuple) and all(name in type_.fields for name, _ in key):
            return {name: _shape_from(value, type_.fields[name].type, (*path, name)) for name, value in key}
    elif isinstance(type_, GraphQLList) and _holds_objects(type_):
        if isinstance(key, tuple):
            return [_shape_from(one, type_.of_type, (*path, position)) for position, one in enumerate(key)]
    elif not isinstance(key, tuple):
        return Symbol(path) if key == OPERAND else key
    raise ValueError("another type")


def resolve(sources: Operands, values: Mapping[str, Any], now: datetime) -> Operands:
    """The operands of one request: constants of the document, values of its variables, its time."""
    found: list[Any] = []
    for source in sources:
        value: Any = source
        if isinstance(source, Symbol):
            value = values
            for step in source.path:
                value = value[step]
            if isinstance(value, list):
                value = tuple(value)
        elif isinstance(source, tuple):
            value = resolve(source, values, now)
        elif isinstance(source, RequestTime):
            value = now
        found.append(value)
    return tuple(found)


def _shape(value: Any, type_: GraphQLInputType | None, path: ValuePath) -> Any:
    while isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if value is None or type_ is GraphQLBoolean or type_ is ORDER_DIRECTION:
        return value
    if isinstance(type_, GraphQLInputObjectType):
        return {name: _shape(one, type_.fields[name].type, (*path, name)) for name, one in value.items()}
    if isinstance(type_, GraphQLList) and _holds_objects(type_):
        return [_shape(one, type_.of_type, (*path, position)) for position, one in enumerate(value)]
    return Symbol(path)


def _decides(type_: Any) -> bool:
    """Whether planning looks at values of a type, and not only at whether there is one."""
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_ is GraphQLBoolean or type_ is ORDER_DIRECTION or isinstance(type_, GraphQLInputObjectType)


def _holds_objects(type_: GraphQLList[Any]) -> bool:
    inner = type_.of_type
    while isinstance(inner, GraphQLNonNull | GraphQLList):
        inner = inner.of_type
    return isinstance(inner, GraphQLInputObjectType)
