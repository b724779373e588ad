"""One GraphQL request over each transport, on a connection of its own, and what it was answered with."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

KEY = "Bearer bench"
MAX_BYTES = 1 << 26
Transport = Callable[[int, bytes], Coroutine[Any, Any, str]]
"""Port and body of a request -> the code of its refusal, or `answered`."""


async def over_http(port: int, body: bytes) -> str:
    """POST, answered with JSON."""
    return _word(orjson.loads(await _post(port, body, "application/json")))


async def over_events(port: int, body: bytes) -> str:
    """POST, answered with Server-Sent Events; what is refused before them with JSON."""
    answer = await _post(port, body, "text/event-stream")
    _, mark, rest = answer.partition(b"event: next\ndata: ")
    return _word(orjson.loads(rest.split(b"\n", 1)[0] if mark else answer))


async def over_socket(port: int, body: bytes) -> str:
    """`graphql-transport-ws`, from the handshake to the close of either side."""
    head = {"authorization": KEY}
    protocols = [Subprotocol("graphql-transport-ws")]
    url = f"ws://127.0.0.1:{port}/graphql"
    async with connect(url, additional_headers=head, subprotocols=protocols, max_size=MAX_BYTES) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        await socket.send('{"id":"1","type":"subscribe","payload":' + body.decode() + "}")
        try:
            told: dict[str, Any] = orjson.loads(await socket.recv())
        except ConnectionClosed:
            return f"closed with {socket.close_code}"
    return _word({"errors": told["payload"]} if told["type"] == "error" else told["payload"])


TRANSPORTS: Mapping[str, Transport] = {"HTTP": over_http, "SSE": over_events, "WebSocket": over_socket}


async def _post(port: int, body: bytes, accept: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: bench\r\nauthorization: {KEY}\r\naccept: {accept}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    head_given, _, found = answer.partition(b"\r\n\r\n")
    return _unchunked(found) if b"chunked" in head_given.lower() else found


def _unchunked(rest: bytes) -> bytes:
    parts: list[bytes] = []
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return b"".join(parts)
        parts.append(rest[:length])
        rest = rest[length + 2 :]


def _word(answer: Mapping[str, Any]) -> str:
    errors = answer.get("errors")
    return str(errors[0].get("extensions", {}).get("code", "refused")) if errors else "answered"
