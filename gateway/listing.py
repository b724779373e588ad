"""The catalogue as a field of the graph: departments, themes, and resources page by page.

It is answered by graphql-core, in the loop, so what one request may list is bounded: all of a city at once
would stop every other request for half a second.
"""

from collections import Counter
from functools import cached_property
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry.types import Info

from schema.catalogue.model import Catalogue, Resource
from schema.catalogue.theme import Theme
from schema.policy.visibility import Visibility

DEFAULT_FIRST, MAX_FIRST = 100, 500
"""Resources of one page."""
MAX_LISTED = 1_000
"""Departments, themes and resources in one answer."""


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


def _departments(root: strawberry.Parent["CatalogueList"], info: Info[Any, Any]) -> list[CatalogueDepartment]:
    """In the order of the catalogue."""
    _count(info, len(root.by_department))
    departments = root.catalogue.departments
    return [
        CatalogueDepartment(name=name, title=departments[name].title, total=total)
        for name, total in root.by_department.items()
    ]


def _themes(root: strawberry.Parent["CatalogueList"], info: Info[Any, Any]) -> list[CatalogueTheme]:
    """In the order of the catalogue."""
    _count(info, len(root.by_theme))
    themes = root.catalogue.themes
    return [
        CatalogueTheme(name=name, title=themes[name].title, total=total)
        for name, total in root.by_theme.items()
    ]


def _count(info: Info[Any, Any], entries: int) -> None:
    """Refuse more entries than a request is given; it may name a list many times."""
    count = info.context["listed"] = info.context.get("listed", 0) + entries
    if count > MAX_LISTED:
        raise _refusal("COST_EXCEEDED", f"A request lists at most {MAX_LISTED} entries of the catalogue.")


def _refusal(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


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
        return sum(map(_is_connected, self.resources))

    @strawberry.field
    def nodes(
        self,
        info: Info[Any, Any],
        first: Annotated[
            int, strawberry.argument(description="至多几条 — How many, up to 500")
        ] = DEFAULT_FIRST,
        after: Annotated[
            str | None, strawberry.argument(description="接在该编码之后 — Those behind this code")
        ] = None,
    ) -> list[CatalogueResource]:
        """The resources, with those of their items that are listed."""
        if not 1 <= first <= MAX_FIRST:
            raise _refusal("BAD_INPUT", f"'first' of a listing is between 1 and {MAX_FIRST}.")
        start = 0
        if after is not None:
            places = (place for place, one in enumerate(self.resources, 1) if one.code == after)
            start = next(places, -1)
        if start < 0:
            raise _refusal("BAD_INPUT", "'after' is the code of a resource of the same listing.")
        page = self.resources[start : start + first]
        _count(info, len(page))
        return [self._listed(one) for one in page]

    departments: list[CatalogueDepartment] = strawberry.field(
        resolver=_departments, description="部门 — The departments whose resources are listed"
    )
    themes: list[CatalogueTheme] = strawberry.field(
        resolver=_themes, description="主题 — The themes that have items of what is listed"
    )

    @cached_property
    def by_department(self) -> Counter[str]:
        """How many resources of each department are listed."""
        return Counter(resource.department for resource in self.resources)

    @cached_property
    def by_theme(self) -> dict[str, int]:
        """How many resources that a theme has items of are listed; themes without any are left out."""
        listed = {resource.code for resource in self.resources}
        counts = {
            one.name: len(listed & self.visibility.codes(one)) for one in self.catalogue.themes.values()
        }
        return {name: count for name, count in counts.items() if count}

    def _listed(self, resource: Resource) -> CatalogueResource:
        return CatalogueResource(
            code=resource.code,
            title=resource.title,
            department=resource.department,
            provider=self.catalogue.departments[resource.department].title,
            sharing=resource.sharing.type,
            condition=resource.sharing.condition,
            update_cycle=resource.update_cycle,
            is_connected=_is_connected(resource),
            items=[
                CatalogueItem(name=item.name, title=item.title, type=item.type, level=item.level)
                for item in resource.items.values()
                if self.visibility.item(resource, item)
                and (self.theme is None or item.name in self.theme.items[resource.code])
            ],
        )


def _is_connected(resource: Resource) -> bool:
    """As declared: what a sandbox answers may be listed only."""
    return resource.is_connected and not resource.is_listed_only


def list_catalogue(
    info: Info[Any, Any],
    department: Annotated[str | None, strawberry.argument(description="部门 — Name of a department")] = None,
    theme: Annotated[str | None, strawberry.argument(description="主题 — Name of a theme")] = None,
    connected: Annotated[
        bool | None, strawberry.argument(description="是否接入 — Reachable or only listed")
    ] = None,
) -> CatalogueList:
    """What a caller of an audience may know of, narrowed by what it asks for."""
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
        and connected in (None, _is_connected(resource))
        and (codes is None or resource.code in codes)
    ]
    return CatalogueList(catalogue=catalogue, visibility=visibility, resources=resources, theme=held)
