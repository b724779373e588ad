"""Declarations with the files that make them: what check and compile work on."""

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


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration and the file that makes it."""

    file: YamlFile
    value: Any
    folder: str
    """Department folder; empty for what belongs to the city."""

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


def unit_of(path: str) -> str:
    """What a mistake in a file takes away: its department, or the file alone."""
    folder = folder_of(path)
    return f"departments/{folder}" if folder else path


def folder_of(path: str) -> str:
    """The department's folder that a file lies in, or nothing."""
    parts = path.split("/")
    return parts[1] if parts[0] == "departments" and len(parts) > 2 else ""
