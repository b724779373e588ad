"""What a connector answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct

from connectors.errors import SourceError

Row = tuple[Any, ...]
"""Decoded values in the order of the asked items. A value may be `schema.values.Invalid`."""


class Loaded(Struct, frozen=True):
    """One entry per asked key, in the order asked."""

    entries: tuple[tuple[Row, ...] | SourceError, ...]
    """Rows (empty: no record), or the error of that key alone."""
    fetched_at: datetime
    """When the source was read, aware; older than now for cached entries."""
    as_of: datetime | None = None
    """The moment that the source itself says its data stands at."""
    from_cache: bool = False
    stale: bool = False
    partial: bool = False
    """A part of the source did not answer, and the resource allows that its rows are missing."""


class Page(Struct, frozen=True):
    """One page of a scan."""

    rows: tuple[Row, ...]
    cursor: Any
    """For the next page; `None` after the last."""
    fetched_at: datetime
    as_of: datetime | None = None
    cursors: tuple[Any, ...] = ()
    """What goes on after each row; empty where the source can only go on after the last."""
    total: int | None = None
    """Rows on all pages, where they were asked to be counted."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a probe found."""

    is_up: bool
    latency_seconds: float
    detail: str = ""
    """For operators; never reaches a caller without the admin audience."""
