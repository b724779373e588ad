"""The hand-written part of the graph, in Strawberry: what is there whatever the catalogue says."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from schema.catalogue.model import Catalogue, Resource
from schema.catalogue.theme import Theme
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


@strawberry.type(description="部门 — A provider of data")
class CatalogueDepartment:
    """One department as the catalogue lists it."""

    name: str
    title: str
    total: int = strawberry.field(description="信息资源数 — Its resources that are listed")


@strawberry.type(description="主题 — A part of the catalogue across departments")
class CatalogueTheme:
    """One theme as the catalogue lists it."""

    name: str
    title: str
    total: int = strawberry.field(description="信息资源数 — Resources listed of which it has items")


def _departments(root: strawberry.Parent["CatalogueList"]) -> list[CatalogueDepartment]:
    """In the order of the catalogue."""
    counts = Counter(resource.department for resource in root.resources)
    return [
        CatalogueDepartment(name=name, title=root.catalogue.departments[name].title, total=total)
        for name, total in counts.items()
    ]


def _themes(root: strawberry.Parent["CatalogueList"]) -> list[CatalogueTheme]:
    """In the order of the catalogue."""
    listed = {resource.code for resource in root.resources}
    return [
        CatalogueTheme(name=theme.name, title=theme.title, total=total)
        for theme in root.catalogue.themes.values()
        if (total := len(listed & root.visibility.codes(theme)))
    ]


@strawberry.type(description="目录 — What exists, as declared")
class CatalogueList:
    """A part of the catalogue; what is not asked for is not made, since a city has 40,000 items."""

    catalogue: strawberry.Private[Catalogue]
    visibility: strawberry.Private[Visibility]
    resources: strawberry.Private[list[Resource]]
    theme: strawberry.Private[Theme | None]

    @strawberry.field
    def total(self) -> int:
        """Resources listed."""
        return len(self.resources)

    @strawberry.field
    def connected(self) -> int:
        """Those of them that can be reached."""
        return sum(resource.is_connected for resource in self.resources)

    @strawberry.field
    def nodes(self) -> list[CatalogueResource]:
        """The resources, with those of their items that are listed."""
        return [self._listed(resource) for resource in self.resources]

    departments: list[CatalogueDepartment] = strawberry.field(
        resolver=_departments, description="部门 — The departments whose resources are listed"
    )
    themes: list[CatalogueTheme] = strawberry.field(
        resolver=_themes, description="主题 — The themes that have items of what is listed"
    )

    def _listed(self, resource: Resource) -> CatalogueResource:
        return CatalogueResource(
            code=resource.code,
            title=resource.title,
            department=resource.department,
            provider=self.catalogue.departments[resource.department].title,
            sharing=resource.sharing.type,
            condition=resource.sharing.condition,
            update_cycle=resource.update_cycle,
            is_connected=resource.is_connected,
            items=[
                CatalogueItem(name=item.name, title=item.title, type=item.type, level=item.level)
                for item in resource.items.values()
                if self.visibility.item(resource, item)
                and (self.theme is None or item.name in self.theme.items[resource.code])
            ],
        )


def _catalogue(
    info: Info[Any, Any],
    department: Annotated[str | None, strawberry.argument(description="部门 — Name of a department")] = None,
    theme: Annotated[str | None, strawberry.argument(description="主题 — Name of a theme")] = None,
    connected: Annotated[
        bool | None, strawberry.argument(description="是否接入 — Reachable or only listed")
    ] = None,
) -> CatalogueList:
    snapshot = info.context["snapshot"]
    catalogue: Catalogue = snapshot.catalogue
    visibility: Visibility = snapshot.view(info.context["caller"].audience).visibility
    held = None if theme is None else catalogue.themes.get(theme, Theme(theme, "", {}))
    codes = None if held is None else visibility.codes(held)
    resources = [
        resource
        for resource in catalogue.resources.values()
        if visibility.resource(resource)
        and department in (None, resource.department)
        and connected in (None, resource.is_connected)
        and (codes is None or resource.code in codes)
    ]
    return CatalogueList(catalogue=catalogue, visibility=visibility, resources=resources, theme=held)


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
