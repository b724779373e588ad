"""The hand-written part of the graph, in Strawberry: what is there whatever the catalogue says."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from schema.catalogue.model import Catalogue, Resource
from schema.policy.caller import Audience
from schema.types.visibility import Visibility


@strawberry.type(description="信息项 — One field of a resource")
class CatalogueItem:
    """One item as the catalogue lists it."""

    name: str
    title: str
    type: str
    level: int


@strawberry.type(description="信息资源 — One dataset of a department")
class CatalogueResource:
    """One resource as the catalogue lists it."""

    code: str
    title: str
    department: str
    provider: str
    sharing: str
    condition: str | None
    update_cycle: str
    is_connected: bool
    items: list[CatalogueItem]


@strawberry.type(description="目录 — What exists, as declared")
class CatalogueList:
    """A part of the catalogue."""

    total: int
    connected: int
    nodes: list[CatalogueResource]


def _catalogue(
    info: Info[Any, Any],
    department: Annotated[str | None, strawberry.argument(description="部门 — Name of a department")] = None,
    connected: Annotated[
        bool | None, strawberry.argument(description="是否接入 — Reachable or only listed")
    ] = None,
) -> CatalogueList:
    snapshot = info.context["snapshot"]
    catalogue: Catalogue = snapshot.catalogue
    visibility: Visibility = snapshot.view(info.context["caller"].audience).visibility
    nodes = [
        _listed(resource, catalogue, visibility)
        for resource in catalogue.resources.values()
        if visibility.resource(resource)
        and department in (None, resource.department)
        and connected in (None, resource.is_connected)
    ]
    return CatalogueList(total=len(nodes), connected=sum(node.is_connected for node in nodes), nodes=nodes)


def _listed(resource: Resource, catalogue: Catalogue, visibility: Visibility) -> CatalogueResource:
    return CatalogueResource(
        code=resource.code,
        title=resource.title,
        department=resource.department,
        provider=catalogue.departments[resource.department].title,
        sharing=resource.sharing.type,
        condition=resource.sharing.condition,
        update_cycle=resource.update_cycle,
        is_connected=resource.is_connected,
        items=[
            CatalogueItem(name=item.name, title=item.title, type=item.type, level=item.level)
            for item in resource.items.values()
            if visibility.item(resource, item)
        ],
    )


@strawberry.type
class Query:
    """What can be asked besides entities."""

    catalogue: CatalogueList = strawberry.field(
        resolver=_catalogue, description="目录清单 — What exists, as this caller may know it"
    )


def make_skeleton(audience: Audience, extra: Mapping[str, type] | None = None) -> strawberry.Schema:
    """A fresh Strawberry schema; `extra` may bring `query` and `mutation` types of its own."""
    extra = extra or {}
    query: Any = Query
    if "query" in extra:
        query = strawberry.type(type("Query", (Query, extra["query"]), {}), name="Query")
    mutation = extra.get("mutation") if audience != "open" else None
    return strawberry.Schema(query=query, mutation=mutation)
