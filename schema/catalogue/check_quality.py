"""Mistakes in quality rules: what could never be measured."""

import re
from collections.abc import Iterator
from typing import Any

from schema.catalogue.compile_items import ORDERED_TYPES
from schema.catalogue.declared import Declared
from schema.catalogue.operands import operand_of
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope


def check_same_as(one: Declared, scope: Scope) -> Iterator[Problem]:
    """Whether what an item should be the same as is there, and on the same entity."""
    for name, item in one.value.items.items():
        if item.quality is not None and item.quality.same_as is not None:
            yield from _check_same(one, name, item, scope)


def check_quality(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    """Give every mistake of one item's rules."""
    rules = item.quality

    def problem(key: str, message: str, hint: str) -> Problem:
        return one.file.problem(("items", name, "quality", key), "QUALITY", message, hint)

    if item.derive is not None:
        yield problem("", "a derived item has no stored values", "Give the rules to the item it is made of.")
    if rules.pattern is not None:
        if item.type != "String" or item.link is not None:
            yield problem("pattern", f"{item.type} is not held to a pattern", "Patterns are for text.")
        elif not _is_pattern(rules.pattern):
            yield problem("pattern", "not a regular expression", "See Python's `re`; quote it in YAML.")
    for key in ("min", "max"):
        bound = getattr(rules, key)
        if bound is None:
            continue
        if item.type not in ORDERED_TYPES:
            yield problem(key, f"{item.type} has no least and most", "Bounds are for numbers and dates.")
        elif operand_of(item.type, bound) is None:
            yield problem(key, f"not a value of {item.type}", "Write it as in a query.")
    if rules.listed and item.codes is None:
        yield problem("listed", "it has no code list", "Say which with 'codes'.")
    if not rules.model_fields_set:
        yield problem("", "no rule", "Give one, or leave 'quality' out.")


def _check_same(one: Declared, name: str, item: Any, scope: Scope) -> Iterator[Problem]:
    code = item.quality.same_as.rpartition(".")[0]
    found = scope.resources.get(code)
    where = ("items", name, "quality", "same_as")
    if scope.lacks_item(item.quality.same_as) or found is one:
        yield one.file.problem(
            where,
            "UNKNOWN_ITEM",
            f"no item '{item.quality.same_as}' of another resource",
            "Write department.resource.item.",
            takes="entry",
        )
    elif found is not None and not {a.on for a in found.value.attach} & {a.on for a in one.value.attach}:
        yield one.file.problem(
            where,
            "NOT_ATTACHED",
            f"'{code}' is on no entity that this resource is on",
            "Only what is on the same entity can be compared.",
            takes="entry",
        )


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
