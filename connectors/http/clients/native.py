"""The native client: a pool of connections of our own, for a tenth of the CPU of a general client."""

import asyncio
import socket
from collections.abc import Sequence
from functools import partial
from typing import Any

import aiohappyeyeballs

from connectors.deadline import Until
from connectors.errors import SourceUnavailable
from connectors.http.clients.client import Answer, Call
from connectors.http.clients.connection import Connection
from connectors.http.clients.endpoint import Endpoint
from connectors.http.clients.errors import TABLE, translate
from connectors.semaphore import Semaphore

IDLE_SECONDS = 15.0
"""A connection that rested longer is closed: servers and firewalls forget connections without a word."""
ATTEMPT_SECONDS = 0.25
"""Before the next address of a host is tried beside the first (RFC 8305, 8)."""


Addresses = Sequence[Any]
"""As `getaddrinfo` gives them."""


class NativeClient:
    """Sends calls over at most `max_connections` connections, the one used last first."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._fixed = _fixed_head(endpoint)
        self._semaphore = Semaphore(endpoint.max_connections)
        self._idle: list[Connection] = []
        self._sweep: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[Addresses] | None = None
        """For the host's addresses: once for all who wait. A name server that does not answer holds one of
        the loop's few threads until the system gives up, however soon everybody stops waiting."""
        self._is_closed = False

    async def send(self, call: Call, deadline: float) -> Answer:
        """Send one call and read its answer."""
        if not self._semaphore.try_acquire():
            await self._wait_for_place(deadline)
        connection = self._take()
        try:
            request = self._written(call)
            if connection is not None:
                try:
                    return await connection.ask(request, deadline)
                except SourceUnavailable:
                    # A server may close it while we write, and reads are safe to repeat (RFC 9112, 9.3.1).
                    if connection.has_heard:
                        raise
            connection = await self._connect(deadline)
            return await connection.ask(request, deadline)
        except asyncio.CancelledError:
            if connection is not None:
                connection.leave()
            raise
        finally:
            self._semaphore.release()

    async def aclose(self) -> None:
        """Close connections that nobody uses; those in use when they are done."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        while self._idle:
            self._idle.pop().close()

    async def _wait_for_place(self, deadline: float) -> None:
        try:
            with Until(deadline):
                await self._semaphore.acquire_in_turn()
        except TimeoutError as error:
            raise translate(error) from None

    def _take(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        return None

    def _rest(self, connection: Connection) -> None:
        """Keep a connection for the next call, from the moment that its last one was answered."""
        if self._is_closed:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(IDLE_SECONDS, self._close_old, loop)

    def _close_old(self, loop: asyncio.AbstractEventLoop) -> None:
        """The oldest stand first; one timer for all of them."""
        now = loop.time()
        while self._idle and self._idle[0].idle_since + IDLE_SECONDS <= now:
            self._idle.pop(0).close()
        if self._idle:
            self._sweep = loop.call_at(self._idle[0].idle_since + IDLE_SECONDS, self._close_old, loop)
        else:
            self._sweep = None

    async def _connect(self, deadline: float) -> Connection:
        loop = asyncio.get_running_loop()
        end = self._endpoint
        try:
            with Until(deadline):
                if self._looking is None or self._looking.done():
                    asked = loop.getaddrinfo(end.host, end.port, type=socket.SOCK_STREAM)
                    self._looking = loop.create_task(asked)
                    self._looking.add_done_callback(_heard)
                found = await asyncio.shield(self._looking)
                connected = await aiohappyeyeballs.start_connection(
                    found, happy_eyeballs_delay=ATTEMPT_SECONDS, loop=loop
                )
                _, connection = await loop.create_connection(
                    partial(Connection, end.max_body_bytes, self._rest),
                    sock=connected,
                    ssl=end.context,
                    server_hostname=end.host if end.context is not None else None,
                )
        except tuple(TABLE) as error:
            raise translate(error) from None
        return connection

    def _written(self, call: Call) -> bytes:
        head = f"{call.method} {call.target} HTTP/1.1\r\n".encode("ascii") + self._fixed
        if call.content is None:
            return head + (b"\r\n" if call.method == "GET" else b"Content-Length: 0\r\n\r\n")
        about = f"Content-Type: {call.content_type}\r\nContent-Length: {len(call.content)}\r\n\r\n"
        return head + about.encode("ascii") + call.content


def _heard(looking: "asyncio.Task[Addresses]") -> None:
    """Take notice of how it ended: whoever asked may have gone."""
    if not looking.cancelled():
        looking.exception()


def _fixed_head(endpoint: Endpoint) -> bytes:
    names = {name.lower() for name in endpoint.headers}
    host = {} if "host" in names else {"Host": endpoint.authority}
    lines = [f"{name}: {value}\r\n" for name, value in {**host, **endpoint.headers}.items()]
    return "".join(lines).encode()
