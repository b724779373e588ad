"""uvicorn's WebSocket with the bounds it lacks (0.54): on memory, on time, and on what one turn may take.

Without them a client that never reads grows our buffers by pinging, a message in a million pieces grows a
list, one read full of tiny frames keeps the loop for half a second, and a connection that nobody reads is
never closed. A restart ends a socket here only after the operations under way.
"""

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Response
from websockets.server import ServerProtocol

from gateway.http.refusal import JSON_UTF8, UNKEPT

PIECE_BYTES = 8_192
"""Of what has been read, for one turn of the loop: some hundreds of the smallest frames."""
MAX_FRAGMENTS = 1_024
"""Frames of one message; clients that cut messages cut them every few kilobytes."""
CLOSE_SECONDS = 3.0
"""For the client to answer our close, and then for what is still to be sent."""
PING_SECONDS = 20.0
"""Between pings, and then for the pong: whoever is gone or never reads is out within twice as long."""
RESTARTS = 1012
"""The code of a server that is stopped (RFC 6455, registry): clients come again."""
STOPS = "jutong.stops"
"""In a disconnect: it is the server that stops, and the client is still there."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """One connection."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.conn = _Handshake(max_size=self.config.ws_max_size, logger=self.logger)  # and no compression
        self.close_timeout = CLOSE_SECONDS
        self._unread = bytearray()
        self._turn: asyncio.Handle | None = None
        self._end: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to end."""
        if self._end is not None:
            self._end.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was read, piece by piece."""
        self._unread += data
        if self._turn is None:
            self._read_on()

    def pause_writing(self) -> None:
        """The client does not read: nothing is read from it either, or it would have us write more."""
        super().pause_writing()
        self._hold()

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        self._go_on()

    async def receive(self) -> Any:
        """Give one event; the socket is read again once all have been taken."""
        message = await self.queue.get()
        self._go_on()
        return message

    async def send(self, message: Any) -> None:
        """Send one event. Raises `OSError` where nothing can be sent any more, whichever side closed."""
        await self.writable.wait()
        if self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # refused as it should be: uvicorn would log an error
        elif message["type"] == "websocket.close":
            self._go_on()  # to the client's own close

    async def run_asgi(self) -> None:
        """Run the application, and end the connection with it."""
        await super().run_asgi()
        self._end_soon()

    def shutdown(self) -> None:
        """Tell the application, which closes when its operations have ended."""
        if self.handshake_complete and not self.close_sent:
            self.stop_keepalive()
            stop: Any = {"type": "websocket.disconnect", "code": RESTARTS, STOPS: True}
            self.queue.put_nowait(stop)
        else:
            super().shutdown()
            self._end_soon()

    def handle_cont(self, event: Frame) -> None:
        """Add a piece to a message."""
        if self.transport.is_closing():
            return
        if len(self.frames) >= MAX_FRAGMENTS:
            self._fail(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            return
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Give a whole message, unless it is a text that is none: uvicorn would write a trace to the log."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self._fail(CloseCode.INVALID_DATA, "invalid UTF-8")
                return
        super().send_receive_event_to_app()

    def handle_close(self, event: Frame) -> None:
        """The client closes, or answers our close."""
        super().handle_close(event)
        self._end_soon()

    def handle_parser_exception(self) -> None:
        """What came is no frame, or is too big."""
        if self.conn.close_sent is None:  # no handshake yet: there is nothing to close politely
            self.transport.abort()
            return
        super().handle_parser_exception()
        self._end_soon()

    def keepalive_timeout(self) -> None:
        """The client is gone."""
        super().keepalive_timeout()
        self._end_soon()

    def _read_on(self) -> None:
        self._turn = None
        if self.transport.is_closing():
            self._unread.clear()
            return
        if self._is_held():
            return
        size = PIECE_BYTES if self.handshake_initiated else len(self._unread)
        piece = bytes(self._unread[:size])
        del self._unread[:size]
        super().data_received(piece)
        if not self.handshake_initiated:
            self._refuse()
        elif self._unread:
            self._hold()
            self._turn = self.loop.call_soon(self._read_on)
        else:
            self._go_on()

    def _is_held(self) -> bool:
        is_taken = self.queue.empty() or self.close_sent
        return not (is_taken and self.writable.is_set())

    def _hold(self) -> None:
        self.read_paused = True
        self.transport.pause_reading()

    def _go_on(self) -> None:
        if self._turn is not None or self._is_held():
            return
        if self._unread:
            self._turn = self.loop.call_soon(self._read_on)
        elif self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def _fail(self, code: CloseCode, reason: str) -> None:
        self.frames = []
        self.conn.fail(code, reason)
        self.handle_parser_exception()

    def _refuse(self) -> None:
        """A head that is none for this library, too many headers or a line too long."""
        output = b"".join(self.conn.data_to_send())
        if not output:
            self.conn.send_response(self.conn.reject(400, ""))
            output = b"".join(self.conn.data_to_send())
        self.transport.write(output)
        self.transport.close()
        self._end_soon()

    def _end_soon(self) -> None:
        """Whatever is closing is closed in the end: a client that does not read would keep it open."""
        if self._end is None and not self.disconnected:
            self._end = self.loop.call_later(CLOSE_SECONDS * 2, self.transport.abort)


class _Handshake(ServerProtocol):
    """Frames and handshakes, with refusals that repeat nothing."""

    def reject(self, status: Any, text: str) -> Response:  # noqa: ARG002 - it may repeat what was sent
        """Refuse a handshake: JSON, as over HTTP."""
        response = super().reject(status, _INTERNAL if int(status) == 500 else _NO_HANDSHAKE)
        del response.headers["Content-Type"]
        response.headers.update({"content-type": JSON_UTF8, **UNKEPT})
        return response


def _refusal(code: str, message: str) -> str:
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]}).decode()


_NO_HANDSHAKE = _refusal("BAD_INPUT", "This is no WebSocket handshake that can be answered.")
_INTERNAL = _refusal("INTERNAL_ERROR", "Internal error")
