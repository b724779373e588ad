"""Every field that a schema has, as documents: from introspection, as a client would write them."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

Keys = Mapping[str, str]
"""By root field, or by the name of an argument's type: GraphQL for a value."""


def documents_of(schema: GraphQLSchema, keys: Keys) -> Iterator[str]:
    """One document for each field of each root, with everything below it to the first link."""
    query = schema.query_type
    assert query is not None
    for name, root in query.fields.items():
        entity = get_named_type(root.type)
        if not isinstance(entity, GraphQLObjectType):
            yield f"{{ {_call(name, root, keys)} }}"
            continue
        for field_name, field in entity.fields.items():
            below = _call(field_name, field, keys) + _below(field, keys, depth=4)
            yield f"{{ {_call(name, root, keys)} {{ {below} }} }}"


def _call(name: str, field: GraphQLField, keys: Keys) -> str:
    needed = {n: a for n, a in field.args.items() if is_required_argument(a)}
    given = ", ".join(
        f"{n}: {keys.get(name) or keys[get_named_type(a.type).name]}" for n, a in needed.items()
    )
    return f"{name}({given})" if given else name


def _below(field: GraphQLField, keys: Keys, depth: int) -> str:
    """The selection of a field; below a link only what identifies."""
    type_: Any = get_named_type(field.type)
    if is_leaf_type(type_):
        return ""
    if isinstance(type_, GraphQLUnionType):
        parts = (f"... on {one.name} {{ id }}" for one in type_.types)
        return f" {{ __typename {' '.join(parts)} }}"
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    if depth == 0 or "_states" in type_.fields:
        leaf = next((n for n, f in type_.fields.items() if is_leaf_type(get_named_type(f.type))), None)
        return f" {{ __typename {leaf or ''} }}"
    inner = (_call(n, f, keys) + _below(f, keys, depth - 1) for n, f in type_.fields.items())
    return f" {{ __typename {' '.join(inner)} }}"
