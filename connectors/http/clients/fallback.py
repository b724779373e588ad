"""The fallback: aiohttp's client behind the same interface."""

import ssl
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from connectors.deadline import Until
from connectors.errors import SourceMisbehaved, SourceTimeout, SourceUnavailable
from connectors.http.clients.client import Answer, Call
from connectors.http.clients.endpoint import Endpoint
from connectors.http.clients.errors import TABLE as SOCKETS
from connectors.http.clients.errors import Table, translate

TABLE: Table = {
    **SOCKETS,
    aiohttp.ClientError: SourceUnavailable,
    aiohttp.ServerTimeoutError: SourceTimeout,
    aiohttp.InvalidURL: SourceMisbehaved,
    aiohttp.NonHttpUrlClientError: SourceMisbehaved,
    aiohttp.TooManyRedirects: SourceMisbehaved,
    aiohttp.ContentTypeError: SourceMisbehaved,
}
"""What the native client's table has, and aiohttp's own classes."""


class _Connector(aiohttp.TCPConnector):
    """Gives no connection that holds bytes nobody asked for: aiohttp 3.14 takes them for the next answer."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own signature
    ) -> Connection:
        """Give an open connection."""
        connection = await super().connect(req, traces, timeout)
        while connection.protocol is not None and connection.protocol.should_close:
            connection.close()
            connection = await super().connect(req, traces, timeout)
        return connection


class AiohttpClient:
    """Sends calls through an aiohttp session, which is opened with the first of them."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._session: aiohttp.ClientSession | None = None

    async def send(self, call: Call, deadline: float) -> Answer:
        """Send one call and read its answer."""
        session = self._open()
        about = {} if call.content is None else {"Content-Type": call.content_type}
        try:
            with Until(deadline):
                response = await session.request(
                    call.method,
                    URL(self._endpoint.origin + call.target, encoded=True),
                    headers={**self._endpoint.headers, **about},
                    data=call.content,
                    skip_auto_headers=() if about else ("Content-Type",),
                    allow_redirects=False,
                )
                try:
                    content = await self._read(response)
                finally:
                    response.close() if not response.content.at_eof() else response.release()
        except tuple(TABLE) as error:
            raise translate(error, TABLE) from None
        return Answer(response.status, response.headers, content)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        bound = self._endpoint.max_body_bytes
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > bound:
                raise SourceMisbehaved(f"an answer of more than {bound} bytes")
        return bytes(body)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            context: ssl.SSLContext | bool = self._endpoint.context or True
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=self._endpoint.max_connections, ssl=context),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session
