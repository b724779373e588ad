"""Connections: how collections page (GraphQL Cursor Connections Specification, forward only)."""

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from schema.catalogue.model import Resource
from schema.scalars import SCALARS
from schema.types import meaning as means
from schema.types.fields import list_of, make_field
from schema.types.inputs import InputTypes

PAGE_INFO = GraphQLObjectType(
    "PageInfo",
    {
        "hasNextPage": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="还有下一页 — There is more"),
        "hasPreviousPage": GraphQLField(
            GraphQLNonNull(GraphQLBoolean), description="不是第一页 — This is not the first page"
        ),
        "startCursor": GraphQLField(GraphQLString, description="首行游标 — Cursor of the first row"),
        "endCursor": GraphQLField(GraphQLString, description="末行游标 — Cursor of the last row"),
    },
    description="分页 — Where a page ends",
)


def connection_of(resource: Resource, row: GraphQLObjectType) -> GraphQLObjectType:
    """The connection type of a resource with a collection."""
    assert resource.collection is not None
    edge = GraphQLObjectType(
        f"{resource.type_name}Edge",
        {
            "node": make_field(GraphQLNonNull(row), means.EdgePart("node"), "记录 — Record"),
            "cursor": make_field(GraphQLNonNull(GraphQLString), means.EdgePart("cursor"), "游标 — Cursor"),
        },
    )
    fields = {
        "edges": make_field(
            list_of(edge, required=True), means.ConnectionPart("edges"), "记录及游标 — Records with cursors"
        ),
        "nodes": make_field(list_of(row, required=True), means.ConnectionPart("nodes"), "记录 — Records"),
        "pageInfo": make_field(GraphQLNonNull(PAGE_INFO), means.ConnectionPart("pageInfo"), "分页 — Page"),
    }
    if resource.collection.has_total:
        total = means.ConnectionPart("totalCount")
        fields["totalCount"] = make_field(GraphQLNonNull(GraphQLInt), total, "总数 — Records on all pages")
    return GraphQLObjectType(f"{resource.type_name}Connection", fields, description=resource.title)


def collection_arguments(resource: Resource, inputs: InputTypes) -> dict[str, GraphQLArgument]:
    """`where` and `orderBy` on what a source can do exactly, `first` and `after`."""
    arguments: dict[str, GraphQLArgument] = {}
    if resource.collection is not None and resource.collection.is_searchable:
        where, order = inputs.search(resource), inputs.search_order(resource)
        if where:
            arguments["where"] = GraphQLArgument(where)
        if order:
            arguments["orderBy"] = GraphQLArgument(GraphQLList(GraphQLNonNull(order)))
    limits = resource.limits
    arguments["first"] = GraphQLArgument(
        GraphQLInt,
        description=f"至多 — At most {limits.max_first}; 默认 — default {limits.default_first}",
    )
    arguments["after"] = GraphQLArgument(GraphQLString, description="游标 — Cursor of the row before")
    return arguments | (as_of_argument() if resource.validity is not None else {})


def as_of_argument() -> dict[str, GraphQLArgument]:
    """`asOf` of a root: all below it is asked for that day."""
    text = "历史时点，下级字段同此 — The day to answer for, here and below"
    return {"asOf": GraphQLArgument(SCALARS["Date"], description=text)}
