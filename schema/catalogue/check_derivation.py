"""Mistakes in how an item is derived from another one."""

from collections.abc import Iterator
from typing import Any

from schema.catalogue.compile_items import ORDERED_TYPES
from schema.catalogue.declared import Declared
from schema.catalogue.operands import operand_of
from schema.catalogue.problems import Problem
from schema.catalogue.yaml_file import Location

_KINDS = ("exists", "positive", "band", "equals", "age", "older")


def check_derivation(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    """Give every mistake of an item that has `derive`."""
    derive, items = item.derive, one.value.items
    location: Location = ("items", name, "derive")
    kinds = [kind for kind in _KINDS if getattr(derive, kind)]
    if len(kinds) != 1:
        yield one.file.problem(
            location,
            "ONE_DERIVATION",
            "a derived item has one derivation",
            f"Give exactly one of {', '.join(_KINDS)}.",
        )
        return
    (kind,) = kinds
    given = getattr(derive, kind)
    source = given if isinstance(given, str) else given.item
    where: Location = (*location, kind) if isinstance(given, str) else (*location, kind, "item")
    if source not in items or items[source].derive is not None:
        yield one.file.problem(
            where,
            "UNKNOWN_ITEM",
            f"no item '{source}' with a column",
            "Name an item of this resource.",
        )
    elif kind in {"positive", "band"} and items[source].type not in ORDERED_TYPES:
        yield one.file.problem(
            where,
            "DERIVED_TYPE",
            f"'{source}' is {items[source].type}",
            "It takes a number or a date.",
        )
    elif kind in {"age", "older"} and items[source].type != "DateTime":
        yield one.file.problem(
            where, "DERIVED_TYPE", f"'{source}' is {items[source].type}", "It takes a DateTime."
        )
    if kind == "equals" and given.argument not in one.value.arguments:
        yield one.file.problem(
            (*location, kind, "argument"),
            "UNKNOWN_ARGUMENT",
            f"no argument '{given.argument}'",
            "Declare it under 'arguments'.",
        )
    if kind == "band" and source in items:
        yield from _check_bounds(one, name, items[source].type, given.bounds)
    if kind == "band" and len(given.labels) != len(given.bounds) + 1:
        yield one.file.problem(
            (*location, kind, "labels"),
            "BAND_LABELS",
            f"{len(given.bounds)} bounds make {len(given.bounds) + 1} bands",
            "Give one label more than bounds.",
        )
    if kind == "age" and item.type != "Int":
        yield one.file.problem(
            ("items", name, "type"), "DERIVED_TYPE", f"'{name}' is a number of seconds", "Make it type: Int."
        )
    if kind in {"exists", "positive", "equals", "older"} and item.type != "Boolean":
        yield one.file.problem(
            ("items", name, "type"),
            "DERIVED_TYPE",
            f"'{name}' says yes or no",
            "Make it type: Boolean.",
        )
    if item.column is not None:
        yield one.file.problem(
            ("items", name, "column"),
            "DERIVED_COLUMN",
            "a derived item has no column",
            "Remove it.",
        )


def _check_bounds(one: Declared, name: str, type_: str, bounds: list[Any]) -> Iterator[Problem]:
    values = [operand_of(type_, bound) for bound in bounds]
    if type_ in ORDERED_TYPES and (None in values or values != sorted(set(values))):
        yield one.file.problem(
            ("items", name, "derive", "band", "bounds"),
            "BAND_BOUNDS",
            f"not ascending values of {type_}",
            "Write them as in a query, each above the one before.",
        )
