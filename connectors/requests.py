"""What a connector is asked: values only, complete, and equal when they ask the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from schema.catalogue.model import KeyColumns, Resource
from schema.predicate import Predicate

Key = tuple[Any, ...]
"""A normalised key, one value per part."""
NO_ARGUMENTS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """How rows name the entity that was asked for.

    A row belongs to a key if any of the alternatives matches. `slices` says which piece of the
    key's single part an alternative holds (`None`: the whole key), so that an organisation code
    column can be asked with a credit code.
    """

    alternatives: tuple[KeyColumns, ...]
    slices: tuple[tuple[int, int] | None, ...]
    columns: tuple[tuple[str, ...], ...] = field(init=False, compare=False)
    """Of each alternative."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(by.columns for by in self.alternatives))

    def expected(self, position: int, key: Key) -> Key:
        """The normalised value that the alternative's columns hold for a key."""
        piece = self.slices[position]
        return key if piece is None else (str(key[0])[piece[0] : piece[1]],)


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """Sort by an item; empty values come last either way."""

    item: str
    descending: bool = False


class Scope(Struct, frozen=True):
    """Who asks, for sources whose answers depend on the caller. Never logged."""

    application: str = ""
    purpose: str | None = None


class Load(Struct, frozen=True):
    """Read rows by key."""

    resource: Resource
    key: KeyBinding
    keys: tuple[Key, ...]
    """Distinct and at most `max_keys` long."""
    items: tuple[str, ...]
    """Items with a column, in the order of the answer's row tuples."""
    deadline: float
    """Absolute, in seconds of the event loop's clock."""
    arguments: Mapping[str, Any] = NO_ARGUMENTS
    predicate: Predicate | None = None
    order: tuple[OrderTerm, ...] = ()
    """Completed by the resource's identity."""
    limit_per_key: int | None = None
    as_of: date | None = None
    scope: Scope = Scope()
    max_age_seconds: int | None = None
    """Remembered rows that were read longer ago are read anew."""
    allows_stale: bool = False
    """Whether remembered rows that have expired will do where the source is down."""


class Scan(Struct, frozen=True):
    """Read rows without keys, page by page."""

    resource: Resource
    items: tuple[str, ...]
    limit: int
    deadline: float
    arguments: Mapping[str, Any] = NO_ARGUMENTS
    predicate: Predicate | None = None
    order: tuple[OrderTerm, ...] = ()
    cursor: Any = None
    """What the previous page gave, after its last row or after one of them; `None` for the first page."""
    with_total: bool = False
    """Whether to count every row that the predicate lets through."""
    as_of: date | None = None
    scope: Scope = Scope()
