"""An entity as compiled: what data hangs on, and what identifies one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One part of a key: a name and a scalar or enumeration type of the graph."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class KeySlice:
    """A key that is a piece of another key's text, as an organisation code is of a credit code."""

    key: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Key:
    """What identifies an entity. A single-part key has one part, named as the key itself."""

    name: str
    parts: tuple[KeyPart, ...]
    slice: KeySlice | None = None

    @property
    def is_composite(self) -> bool:
        """Whether the key is an input object in the graph and not a scalar."""
        return self.parts[0].name != self.name


@dataclass(frozen=True, slots=True)
class Entity:
    """What data hangs on. The first key is the default: the argument of the root field."""

    name: str
    title: str
    root: str
    """Root field for one (`person`); `<root>By` takes any key."""
    plural: str
    """Lenient root field for many (`persons`)."""
    keys: Mapping[str, Key]
    is_personal: bool
    """Whether an answer about it is a disclosure about a person."""
    root_argument: str = "id"

    @property
    def default_key(self) -> Key:
        """The key that the root field takes."""
        return next(iter(self.keys.values()))
