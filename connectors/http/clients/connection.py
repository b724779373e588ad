"""One HTTP/1.1 connection (RFC 9112): one call at a time, parsed by httptools (llhttp)."""

import asyncio
from collections.abc import Callable
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from connectors.coarse_timer import TICK_SECONDS, call_on_tick
from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable
from connectors.http.clients.client import Answer
from connectors.http.clients.errors import translate

MAX_HEAD_BYTES = 65_536
"""Of an answer: the parser itself has no bound."""
MAX_FRAMING = 8
"""Bytes for each byte of a body: one in a chunk of its own takes six."""


class Connection(asyncio.Protocol):
    """Answers calls until one of them ends early; then it is closed."""

    def __init__(self, max_body_bytes: int, rest: Callable[["Connection"], None]) -> None:
        """`rest` takes the connection back when another call may follow the one that was answered."""
        self._max_body_bytes = max_body_bytes
        self._rest = rest
        self._loop = asyncio.get_running_loop()
        self._lines: dict[bytes, bytes] = {}
        self.on_header = self._lines.__setitem__  # there are many of them, and few that anybody reads
        self._parser = HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer] | None = None
        """Of the call that is under way."""
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self.is_over = True
        """Whether no call is under way."""
        self.is_open = False
        self.has_heard = False
        """Whether anything came back for the last call."""
        self.idle_since = 0.0
        """On the clock of the loop; the pool's."""
        self.on_message_begin()

    def ask(self, request: bytes, deadline: float) -> "asyncio.Future[Answer]":
        """Write a request and give its answer to come. Whoever ceases to wait for it says so: `leave`."""
        waiter: asyncio.Future[Answer] = self._loop.create_future()
        self._waiter = waiter
        self._deadline = deadline
        self.is_over = self.has_heard = False
        if deadline - self._loop.time() > 2 * TICK_SECONDS:
            call_on_tick(self, self._loop)
        else:
            self.on_tick()
        self._transport.write(request)
        return waiter

    def leave(self) -> None:
        """Close, unless the answer was there already: then another call may be under way."""
        if self._waiter is not None and self._waiter.cancelled():
            self.close()

    def on_tick(self) -> None:
        """Set the timer of the call that is under way, unless it has one."""
        if self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._expire)

    def close(self) -> None:
        """Close at once, without waiting for what is on its way."""
        self.is_open = False
        self._end()
        self._transport.abort()

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Parse; what nobody asked for ends the connection, or it would answer the next call."""
        waiter = self._waiter
        if waiter is None or waiter.done():
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
        if waiter.done() and self.is_open:
            self.close() if self._is_used_up else self._rest(self)

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

    # What the parser calls, in this order; `on_header` for each line before the body, and for those after it.

    def on_message_begin(self) -> None:
        """Begin an answer, unless the last one is complete: then these bytes are nobody's."""
        self._is_used_up = self._waiter is None
        self._lines.clear()
        self._chunks: list[bytes] = []
        self._body_bytes = self._received_bytes = 0
        self._is_in_body = self._has_length = False

    def on_headers_complete(self) -> None:
        """Keep the headers, and see whether the answer says where it ends."""
        self._headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self._lines.items()
        }
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

    def _finish(self) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        self._end()
        self._is_used_up = not self._parser.should_keep_alive()
        waiter.set_result(Answer(self._parser.get_status_code(), self._headers, b"".join(self._chunks)))

    def _expire(self) -> None:
        self._fail(SourceTimeout("the deadline passed"))

    def _fail(self, error: SourceError) -> None:
        waiter = self._waiter
        self._end()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
        if self.is_open:
            self.close()

    def _end(self) -> None:
        """No call is under way any more."""
        self._waiter = None
        self.is_over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
