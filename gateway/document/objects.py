"""How many objects a request brings as input, in its document and in its variables: bounded before anything
is made of them.

Each is a term of a filter or of an order, and becomes part of a plan, of what is asked of a source, and of
what is kept of both. A list of values is one operand, however long.
"""

from collections.abc import Iterable
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLSchema,
    VariableDefinitionNode,
    get_named_type,
    type_from_ast,
)

from gateway.errors import LimitExceeded

MAX_OBJECTS = 250
"""Of one document, and of the variables of one request."""


def hold_objects(schema: GraphQLSchema, definitions: Iterable[VariableDefinitionNode]) -> tuple[str, ...]:
    """The names of those variables that may have objects in them."""
    types = ((one.variable.name.value, type_from_ast(schema, one.type)) for one in definitions)
    return tuple(name for name, type_ in types if isinstance(get_named_type(type_), GraphQLInputObjectType))


def check_objects(values: Iterable[Any]) -> None:
    """Count the objects in values as they came. Raises `LimitExceeded`."""
    left, count = list(values), 0
    while left:
        value = left.pop()
        if value.__class__ is dict:
            count += 1
            left.extend(value.values())
        elif value.__class__ is list:
            left.extend(one for one in value if one.__class__ is dict or one.__class__ is list)
        if count > MAX_OBJECTS:
            raise too_many_objects("The variables have")


def too_many_objects(who: str) -> LimitExceeded:
    """Why so many are refused; `who` has them."""
    return LimitExceeded(
        f"{who} more than {MAX_OBJECTS} input objects. Ask for one of many values with a list of them ('in')."
    )
