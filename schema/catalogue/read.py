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

from pydantic import ValidationError

from schema.catalogue import declarations as declare
from schema.catalogue.check import check_declarations
from schema.catalogue.compile import compile_catalogue
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.model import Catalogue
from schema.catalogue.problems import Problem, sort_problems
from schema.catalogue.validation import problems_of
from schema.catalogue.yaml_file import Location, YamlFile, first_key, parse_yaml

KINDS: Mapping[str, type[declare.Declaration]] = {
    "city": declare.CityDeclaration,
    "entity": declare.EntityDeclaration,
    "codes": declare.CodeListDeclaration,
    "department": declare.DepartmentDeclaration,
    "resource": declare.ResourceDeclaration,
}
"""First key of a file to what the file declares."""

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
    texts = {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(directory.rglob("*.yaml"))
        if "access" not in path.relative_to(directory).parts
    }
    return compile_declarations(texts, kinds, os.environ if environment is None else environment)


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
    broken = {_folder(problem.file) for problem in problems}
    if "" in broken:
        return CheckedCatalogue(compile_catalogue(Declarations(declared.city)), sort_problems(problems))
    sound = Declarations(
        declared.city,
        declared.entities,
        declared.code_lists,
        [one for one in declared.departments if one.folder not in broken],
        [one for one in declared.resources if one.folder not in broken],
    )
    return CheckedCatalogue(compile_catalogue(sound), sort_problems(problems))


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
    for name, settings in sources.items():
        for key, value in settings.items() if isinstance(settings, dict) else ():
            if not isinstance(value, str):
                continue
            for variable, default in _VARIABLE.findall(value):
                if variable not in environment and f"${{{variable}:-" not in value:
                    yield file.problem(
                        ("sources", name, key),
                        "UNSET_VARIABLE",
                        f"the environment has no {variable}",
                        f"Set it, or write ${{{variable}:-default}}.",
                    )
                given = environment.get(variable, default)
                settings[key] = _VARIABLE.sub(given.replace("\\", r"\\"), settings[key], count=1)


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
