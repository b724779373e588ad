"""What two catalogues have in common for one audience: types made of it serve both.

A type that leads to an entity is never common, since the entity has a field for every department. Types
of rows without links, their filters and orders, and namespaces of nothing but these are most of a city.
"""

from dataclasses import dataclass

from schema.catalogue.model import Catalogue, Resource
from schema.policy.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What is common."""

    city: bool = False
    """Entities and code lists: whether anything is common at all."""
    resources: frozenset[str] = frozenset()
    """Codes."""

    def has(self, resource: Resource) -> bool:
        """Whether a resource is common."""
        return resource.code in self.resources


def unchanged(
    before: Catalogue, seen_before: Visibility, catalogue: Catalogue, visibility: Visibility
) -> Unchanged:
    """Compare; resources that were not compiled again are the same objects."""
    if before.entities != catalogue.entities or before.code_lists != catalogue.code_lists:
        return Unchanged()
    if _boundaries(before, seen_before) != _boundaries(catalogue, visibility):
        return Unchanged()  # every filter by place names them
    departments = {
        name
        for name, department in catalogue.departments.items()
        if before.departments.get(name) == department
    }
    common = {
        code
        for code, resource in catalogue.resources.items()
        if before.resources.get(code) is resource
        and resource.department in departments
        and seen_before.seen(code) == visibility.seen(code)
    }
    return Unchanged(True, frozenset(common))


def _boundaries(catalogue: Catalogue, visibility: Visibility) -> list[tuple[int, frozenset[str] | None]]:
    return [
        (id(resource), visibility.seen(code))
        for code, resource in catalogue.resources.items()
        if resource.boundary is not None
    ]
