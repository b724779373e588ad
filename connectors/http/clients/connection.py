"""One HTTP/1.1 connection (RFC 9112): one call at a time, parsed by httptools (llhttp)."""

import asyncio
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable
from connectors.http.clients.client import Answer
from connectors.http.clients.errors import translate

MAX_HEAD_BYTES = 65_536
"""Of an answer: the parser itself has no bound."""
MAX_FRAMING = 8
"""Bytes for each byte of a body: one in a chunk of its own takes six."""


class Connection(asyncio.Protocol):
    """Answers calls until one of them ends early; then it is closed."""

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._parser = HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer] | None = None
        self._is_used_up = False
        self.is_open = False
        self.has_heard = False
        """Whether anything came back for the last call."""
        self.idle_since = 0.0
        """On the clock of the loop; the pool's."""
        self.on_message_begin()

    @property
    def is_reusable(self) -> bool:
        """Whether another call may follow the one that was answered."""
        return self.is_open and not self._is_used_up

    async def ask(self, request: bytes, deadline: float) -> Answer:
        """Write a request and wait for its answer; leaving early closes the connection."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Answer] = loop.create_future()
        self._waiter = waiter
        self.has_heard = False
        timer = loop.call_at(deadline, self._expire)
        try:
            self._transport.write(request)
            return await waiter
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            timer.cancel()
            self._waiter = None
            del waiter  # it keeps its error, whose traceback leads here

    def close(self) -> None:
        """Close at once, without waiting for what is on its way."""
        self.is_open = False
        self._transport.abort()

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Parse; what nobody asked for ends the connection, or it would answer the next call."""
        if not self._is_asked:
            self.close()
            return
        self.has_heard = True
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._fail(translate(error))
        self._received_bytes += len(data)
        if self._received_bytes > MAX_HEAD_BYTES + MAX_FRAMING * self._body_bytes:
            self._fail(SourceMisbehaved("headers or chunks without an end"))

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer without a length ends here; any other is cut short."""
        self.is_open = False
        if exc is None and self._is_in_body and not self._has_length:
            self._finish()
        elif exc is None:
            self._fail(SourceUnavailable("the connection ended before the answer", is_transient=True))
        else:
            self._fail(translate(exc))
        del self._parser  # nothing comes any more; it and this connection know each other

    # What the parser calls, in this order.

    def on_message_begin(self) -> None:
        """Begin an answer, unless the last one is complete: then these bytes are nobody's."""
        self._is_used_up = self._waiter is not None and not self._is_asked
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._body_bytes = self._received_bytes = 0
        self._is_in_body = self._has_length = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; those after the body are no headers of it."""
        if not self._is_in_body:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """See whether the answer says where it ends."""
        self._is_in_body = True
        self._has_length = "content-length" in self._headers or "transfer-encoding" in self._headers

    def on_body(self, chunk: bytes) -> None:
        """Keep a piece, within the bound."""
        self._body_bytes += len(chunk)
        if self._body_bytes > self._max_body_bytes:
            self._fail(SourceMisbehaved(f"an answer of more than {self._max_body_bytes} bytes"))
        else:
            self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        """Give the answer; one like 103 only announces it."""
        if self._parser.get_status_code() >= 200:
            self._finish()

    @property
    def _is_asked(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _finish(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._is_used_up = not self._parser.should_keep_alive()
            status = self._parser.get_status_code()
            self._waiter.set_result(Answer(status, self._headers, b"".join(self._chunks)))

    def _expire(self) -> None:
        self._fail(SourceTimeout("the deadline passed"))

    def _fail(self, error: SourceError) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        if self.is_open:
            self.close()
