"""One parsed file -> what it declares, with the mistakes that the grammar alone can see."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from schema.catalogue import declarations as declare
from schema.catalogue.declared import SHIPPED, Declared, folder_of
from schema.catalogue.grammar import Declaration
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem
from schema.catalogue.resource_declarations import ResourceDeclaration
from schema.catalogue.validation import problems_of
from schema.catalogue.yaml_file import Location, YamlFile, first_key, parse_yaml

KINDS: Mapping[str, type[Declaration]] = {
    "city": declare.CityDeclaration,
    "entity": declare.EntityDeclaration,
    "codes": declare.CodeListDeclaration,
    "theme": declare.ThemeDeclaration,
    "department": declare.DepartmentDeclaration,
    "resource": ResourceDeclaration,
}
"""First key of a file to what the file declares."""

_VARIABLE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}")


def declare_file(
    file: YamlFile, kinds: Mapping[str, KindModels], environment: Mapping[str, str]
) -> tuple[Declared | None, list[Problem]]:
    """What a file declares, or nothing, and every mistake that can be seen in it alone."""
    problems = list(file.problems)
    if problems and file.value is None:
        return None, problems
    kind = kind_of(file)
    if kind is None:
        name = first_key(file.value)
        hint = f"The first key says what a file declares: {', '.join(KINDS)}."
        return None, [
            *problems,
            file.problem((str(name),), "UNKNOWN_FILE", f"a file that begins with '{name}'", hint),
        ]
    if kind == "department":
        problems += _substitute(file, environment)
    try:
        value = KINDS[kind].model_validate(file.value)
    except ValidationError as error:
        return None, [*problems, *problems_of(error, file, ())]
    one = Declared(file, value, folder_of(file.path))
    if kind == "department":
        problems += _check_sources(one, kinds)
    return one, problems


def kind_of(file: YamlFile) -> str | None:
    """What a file declares, by its first key; `None` if that says nothing."""
    key = first_key(file.value)
    return key if key in KINDS else None


@cache
def shipped_entities() -> tuple[Declared, ...]:
    """The entities that come with the product."""
    folder = files("schema.catalogue").joinpath("entities")
    found = []
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        file = parse_yaml(f"{SHIPPED}{path.name}", path.read_text(encoding="utf-8"))
        found.append(Declared(file, declare.EntityDeclaration.model_validate(file.value), ""))
    return tuple(found)


def _check_sources(one: Declared, kinds: Mapping[str, KindModels]) -> Iterator[Problem]:
    for name, source in one.value.sources.items():
        location: Location = ("sources", name)
        kind = kinds.get(source.kind)
        if kind is None:
            yield one.file.problem(
                (*location, "kind"),
                "UNKNOWN_CONNECTOR",
                f"no connector '{source.kind}'",
                f"Installed: {', '.join(sorted(kinds))}.",
            )
            continue
        try:
            kind.settings.model_validate(source.model_extra or {})
        except ValidationError as error:
            yield from problems_of(error, one.file, location)


def _substitute(file: YamlFile, environment: Mapping[str, str]) -> Iterator[Problem]:
    """Put environment variables into the settings of sources."""
    sources = file.value.get("sources")
    if not isinstance(sources, dict):
        return
    for holder, key, location in _texts(sources, ("sources",)):
        value = holder[key]
        for variable, default in _VARIABLE.findall(value):
            if variable not in environment and f"${{{variable}:-" not in value:
                yield file.problem(
                    location,
                    "UNSET_VARIABLE",
                    f"the environment has no {variable}",
                    f"Set it, or write ${{{variable}:-default}}.",
                )
            given = environment.get(variable, default)
            holder[key] = _VARIABLE.sub(given.replace("\\", r"\\"), holder[key], count=1)


def _texts(holder: Any, location: tuple[Any, ...]) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    """Every text in settings, however deep: secrets stand in headers and parameters, too."""
    members = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, value in list(members):
        if isinstance(value, str):
            yield holder, key, (*location, key)
        elif isinstance(value, dict | list):
            yield from _texts(value, (*location, key))
