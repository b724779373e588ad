"""Declarations with the files that make them: what check and compile work on."""

from collections.abc import Callable, Container, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from schema.catalogue.declarations import (
    CityDeclaration,
    CodeListDeclaration,
    DepartmentDeclaration,
    EntityDeclaration,
    ThemeDeclaration,
)
from schema.catalogue.item_declarations import ItemDeclaration
from schema.catalogue.yaml_file import YamlFile

SHIPPED = "(shipped) "
"""What the paths of the product's own files begin with."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration and the file that makes it."""

    file: YamlFile
    value: Any
    folder: str
    """Department folder; empty for what belongs to the city."""

    @property
    def code(self) -> str:
        """Of a resource, as the whole catalogue names it: `department.resource`."""
        return f"{self.folder}.{self.value.resource}"

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with the product."""
        return self.file.path.startswith(SHIPPED)

    def thin(self) -> "Declared":
        """A resource as others may look at it: of plain items only the type is left.

        A city's items are most of its declarations, and 60 MB of memory. What is reached through another
        resource stays as it is, and so do items that make more fields than their own.
        """
        if any(attachment.via is not None for attachment in self.value.attach):
            return self
        items = {
            name: item if _says_more(item) else _typed(item.type) for name, item in self.value.items.items()
        }
        rest: dict[str, Any] = {"items": items, "columns": {}}
        if self.value.collection is None:
            rest["origin"] = None
        return Declared(self.file.without_value(), self.value.model_copy(update=rest), self.folder)


def _says_more(item: ItemDeclaration) -> bool:
    return bool(
        item.link or item.derive or item.codes or item.mask or item.formerly or item.quality is not None
    )


@lru_cache(maxsize=1_024)
def _typed(type_: str) -> ItemDeclaration:
    return ItemDeclaration(title=type_, type=type_)


@dataclass(slots=True)
class Declarations:
    """Everything that is declared, by kind, in the order of the files."""

    city: Declared | None = None
    entities: list[Declared] = field(default_factory=list)
    code_lists: list[Declared] = field(default_factory=list)
    themes: list[Declared] = field(default_factory=list)
    departments: list[Declared] = field(default_factory=list)
    resources: list[Declared] = field(default_factory=list)
    unread: frozenset[str] = frozenset()
    """Departments with a file that could not be read: a resource that seems not to be there may be in it."""
    newer: Set[str] = frozenset()
    """Files that changed since the others stood together: of two that want one name, the newer one loses."""

    def add(self, one: Declared) -> None:
        """Put a declaration where it belongs."""
        match one.value:
            case CityDeclaration():
                self.city = one
            case EntityDeclaration():
                self.entities.append(one)
            case CodeListDeclaration():
                self.code_lists.append(one)
            case ThemeDeclaration():
                self.themes.append(one)
            case DepartmentDeclaration():
                self.departments.append(one)
            case _:
                self.resources.append(one)

    def with_resources(
        self, resources: list[Declared], unread: frozenset[str] = frozenset()
    ) -> "Declarations":
        """The same city with these resources."""
        return replace(self, resources=resources, unread=unread)

    def without(self, files: Container[str]) -> "Declarations":
        """What is declared in other files."""
        rest = self._with_each(lambda some: [one for one in some if one.file.path not in files])
        return replace(rest, city=None) if self.city and self.city.file.path in files else rest

    def newer_last(self, newer: Set[str]) -> "Declarations":
        """The same, what stands in `newer` files behind all others."""
        ordered = self._with_each(lambda some: sorted(some, key=lambda one: one.file.path in newer))
        return replace(ordered, newer=newer)

    def _with_each(self, change: Callable[[list[Declared]], list[Declared]]) -> "Declarations":
        return replace(
            self,
            entities=change(self.entities),
            code_lists=change(self.code_lists),
            themes=change(self.themes),
            departments=change(self.departments),
            resources=change(self.resources),
        )


def unit_of(path: str) -> str:
    """What a mistake in a file takes away: its department, or the file alone."""
    folder = folder_of(path)
    return f"departments/{folder}" if folder else path


def folder_of(path: str) -> str:
    """The department's folder that a file lies in, or nothing."""
    parts = path.split("/")
    return parts[1] if parts[0] == "departments" and len(parts) > 2 else ""
