"""What fetches gave, by key."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field, structs

from connectors.requests import Key
from connectors.results import Row
from gateway.fetch.alias_graph import Identity, Way
from gateway.fetch.failures import Failure, is_unanswered
from gateway.plan.model import Node


class Rows(Struct, frozen=True, gc=False):
    """The rows of one key that may be shown."""

    rows: tuple[Row, ...]
    is_truncated: bool = False
    is_partial: bool = False
    ways: tuple[Way, ...] = ()
    """What registers of aliases say of the keys that the rows were asked for by, where that may be told."""


def all_rows(entries: Iterable[Rows | Failure], *, allows_partial: bool) -> list[Rows] | Failure:
    """The rows of each entry, or the first failure among them: one failed part fails the whole, unless it may
    be missing, its source did not answer, and there is another part."""
    found: list[Rows] = []
    missing: Failure | None = None
    for entry in entries:
        if not isinstance(entry, Failure):
            found.append(entry)
        elif allows_partial and is_unanswered(entry):
            missing = missing or entry
        else:
            return entry
    if missing is None:
        return found
    return [structs.replace(part, is_partial=True) for part in found] or missing


class PageEnds(Struct, frozen=True):
    """Where a page of a collection goes on."""

    cursors: tuple[Any, ...]
    """After each row."""
    following: Any
    """After the page; `None` after the last."""
    total: int | None


class Result(Struct, frozen=True):
    """One entry per key that was loaded or withheld."""

    entries: Mapping[Key, Rows | Failure] = field(default_factory=dict)
    fetched_at: datetime | None = None
    as_of: datetime | None = None
    is_stale: bool = False
    page: PageEnds | None = None
    identities: Mapping[Key, Identity | None] = field(default_factory=dict)
    """Of a look-up of aliases: of each given key; `None` where only a person can tell."""
    untold: Failure | None = None
    """Of a look-up of aliases: why a register did not say whether keys are aliases."""

    def aged_by(self, other: "Result") -> "Result":
        """The same, as old and as stale as the other if that is older: what was read of both."""
        moments = [moment for moment in (self.fetched_at, other.fetched_at) if moment is not None]
        stands = [moment for moment in (self.as_of, other.as_of) if moment is not None]
        return structs.replace(
            self,
            fetched_at=min(moments, default=None),
            as_of=min(stands, default=None),
            is_stale=self.is_stale or other.is_stale,
        )


Results = Mapping[int, Result]
"""By id of the fetch."""
Subjects = tuple[Node, Collection[Key]]
"""Whom a request reaches at one node."""
