"""HTTP clients behind one narrow interface: ours over httptools, and aiohttp's as the fallback."""

from connectors.http.clients.client import Answer, Call, Client
from connectors.http.clients.endpoint import Endpoint, read_endpoint
from connectors.http.clients.native import NativeClient
from connectors.http.settings import HttpSettings

__all__ = ["Answer", "Call", "Client", "Endpoint", "open_client", "read_endpoint"]


def open_client(settings: HttpSettings, endpoint: Endpoint) -> Client:
    """The client that the settings name. Nothing is connected to yet."""
    if settings.transport == "native":
        return NativeClient(endpoint)
    from connectors.http.clients.fallback import AiohttpClient  # half a second of imports, seldom needed

    return AiohttpClient(endpoint)
