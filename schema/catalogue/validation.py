"""pydantic's errors as problems at the lines of a file."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schema.catalogue.grammar import NAME, TYPE_NAME
from schema.catalogue.problems import Problem
from schema.catalogue.yaml_file import Location, YamlFile


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One error, split where pydantic tries the members of a union."""

    place: Location
    """What stands in the file, up to the union."""
    member: str | None
    """The union's member that was tried; `None` outside of unions."""
    location: Location
    """The deepest thing that stands in the file."""
    name: str
    type: str
    message: str
    pattern: str | None
    """What text did not match."""


def problems_of(error: ValidationError, file: YamlFile, prefix: Location) -> Iterator[Problem]:
    """pydantic's errors at the lines of the file: of a union, those of the member that came nearest."""
    found = [
        _mistake(one, (*prefix, *one["loc"]), file)
        for one in error.errors(include_url=False, include_input=False)
    ]
    seen: set[tuple[Location, str]] = set()
    for one in found:
        known = (one.location, one.name)
        if one.member == _nearest(one.place, found) and known not in seen:
            seen.add(known)
            yield file.problem(
                one.location, one.type.upper(), f"{one.name}: {_plain(one.message)}", _hint(one)
            )


def _plain(message: str) -> str:
    """Without pydantic's word before a sentence of our own."""
    return message.removeprefix("Value error, ")


def _mistake(error: ErrorDetails, given: Location, file: YamlFile) -> _Mistake:
    type_ = error["type"]
    place: Location = ()
    member: str | None = None
    known: Location = ()
    for position, part in enumerate(given):
        inner = next(((*known, one) for one in (part, str(part)) if (*known, one) in file.lines), None)
        if inner is not None:
            known = inner
        elif member is None and not (type_ == "missing" and position == len(given) - 1):
            place, member = known, str(part)
    missing = (str(given[-1]),) if type_ == "missing" else ()
    name = ".".join(map(str, (*known, *missing)))
    pattern = error.get("ctx", {}).get("pattern")
    place = known if member is None else place
    return _Mistake(place, member, known, name, type_, error["msg"], pattern)


def _nearest(place: Location, found: list[_Mistake]) -> str | None:
    """The member of the union at a place that read furthest, with the fewest mistakes."""
    tried: dict[str | None, list[_Mistake]] = {}
    for one in found:
        if one.member is not None and one.place == place:
            tried.setdefault(one.member, []).append(one)
    if not tried:
        return None
    return max(
        tried, key=lambda member: (max(len(one.location) for one in tried[member]), -len(tried[member]))
    )


def _hint(one: _Mistake) -> str:
    is_of_a_kind = one.location[:1] == ("from",) or (
        one.location[:1] == ("sources",) and len(one.location) > 1
    )
    page = "docs/connectors.md" if is_of_a_kind else "docs/catalogue.md"
    match one.type:
        case "extra_forbidden":
            return f"No such key here: check its spelling against {page}."
        case "missing":
            return "Add this key."
        case "string_pattern_mismatch" if one.pattern in {NAME, TYPE_NAME}:
            return (
                "Fields begin with a small letter, types with a capital; letters and digits only. "
                "`jutong names --write` drafts names of items."
            )
    return f"See {page} for what may stand here."
