"""The graph of aliases: which keys are one identity, from rows of registers of aliases. Pure.

An edge leads from an old key to the one that stands in its place. A key without an edge is current. A key
with two successors, a circle, and a chain longer than is followed belong to nobody that could be named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct

from connectors.requests import Key
from schema.catalogue.model import AliasKind

Name = tuple[str, Key]
"""The name of a key of the entity, and its value."""


class Way(Struct, frozen=True):
    """Who says that a key gave way, and why."""

    register: str
    """Code of the register."""
    kind: AliasKind | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What the keys of one entity are."""

    current: Name
    names: tuple[Name, ...]
    """All of them, the current one first, then the later before the older."""
    ways: tuple[Way, ...] = ()
    """What led from any of the old ones to the next, where the caller may be told."""
    steps: tuple[Way, ...] = ()
    """What led from the key at hand to the current one."""


@dataclass(slots=True)
class AliasGraph:
    """Everything that registers said so far."""

    successors: dict[Name, dict[Name, None]] = field(default_factory=dict)
    predecessors: dict[Name, dict[Name, None]] = field(default_factory=dict)
    ways: dict[Name, dict[Way, None]] = field(default_factory=dict)
    """By old key: who says so."""
    unreadable: set[Name] = field(default_factory=set)
    """Old keys whose successor cannot be read."""
    asked: set[Name] = field(default_factory=set)
    """Keys that every register was asked about."""

    @property
    def is_empty(self) -> bool:
        """Whether no register named anything."""
        return not self.successors and not self.unreadable

    def add(self, old: Name, current: Name | None, way: Way) -> None:
        """One row; `None` for a current key that is there and cannot be read."""
        if current is None:
            self.unreadable.add(old)
        elif current != old:
            self.ways.setdefault(old, {})[way] = None
            self.successors.setdefault(old, {})[current] = None
            self.predecessors.setdefault(current, {})[old] = None

    def frontier(self, names: Iterable[Name]) -> list[Name]:
        """The keys related to some that nobody was asked about yet."""
        return [
            one
            for one in dict.fromkeys(n for name in names for n in self.related(name))
            if one not in self.asked
        ]

    def related(self, name: Name) -> list[Name]:
        """All keys that hang together with one; itself first. A key with two successors leads nowhere."""
        found: dict[Name, None] = {name: None}
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if len(self.successors.get(one, ())) > 1:
                continue
            for other in (*self.successors.get(one, ()), *self.predecessors.get(one, ())):
                if other not in found:
                    found[other] = None
                    waiting.append(other)
        return list(found)

    def identity(self, name: Name) -> Identity | None:
        """The identity of a key; `None` where only a person can tell."""
        current, seen = name, [name]
        while True:
            if current not in self.asked or current in self.unreadable:
                return None
            following = list(self.successors.get(current, ()))
            if not following:
                break
            if len(following) > 1 or following[0] in seen:
                return None
            current = following[0]
            seen.append(current)
        names = self._named_by(current)
        if names is None:
            return None
        return Identity(current, names, self._ways(names[1:]), self._ways(seen[:-1]))

    def _ways(self, names: Iterable[Name]) -> tuple[Way, ...]:
        return tuple(dict.fromkeys(way for name in names for way in self.ways[name]))

    def _named_by(self, current: Name) -> tuple[Name, ...] | None:
        """The current key and all that lead to it alone."""
        names: dict[Name, None] = {current: None}
        waiting = [current]
        while waiting:
            for old in self.predecessors.get(waiting.pop(0), ()):
                if old not in self.asked:
                    return None
                if old not in names and len(self.successors[old]) == 1 and old not in self.unreadable:
                    names[old] = None
                    waiting.append(old)
        return tuple(names)
