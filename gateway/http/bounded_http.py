"""uvicorn's HTTP/1.1 with the bounds it lacks (0.54): bytes of head, trailers and chunk framing; seconds
until a head is complete; seconds in which a client takes nothing of its answer.

Without them a connection may send headers, trailers (RFC 9110, section 6.5) or the rest of a body for ever,
in memory and in time, and its answer is kept for ever.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.http.refusal import JSON_UTF8, UNKEPT

MAX_HEAD_BYTES = 65_536
"""Of request line and headers; what one read from the socket brings may come on top."""
FRAME_BYTES = 16
"""Of framing (lengths of chunks, trailers) for each byte of body, on top of MAX_HEAD_BYTES: more is an attack
on memory."""
HEAD_SECONDS = 10.0
"""From the first byte, or from the connection, to the end of the headers; and from an answer that came before
all of its request to the end of the next head."""
UNREAD_SECONDS = 30.0
"""In which not a byte of a waiting answer is taken, until the connection ends."""
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies and clients keep idle connections (5 to 60 s): who closes first must be they,
since a request that crosses our closing is reset."""

_BODY = b'{"errors":[{"message":"The headers are too large.","extensions":{"code":"BAD_INPUT"}}]}'
_HEADERS = {"content-type": JSON_UTF8, **UNKEPT, "content-length": len(_BODY), "connection": "close"}
_LINES = (
    "HTTP/1.1 431 Request Header Fields Too Large",
    *(f"{name}: {value}" for name, value in _HEADERS.items()),
)
_TOO_LARGE = "\r\n".join((*_LINES, "", "")).encode("ascii") + _BODY


class BoundedHttp(HttpToolsProtocol):
    """One connection."""

    _other_bytes = 0
    """Of the message under way: all that is not its body."""
    _body_bytes = 0
    _messages = 0
    """That ended on this connection."""
    _is_in_head = True
    """From the end of a message, or from the connection, to the end of the next head."""
    _has_begun = False
    """That head, by its first byte."""
    _head_timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None
    _unread_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_head_timer()
        self._stop_unread_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; end a connection whose message has too much beside its body."""
        messages, body_bytes = self._messages, self._body_bytes
        super().data_received(data)
        if self._has_begun:  # and not ended: most heads come whole, and need no timer
            self._start_head_timer()
        if messages == self._messages:
            self._other_bytes += len(data) - (self._body_bytes - body_bytes)
            most = MAX_HEAD_BYTES + FRAME_BYTES * self._body_bytes
            if self._other_bytes > most and not self.transport.is_closing():
                self._end_too_large()

    def pause_writing(self) -> None:
        """The client reads slower than we write, or does not read."""
        super().pause_writing()
        self._wait_for_reading()

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        self._stop_unread_timer()

    def handle_websocket_upgrade(self) -> None:
        """Become a WebSocket, unless an answer is still under way here: nobody would end or send it."""
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if is_busy or self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """A head has begun."""
        super().on_message_begin()
        self._has_begun = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; trailers are nothing to anybody here, and are not kept."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._is_in_head = self._has_begun = False
        if self._head_timer is not None:
            self._stop_head_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is another head."""
        super().on_message_complete()
        self._is_in_head, self._other_bytes, self._body_bytes = True, 0, 0
        self._messages += 1

    def on_response_complete(self) -> None:
        """The answer is written; of its request more may come, which nobody reads."""
        super().on_response_complete()
        if self.cycle.response_complete and not self._is_in_head:
            self._start_head_timer()

    def _end_too_large(self) -> None:
        if self._is_in_head:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        else:
            self.transport.abort()

    def _wait_for_reading(self) -> None:
        self._unread_bytes = self.transport.get_write_buffer_size()
        self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self._look_for_reading)

    def _look_for_reading(self) -> None:
        if self.transport.get_write_buffer_size() < self._unread_bytes:
            self._wait_for_reading()
        else:
            self.transport.abort()

    def _stop_unread_timer(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._end_late_head)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_late_head(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
