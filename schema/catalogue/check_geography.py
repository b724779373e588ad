"""Rules for coordinates and boundaries: what `near`, `within` and `box` are computed from."""

from collections.abc import Iterator
from typing import Any

from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location

LOCATED = ("near", "within", "box")
"""Conditions on where a row stands, beside those on its items."""


def check_geography(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    """Check every `coordinates:` and `boundary:`."""
    for one in declared.resources:
        if one.value.coordinates is not None:
            yield from _check_coordinates(one)
        if one.value.boundary is not None:
            yield from _check_boundary(one, scope)


def _check_coordinates(one: Declared) -> Iterator[Problem]:
    value = one.value
    for part in ("lon", "lat"):
        name = getattr(value.coordinates, part)
        item = value.items.get(name)
        location: Location = ("coordinates", part)
        if item is None or item.column is None or item.link is not None:
            yield one.file.problem(
                location, "UNKNOWN_ITEM", f"no item '{name}' with a column", "Name an item of this resource."
            )
            continue
        if item.type != "Decimal":
            yield one.file.problem(
                location,
                "COORDINATE_TYPE",
                f"'{name}' is {item.type}",
                "Degrees are exact numbers: make it type: Decimal, whatever the column is.",
            )
        if item.match is False or (isinstance(item.match, list) and not {"ge", "le"} <= set(item.match)):
            yield one.file.problem(
                location,
                "COORDINATE_MATCH",
                f"'{name}' may not be filtered by",
                "Asking by place is filtering: let 'match' be true, or hold 'ge' and 'le'.",
            )
    for name in LOCATED:
        if name in value.items:
            yield one.file.problem(
                ("items", name),
                "NAME_COLLISION",
                f"'{name}' is the condition on where a row stands",
                "The item loses: give it another name.",
            )


def _check_boundary(one: Declared, scope: Scope) -> Iterator[Problem]:
    value = one.value
    item = value.items.get(value.boundary.item)
    if item is None or item.column is None or item.type != "GeoJSON":
        yield one.file.problem(
            ("boundary", "item"),
            "BOUNDARY_TYPE",
            f"'{value.boundary.item}' is no item with an area",
            "Name an item of 'type: GeoJSON'.",
        )
    if not any(_is_key(attachment, scope) for attachment in value.attach):
        yield one.file.problem(
            ("boundary",),
            "BOUNDARY_KEY",
            "nothing says whose area it is",
            "Attach the resource to an entity by its default key, of one part.",
        )


def check_boundary_names(declared: Declarations) -> Iterator[Problem]:
    """Check that `within` has each name once."""
    names = {"polygon": ""}
    for one in declared.resources:
        if one.value.boundary is None:
            continue
        if names.setdefault(one.value.resource, one.code) != one.code:
            yield one.file.problem(
                ("boundary",),
                "NAME_COLLISION",
                f"'within' has '{one.value.resource}' already",
                "The newer one loses: give the resource another name.",
                takes="file",
            )


def _is_key(attachment: Any, scope: Scope) -> bool:
    entity = scope.entities.get(attachment.on)
    if entity is None or attachment.via is not None or not isinstance(attachment.by, dict):
        return False
    return not entity.default_key.is_composite and entity.default_key.name in attachment.by
