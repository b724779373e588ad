"""Reads a catalogue from disk. The only file of `schema` that touches it, with `policy/read.py`.

Each file becomes a declaration; each department is checked by itself, so that a broken folder takes
away nothing but itself.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schema.catalogue import declarations as declare
from schema.catalogue.check import check_declarations
from schema.catalogue.compile import compile_catalogue
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.grammar import Declaration
from schema.catalogue.kinds import KindModels
from schema.catalogue.model import Catalogue
from schema.catalogue.problems import Problem, sort_problems
from schema.catalogue.scope import Scope
from schema.catalogue.validation import problems_of
from schema.catalogue.yaml_file import Location, YamlFile, first_key, parse_yaml

KINDS: Mapping[str, type[Declaration]] = {
    "city": declare.CityDeclaration,
    "entity": declare.EntityDeclaration,
    "codes": declare.CodeListDeclaration,
    "department": declare.DepartmentDeclaration,
    "resource": declare.ResourceDeclaration,
}
"""First key of a file to what the file declares."""

ELSEWHERE = frozenset({"access", "personas"})
"""Folders that are read by others: the policy, the sandbox."""

_VARIABLE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class CheckedCatalogue:
    """A catalogue of all departments without mistakes, and every mistake."""

    catalogue: Catalogue
    problems: tuple[Problem, ...]


def read_catalogue(
    directory: Path,
    kinds: Mapping[str, KindModels],
    environment: Mapping[str, str] | None = None,
) -> CheckedCatalogue:
    """Read and check a directory; `${NAME}` and `${NAME:-default}` come from the environment."""
    environment = os.environ if environment is None else environment
    return compile_declarations(read_texts(directory), kinds, environment)


def read_texts(directory: Path) -> dict[str, str]:
    """The files of a catalogue, by path."""
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(directory.rglob("*.yaml"))
        if path.relative_to(directory).parts[0] not in ELSEWHERE and path.is_file()
    }


def compile_declarations(
    texts: Mapping[str, str],
    kinds: Mapping[str, KindModels],
    environment: Mapping[str, str] | None = None,
) -> CheckedCatalogue:
    """Check and compile files given as text by path: for tests and generated catalogues."""
    problems: list[Problem] = []
    declared = Declarations()
    for path, text in sorted(texts.items()):
        file = parse_yaml(path, text)
        problems += file.problems
        problems += _declare(file, declared, kinds, environment or {})
    if declared.city is None and not any(p.file == "city.yaml" for p in problems):
        problems.append(Problem("city.yaml", 1, "NO_CITY", "there is no city", "Add city.yaml with 'city:'."))
    _add_shipped_entities(declared)
    problems += check_declarations(declared, kinds)
    return CheckedCatalogue(*_compile_sound(declared, kinds, problems))


def _compile_sound(
    declared: Declarations, kinds: Mapping[str, KindModels], problems: list[Problem]
) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Compile what has no mistakes, once nothing that stands leans on what was left out."""
    broken = {unit_of(problem.file) for problem in problems}
    while True:
        sound = _without(declared, broken)
        further = [p for p in check_declarations(sound, kinds) if unit_of(p.file) not in broken]
        if not further:
            return compile_catalogue(sound, kinds), sort_problems(problems)
        problems = [*problems, *further]
        broken |= {unit_of(problem.file) for problem in further}


def _without(declared: Declarations, broken: set[str]) -> Declarations:
    """The declarations of sound departments, and the sound files of the city itself."""

    def sound(some: list[Declared]) -> list[Declared]:
        return [one for one in some if unit_of(one.file.path) not in broken]

    rest = Declarations(
        None,
        sound(declared.entities),
        sound(declared.code_lists),
        sound(declared.departments),
        sound(declared.resources),
    )
    if declared.city is not None:
        scope = Scope.of(rest)
        promoted = {
            entity: [code for code in codes if scope.is_on(code, entity)]
            for entity, codes in declared.city.value.promoted.items()
        }
        city = declared.city.value.model_copy(update={"promoted": promoted})
        rest.city = Declared(declared.city.file, city, "")
    else:
        rest.departments.clear()
        rest.resources.clear()
    return rest


def unit_of(path: str) -> str:
    """What a mistake in a file takes away: its department, or the file alone."""
    folder = _folder(path)
    return f"departments/{folder}" if folder else path


def _declare(
    file: YamlFile,
    declared: Declarations,
    kinds: Mapping[str, KindModels],
    environment: Mapping[str, str],
) -> Iterator[Problem]:
    if file.problems and file.value is None:
        return
    kind = first_key(file.value)
    model = KINDS.get(str(kind))
    if model is None:
        yield file.problem(
            (str(kind),),
            "UNKNOWN_FILE",
            f"a file that begins with '{kind}'",
            f"The first key says what a file declares: {', '.join(KINDS)}.",
        )
        return
    if kind == "department":
        yield from _substitute(file, environment)
    try:
        value = model.model_validate(file.value)
    except ValidationError as error:
        yield from problems_of(error, file, ())
        return
    folder = _folder(file.path)
    one = Declared(file, value, folder)
    match kind:
        case "city":
            declared.city = one
        case "entity":
            declared.entities.append(one)
        case "codes":
            declared.code_lists.append(one)
        case "department":
            declared.departments.append(one)
            yield from _check_sources(one, kinds)
        case "resource":
            declared.resources.append(one)


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


def _add_shipped_entities(declared: Declarations) -> None:
    own = {one.value.entity for one in declared.entities}
    use = declared.city.value.use if declared.city else []
    shipped = files("schema.catalogue").joinpath("entities")
    for path in sorted(shipped.iterdir(), key=lambda one: one.name):
        file = parse_yaml(f"(shipped) {path.name}", path.read_text(encoding="utf-8"))
        value = declare.EntityDeclaration.model_validate(file.value)
        if value.entity in use and value.entity not in own:
            declared.entities.append(Declared(file, value, ""))


def _folder(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "departments" and len(parts) > 2 else ""
