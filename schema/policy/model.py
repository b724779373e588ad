"""Applications and grants: the declared part of who may read what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from schema.policy.caller import Audience

Right = Literal["show", "use", "match"]
"""Disclose it; join or derive with it unseen; filter or sort by it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Approved access of one application to items, for purposes, in a period."""

    id: str
    items: tuple[str, ...]
    """`department.resource.item`; `*` stands for any text."""
    purposes: frozenset[str]
    """Empty: any purpose of the application."""
    level: int = 2
    """Highest level shown unmasked; above it an item's mask applies, or DENIED where it has none."""
    rights: frozenset[Right] = frozenset({"show", "use", "match"})
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day."""
    is_revoked: bool = False
    requires_consent: bool = False
    """The subject has to consent as well."""

    def covers(self, item: str) -> bool:
        """Whether an item (`department.resource.item`) is granted."""
        return any(fnmatchcase(item, pattern) for pattern in self.items)


@dataclass(frozen=True, slots=True)
class Application:
    """A registered application."""

    name: str
    title: str
    audience: Audience
    department: str | None
    purposes: frozenset[str]
    key_hashes: tuple[str, ...]
    """SHA-256 of its API keys, hexadecimal."""
    grants: tuple[Grant, ...] = ()
    operator: str | None = None
    """Who asks where a request does not say: for counters with one operator, and for the demo."""
    case: str | None = None
    """The case where a request does not say."""
    subjects: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """`self` only: (entity, key) of those whose data it may see, as given at registration."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All applications by name."""

    applications: Mapping[str, Application]
    version: str = ""
