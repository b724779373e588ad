"""The audit events.

intent      before anything leaves: who, why, which items, whose (keyed hashes)
subjects    the same request reached further subjects over a link
denial      what was refused, and by which rule
outcome     after the answer is built: how it ended (gateway/audit/outcome.py); joined by request id
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from schema.policy.caller import Caller

EventKind = Literal["intent", "subjects", "denial", "outcome"]


class Event(Struct, frozen=True):
    """One audit record. It names items and keyed hashes of subjects, never a value."""

    kind: EventKind
    request_id: str
    at: datetime
    caller: Caller
    operation: str
    """Name of the operation, or empty."""
    items: tuple[str, ...] = ()
    """`department.resource.item:right` or `department.resource:exists`, sorted."""
    subjects: tuple[str, ...] = ()
    """`Entity:version:keyed-hash`, sorted."""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Recorder(Protocol):
    """Where events go."""

    @property
    def is_writable(self) -> bool:
        """Whether the last write succeeded."""
        ...

    def record(self, event: Event) -> "asyncio.Future[None]":
        """Begin to record at once; what is given is done when the event is durable, and holds
        `RecordUnavailable` if it cannot be."""
        ...

    def note(self, event: Event) -> None:
        """Write an event soon, waiting for nothing; one that cannot be written is a line in the log."""
        ...

    async def aclose(self) -> None:
        """Write what is pending and close."""
        ...


class RecordUnavailable(Exception):
    """The record cannot be written: no personal data may leave."""
