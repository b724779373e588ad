"""Whether `from:` of a resource is what the kind of its source takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schema.catalogue.check_keys import key_columns, keys_of
from schema.catalogue.declared import Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.validation import problems_of
from schema.catalogue.yaml_file import Location


def check_origin(one: Declared, scope: Scope, kinds: Mapping[str, KindModels]) -> Iterator[Problem]:
    """Check `from:`, and that what is read and given has a place in it."""
    source = scope.sources.get(one.value.source or "")
    kind = kinds.get(source.kind) if source else None
    if kind is None:
        return
    if one.value.origin is None and not one.value.connected:
        return
    try:
        origin = TypeAdapter(kind.origin).validate_python(one.value.origin)
    except ValidationError as error:
        yield from problems_of(error, one.file, ("from",))
        return
    yield from _check_places(one, kind, origin)
    misnamed = list(_check_keyed(one, kind, origin))
    yield from misnamed or _check_keys(one, kind, origin, scope)


def _check_places(one: Declared, kind: KindModels, origin: Any) -> Iterator[Problem]:
    found: list[tuple[Location, str | None]] = [
        (("items", name, "column"), kind.misplaces(origin, item.column))
        for name, item in one.value.items.items()
        if item.column is not None
    ]
    derived = [item.derive.equals for item in one.value.items.values() if item.derive is not None]
    compared = {equals.argument for equals in derived if equals is not None}  # by us, and not sent
    found += [
        (("arguments", name), kind.misses(origin, argument.parameter or name))
        for name, argument in one.value.arguments.items()
        if name not in compared
    ]
    for location, why in found:
        if why is not None:
            yield one.file.problem(
                location, "NO_PLACE", why, "Correct it here, or give it a place in 'from'."
            )


def _check_keys(one: Declared, kind: KindModels, origin: Any, scope: Scope) -> Iterator[Problem]:
    """Whether each of the keys that rows may be asked by can be given."""
    for location, columns in keys_of(one, scope):
        why = kind.unplaced(origin, columns)
        if why is not None:
            yield one.file.problem(
                location,
                "NO_PLACE",
                f"{', '.join(columns)}: {why}",
                "Give every key a place in 'from': see docs/connectors.md.",
            )


def _check_keyed(one: Declared, kind: KindModels, origin: Any) -> Iterator[Problem]:
    """What is said of a key's column that is none: the key would be given in another place, or in none."""
    known = key_columns(one)
    for setting, column in kind.keyed(origin):
        if column not in known:
            yield one.file.problem(
                ("from", setting, column),
                "NO_KEY_COLUMN",
                f"'{column}' in '{setting}' is no column by which rows are asked for",
                f"Keys stand in {', '.join(sorted(known)) or 'none'}: see 'attach', and 'reverse' links.",
            )
