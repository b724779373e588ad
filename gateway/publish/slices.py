"""Slices of a schema: a department, a theme, what a caller may read or request. Each is a valid schema.

The whole of a city is 17 MB of introspection; explorers and code generators take the part they need. A
slice never has more than its audience's own schema, and what a caller may not even request is left out
of its slice as if it were not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schema.catalogue.item import Item
from schema.catalogue.model import Catalogue, Resource
from schema.policy.caller import Caller
from schema.policy.decide import decide
from schema.policy.model import Policy
from schema.policy.visibility import Visibility, entities_below

Rights = Literal["any", "read", "request"]
"""Every item; those the caller is shown now; those too that it could apply for."""

BEYOND_REQUEST = frozenset({"WITHHELD", "NOT_OPEN"})
"""Rules of denials that no grant lifts."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a schema is wanted: what is in one of the departments, in one of the themes, and within
    the rights."""

    departments: frozenset[str] = frozenset()
    """Empty: all."""
    themes: frozenset[str] = frozenset()
    """Empty: whatever theme an item belongs to, if to any."""
    rights: Rights = "any"

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.departments and not self.themes and self.rights == "any"


def cut(
    whole: Visibility, wanted: Slice, catalogue: Catalogue, policy: Policy, caller: Caller, today: date
) -> Visibility:
    """The visible part of a slice: its items, and the entities that they hang on or lead to."""
    found: dict[str, frozenset[str]] = {}
    entities: set[str] = set()
    themes = [catalogue.themes[name].items for name in wanted.themes]
    for resource in catalogue.resources.values():
        if wanted.departments and resource.department not in wanted.departments:
            continue
        names = frozenset[str]().union(*(theme.get(resource.code, ()) for theme in themes))
        items = [
            item
            for item in resource.items.values()
            if (not themes or item.name in names)
            and whole.item(resource, item)
            and _may(wanted.rights, policy, caller, resource, item, today)
        ]
        if items:
            seen = found[resource.code] = frozenset(item.name for item in items)
            entities.update(entities_below(resource, seen), _linked(items))
    return Visibility(found, whole.entities & entities)


def _linked(items: list[Item]) -> Iterator[str]:
    for item in items:
        if item.link is not None:
            for target in item.link.targets.values():
                yield target.entity


def _may(rights: Rights, policy: Policy, caller: Caller, resource: Resource, item: Item, today: date) -> bool:
    if rights == "any":
        return True
    verdict = decide(caller, policy, resource, item, "show", today)
    if verdict.kind != "DENY":
        return True
    return rights == "request" and verdict.rule not in BEYOND_REQUEST
