"""Marks everything that leaves a sandbox: a header on each answer and handshake, `extensions.sandbox` in each
GraphQL body, event and message, refusals included, and a line on each page.
"""

from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = (b"jutong-sandbox", b"synthetic")
_BANNER = (
    '<p style="position:fixed;z-index:9999;right:1em;bottom:.5em;margin:0;padding:.2em .8em;'
    'border-radius:1em;background:#b45309;color:#fff;font:13px sans-serif;pointer-events:none">'
    "沙箱：数据均为合成 — Sandbox: all data is synthetic</p></body>"
).encode()


class Marked:
    """An application whose answers say that their data is synthetic."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI."""
        if scope["type"] == "http":
            send = _MarkedAnswer(send)
        elif scope["type"] == "websocket":
            send = _MarkedSocket(send)
        await self._app(scope, receive, send)


class _MarkedAnswer:
    """Sends an answer that says so. What comes in one piece is marked inside; of a stream, each event is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._is_stream = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": [*message["headers"], HEADER]}
            media = dict(message["headers"]).get(b"content-type", b"")
            self._is_stream = media.startswith(b"text/event-stream")
            return
        if self._is_stream:
            message = _marked_event(message)
        if self._start is not None:
            start, self._start = self._start, None
            if not self._is_stream and not message.get("more_body"):
                start, message = _marked(start, message)
            await self._send(start)
        await self._send(message)


class _MarkedSocket:
    """Sends messages of `graphql-transport-ws` that say so, and the handshake, accepted or not."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._answer = _MarkedAnswer(self._send_refusal)

    async def __call__(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            message = {**message, "headers": [*message.get("headers", ()), HEADER]}
        elif kind == "websocket.send":
            message = {**message, "text": _marked_text(message["text"])}
        elif kind.startswith("websocket.http."):
            await self._answer({**message, "type": kind.removeprefix("websocket.")})
            return
        await self._send(message)

    async def _send_refusal(self, message: Message) -> None:
        await self._send({**message, "type": f"websocket.{message['type']}"})


def _marked_event(message: Message) -> Message:
    """A message with one event of a stream, as `gateway.http.events` makes them."""
    head, mark, data = message["body"].partition(b"data: ")
    body = _with_extension(data.rstrip())
    return {**message, "body": head + mark + body + b"\n\n"}


def _marked_text(text: str) -> str:
    """An answer is marked in its `extensions`, a refusal in those of its errors: it has no others."""
    message = orjson.loads(text)
    if message["type"] == "next":
        _add_mark(message["payload"])
    elif message["type"] == "error":
        for error in message["payload"]:
            _add_mark(error)
    return orjson.dumps(message).decode()


def _add_mark(entry: dict[str, Any]) -> None:
    entry["extensions"] = {**entry.get("extensions", {}), "sandbox": True}


def _marked(start: Message, message: Message) -> tuple[Message, Message]:
    """A whole answer with the mark in its body; what is neither GraphQL nor a page stays as it is."""
    headers = {name.lower(): value for name, value in start["headers"]}
    media, body = headers.get(b"content-type", b""), message.get("body", b"")
    if media.startswith(b"text/html"):
        body = body.replace(b"</body>", _BANNER)
    elif b"json" in media and b"content-encoding" not in headers:
        body = _with_extension(body)
    if b"content-length" in headers:
        headers[b"content-length"] = str(len(body)).encode()
    return {**start, "headers": list(headers.items())}, {**message, "body": body}


def _with_extension(body: bytes) -> bytes:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if not isinstance(answer, dict) or not {"data", "errors"} & set(answer):
        return body
    _add_mark(answer)
    return orjson.dumps(answer)
