"""The hand-written part of the graph, in Strawberry: what is there whatever the catalogue says."""

from collections.abc import Mapping
from typing import Any

import strawberry

from gateway.listing import CatalogueList, list_catalogue
from schema.policy.caller import Audience


@strawberry.type
class Query:
    """What can be asked besides entities."""

    catalogue: CatalogueList = strawberry.field(
        resolver=list_catalogue, description="目录清单 — What exists, as this caller may know it"
    )


def make_skeleton(audience: Audience, extra: Mapping[str, type] | None = None) -> strawberry.Schema:
    """A fresh Strawberry schema; `extra` may bring `query` and `mutation` types of its own."""
    extra = extra or {}
    query: Any = Query
    if "query" in extra:
        query = strawberry.type(type("Query", (Query, extra["query"]), {}), name="Query")
    mutation = extra.get("mutation") if audience != "open" else None
    return strawberry.Schema(query=query, mutation=mutation)
