"""Mistakes in how an item is derived from another one."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schema.catalogue.compile_items import ORDERED_TYPES
from schema.catalogue.declared import Declared
from schema.catalogue.operands import operand_of
from schema.catalogue.problems import Problem
from schema.catalogue.yaml_file import Location

_KINDS = ("exists", "positive", "band", "equals", "age", "older")
_TAKES: Mapping[str, tuple[Collection[str], str]] = {
    "positive": (ORDERED_TYPES, "a number or a date"),
    "band": (ORDERED_TYPES, "a number or a date"),
    "age": (("DateTime",), "a DateTime"),
    "older": (("DateTime",), "a DateTime"),
}
"""Types of items from which a kind derives, and their name; the others derive from any."""
_GIVES: Mapping[str, tuple[str, str]] = {
    "exists": ("Boolean", "says yes or no"),
    "positive": ("Boolean", "says yes or no"),
    "equals": ("Boolean", "says yes or no"),
    "age": ("Int", "is a number of seconds"),
    "older": ("Boolean", "says yes or no"),
}
"""Type that an item of a kind has, and why; a band has that of its labels."""


def check_derivation(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    """Give every mistake of an item that has `derive`."""
    kinds = [kind for kind in _KINDS if getattr(item.derive, kind)]
    if len(kinds) != 1:
        yield one.file.problem(
            ("items", name, "derive"),
            "ONE_DERIVATION",
            "a derived item has one derivation",
            f"Give exactly one of {', '.join(_KINDS)}.",
        )
        return
    (kind,) = kinds
    given = getattr(item.derive, kind)
    location: Location = ("items", name, "derive", kind)
    source = given if isinstance(given, str) else given.item
    yield from _check_source(one, location if isinstance(given, str) else (*location, "item"), kind, source)
    if kind == "equals":
        yield from _check_argument(one, location, given.argument)
    if kind == "band":
        yield from _check_band(one, location, given)
    yield from _check_result(one, name, kind, item)


def _check_source(one: Declared, location: Location, kind: str, source: str) -> Iterator[Problem]:
    """The item that another one is derived from."""
    item = one.value.items.get(source)
    if item is None or item.derive is not None:
        yield one.file.problem(
            location,
            "UNKNOWN_ITEM",
            f"no item '{source}' with a column",
            "Name an item of this resource.",
        )
    elif kind in _TAKES:
        types, what = _TAKES[kind]
        if item.type not in types:
            yield one.file.problem(
                location, "DERIVED_TYPE", f"'{source}' is {item.type}", f"It takes {what}."
            )


def _check_argument(one: Declared, location: Location, argument: str) -> Iterator[Problem]:
    if argument not in one.value.arguments:
        yield one.file.problem(
            (*location, "argument"),
            "UNKNOWN_ARGUMENT",
            f"no argument '{argument}'",
            "Declare it under 'arguments'.",
        )


def _check_band(one: Declared, location: Location, band: Any) -> Iterator[Problem]:
    source = one.value.items.get(band.item)
    if source is not None and source.type in ORDERED_TYPES:
        values = [operand_of(source.type, bound) for bound in band.bounds]
        if None in values or values != sorted(set(values)):
            yield one.file.problem(
                (*location, "bounds"),
                "BAND_BOUNDS",
                f"not ascending values of {source.type}",
                "Write them as in a query, each above the one before.",
            )
    if len(band.labels) != len(band.bounds) + 1:
        yield one.file.problem(
            (*location, "labels"),
            "BAND_LABELS",
            f"{len(band.bounds)} bounds make {len(band.bounds) + 1} bands",
            "Give one label more than bounds.",
        )


def _check_result(one: Declared, name: str, kind: str, item: Any) -> Iterator[Problem]:
    """The derived item itself."""
    if kind in _GIVES:
        type_, what = _GIVES[kind]
        if item.type != type_:
            yield one.file.problem(
                ("items", name, "type"), "DERIVED_TYPE", f"'{name}' {what}", f"Make it type: {type_}."
            )
    if item.column is not None:
        yield one.file.problem(
            ("items", name, "column"),
            "DERIVED_COLUMN",
            "a derived item has no column",
            "Remove it.",
        )
