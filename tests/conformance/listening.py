"""What harnesses of HTTP services share: a server of this process, and connectors to it."""

from abc import ABC, abstractmethod

from aiohttp import web

from connectors.protocol import Connector
from schema.catalogue.model import Resource
from tests.conformance.suite import town


class ListeningHarness(ABC):
    """Serves an application until it is closed."""

    path = ""
    """Of the service, in the address that a connector is given."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._opened: list[Connector] = []

    async def make_dead(self) -> Connector:
        """Nobody listens at port 1."""
        return self.open(town(), f"http://127.0.0.1:1{self.path}")

    async def aclose(self) -> None:
        """Close connections and stop serving."""
        for connector in self._opened:
            await connector.aclose()
        if self._runner is not None:
            await self._runner.cleanup()

    async def serve(self, app: web.Application, resource: Resource) -> Connector:
        """Serve, and give a connector that asks for a resource there."""
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self.open(resource, f"http://127.0.0.1:{self._runner.addresses[0][1]}{self.path}")

    def open(self, resource: Resource, url: str) -> Connector:
        """A connector to an address; it is closed in the end."""
        self._opened.append(self.connector_to(resource, url))
        return self._opened[-1]

    @abstractmethod
    def connector_to(self, resource: Resource, url: str) -> Connector:
        """A connector of the kind on trial."""
