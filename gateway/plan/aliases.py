"""Registers of aliases: which of them are asked about the keys of a node, and how.

A look-up is a fetch like any other (law 5: it is in the plan, in `explain`, in the record), whose columns
are used and never shown. It begins with the fetches of its node and makes none of them wait.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from connectors.requests import KeyBinding
from gateway.plan.arguments import Slots
from gateway.plan.freshness import Demands
from gateway.plan.history import asked_at_source, valid_on
from gateway.plan.model import AliasLookup, FetchSpec, Node
from gateway.plan.places import Places
from schema.catalogue.model import Catalogue, Resource

Register = TypeVar("Register", Resource, AliasLookup)


@dataclass(slots=True)
class Lookups:
    """Collects look-ups by node."""

    catalogue: Catalogue
    slots: Slots
    places: Places
    demands: Demands
    today: date
    by_node: dict[int, tuple[AliasLookup, ...]] = field(default_factory=dict)
    nodes_with_kinds: set[int] = field(default_factory=set)
    """Where it is asked why a key gave way."""

    def ensure(self, node: Node) -> tuple[AliasLookup, ...]:
        """The look-ups of a node, made where they are not there yet: before its fetches are."""
        if node.id not in self.by_node:
            known = self.catalogue.registers.get(node.entity.name, ())
            registers = reached_from(node.key.name, known, bindings_of)
            self.by_node[node.id] = tuple(self._lookup(node, one) for one in registers)
        return self.by_node[node.id]

    def all(self) -> Mapping[int, tuple[AliasLookup, ...]]:
        """By node, once the operation is read."""
        return {
            node: tuple(self._with_kind(node, one) for one in some)
            for node, some in self.by_node.items()
            if some
        }

    def _with_kind(self, node: int, lookup: AliasLookup) -> AliasLookup:
        aliases = self.places.specs[lookup.spec].resource.aliases
        is_asked = aliases is not None and node in self.nodes_with_kinds
        return replace(lookup, kind_item=aliases.kind_item) if aliases and is_asked else lookup

    def kinds(self, node: Node) -> list[str]:
        """Names of the keys that an alias may lead to, besides the node's own."""
        kinds = dict.fromkeys(kind for one in self.ensure(node) for kind in one.bindings)
        return [kind for kind in kinds if kind != node.key.name]

    def _lookup(self, node: Node, register: Resource) -> AliasLookup:
        assert register.aliases is not None
        bindings = bindings_of(register)
        day = node.as_of
        if day is None and register.validity is not None:
            day = self.slots.put(self.today)
        spec = self.places.spec(
            FetchSpec(
                node=node.id,
                resource=register,
                binding=bindings.get(node.key.name) or next(iter(bindings.values())),
                predicate=valid_on(register, day, None),
                as_of=asked_at_source(register, node.as_of),
            )
        )
        self.demands.apply_to(spec.id)
        return AliasLookup(spec.id, register.aliases.old, register.aliases.current, bindings)


def reached_from(
    kind: str, registers: Iterable[Register], kinds_of: Callable[[Register], Collection[str]]
) -> list[Register]:
    """Registers reachable from a kind of key, step by step: those that hold such keys, then those that hold
    keys of the kinds these lead to."""
    kinds, found, waiting = {kind}, list[Register](), list(registers)
    while reached := [one for one in waiting if kinds.intersection(kinds_of(one))]:
        found += reached
        waiting = [one for one in waiting if one not in reached]
        kinds.update(kind for one in reached for kind in kinds_of(one))
    return found


def bindings_of(register: Resource) -> Mapping[str, KeyBinding]:
    """By name of a key: the columns that hold such keys, old or current."""
    assert register.aliases is not None
    ends = (register.aliases.old, register.aliases.current)
    return {
        kind: KeyBinding(some, (None,) * len(some))
        for kind in dict.fromkeys(end.key for end in ends)
        for some in [tuple(end for end in ends if end.key == kind)]
    }
