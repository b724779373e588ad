"""HTTP clients behind one narrow interface: ours over httptools, and aiohttp's as the fallback."""

from connectors.rest.clients.client import Answer, Call, Client
from connectors.rest.clients.endpoint import Endpoint, read_endpoint
from connectors.rest.clients.native import NativeClient
from connectors.rest.settings import RestSettings

__all__ = ["Answer", "Call", "Client", "Endpoint", "open_client", "read_endpoint"]


def open_client(settings: RestSettings, endpoint: Endpoint) -> Client:
    """The client that the settings name. Nothing is connected to yet."""
    if settings.transport == "native":
        return NativeClient(endpoint)
    from connectors.rest.clients.fallback import AiohttpClient  # half a second of imports, seldom needed

    return AiohttpClient(endpoint)
