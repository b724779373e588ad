"""Declarations with the files that make them: what check and compile work on."""

from dataclasses import dataclass, field
from typing import Any

from schema.catalogue.yaml_file import YamlFile


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration and the file that makes it."""

    file: YamlFile
    value: Any
    folder: str
    """Department folder; empty for what belongs to the city."""


@dataclass(slots=True)
class Declarations:
    """Everything that is declared, by kind, in the order of the files."""

    city: Declared | None = None
    entities: list[Declared] = field(default_factory=list)
    code_lists: list[Declared] = field(default_factory=list)
    departments: list[Declared] = field(default_factory=list)
    resources: list[Declared] = field(default_factory=list)
