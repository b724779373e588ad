"""The record of a sandbox: kept as always, and each event says that nobody's data was in it."""

import asyncio
from dataclasses import dataclass

from msgspec import structs

from gateway.audit.event import Event, Recorder


@dataclass(frozen=True, slots=True)
class SandboxRecorder:
    """Marks what it passes on."""

    inner: Recorder

    @property
    def is_writable(self) -> bool:
        """As the record it passes on to."""
        return self.inner.is_writable

    def record(self, event: Event) -> "asyncio.Future[None]":
        """Record durably."""
        return self.inner.record(_marked(event))

    def note(self, event: Event) -> None:
        """Write soon."""
        self.inner.note(_marked(event))

    async def aclose(self) -> None:
        """Write what is pending and close."""
        await self.inner.aclose()


def _marked(event: Event) -> Event:
    return structs.replace(event, detail={**event.detail, "sandbox": True})
