"""Directives of the graph besides those of the specification."""

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLInt,
)

FRESHNESS = GraphQLDirective(
    "freshness",
    [DirectiveLocation.QUERY, DirectiveLocation.FIELD],
    args={
        "maxAge": GraphQLArgument(
            GraphQLInt, description="缓存至多几秒 — Rows read longer ago, in seconds, are read anew"
        ),
        "allowStale": GraphQLArgument(
            GraphQLBoolean,
            description="数据源不可用时可用过期缓存 — Where the source is down, expired rows will do",
        ),
    },
    description="新鲜度要求，下级字段同此 — How fresh data has to be, here and below",
)
