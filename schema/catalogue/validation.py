"""pydantic's errors as problems at the lines of a file."""

from collections.abc import Iterator

from pydantic import ValidationError

from schema.catalogue.problems import Problem
from schema.catalogue.yaml_file import Location, YamlFile


def problems_of(error: ValidationError, file: YamlFile, prefix: Location) -> Iterator[Problem]:
    """pydantic's errors at the lines of the file; one for each place."""
    seen: set[int] = set()
    for one in error.errors(include_url=False, include_input=False):
        location = _known_part((*prefix, *one["loc"]), file)
        line = file.line_of(location)
        if line in seen and one["type"] != "extra_forbidden":
            continue
        seen.add(line)
        name = ".".join(str(part) for part in one["loc"])
        yield file.problem(location, one["type"].upper(), f"{name}: {one['msg']}", _hint(one["type"]))


def _known_part(location: Location, file: YamlFile) -> Location:
    """Leave out the names of union members that pydantic puts in locations."""
    known: Location = ()
    for part in location:
        if (*known, part) in file.lines:
            known = (*known, part)
        elif (*known, str(part)) in file.lines:
            known = (*known, str(part))
    return known


def _hint(type_: str) -> str:
    match type_:
        case "extra_forbidden":
            return "No such key here: check its spelling against docs/catalogue.md."
        case "missing":
            return "Add this key."
        case "string_pattern_mismatch":
            return (
                "Fields begin with a small letter, types with a capital; letters and digits only. "
                "`jutong names --write` drafts names of items."
            )
    return "See docs/catalogue.md for what may stand here."
