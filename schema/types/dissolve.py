"""Lets a schema go that nobody asks any more.

Types lead to fields and fields to types, in circles that only Python's collector would find, and a full
collection stops everything for a while. So the circles are cut, and references do the rest.
"""

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, GraphQLUnionType

_IN_CIRCLES = (GraphQLObjectType, GraphQLInputObjectType, GraphQLUnionType)


def dissolve(schema: GraphQLSchema, kept: GraphQLSchema) -> None:
    """Cut what a schema does not share with another that is kept. No request may be on it any more."""
    if schema is kept:
        return
    for name, type_ in schema.type_map.items():
        if isinstance(type_, _IN_CIRCLES) and kept.type_map.get(name) is not type_:
            fields = vars(type_).get("fields", {})
            while fields:  # one after another: thousands at once would keep the interpreter from everyone
                fields.popitem()
            vars(type_).clear()
    vars(schema).clear()  # it and Strawberry's know each other
