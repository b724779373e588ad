"""A connector that keeps a log of what it was asked and when; wraps any other. For tests."""

import asyncio
from dataclasses import dataclass, field

from connectors.capabilities import Capabilities
from connectors.protocol import Connector
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page


@dataclass(frozen=True, slots=True)
class Call:
    """One request with the times, on the loop's clock, at which it began and ended."""

    request: Load | Scan
    started: float
    ended: float


@dataclass
class RecordingConnector:
    """Passes everything on and remembers it."""

    inner: Connector
    calls: list[Call] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        """The inner connector's."""
        return self.inner.capabilities

    @property
    def loads(self) -> list[Load]:
        """The loads, in order of their end."""
        return [call.request for call in self.calls if isinstance(call.request, Load)]

    async def load(self, load: Load) -> Loaded:
        """Read rows by key."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            return await self.inner.load(load)
        finally:
            self.calls.append(Call(load, started, clock()))

    async def scan(self, scan: Scan) -> Page:
        """Read a page."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            return await self.inner.scan(scan)
        finally:
            self.calls.append(Call(scan, started, clock()))

    async def probe(self, deadline: float) -> Health:
        """Ask for a sign of life."""
        return await self.inner.probe(deadline)

    async def aclose(self) -> None:
        """Close the inner connector."""
        await self.inner.aclose()
