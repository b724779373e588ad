"""A graph served by uvicorn as in production, in the loop of the test, and clients of its sockets."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from gateway.http.conversation import SocketLimits
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.graph import Graph
from gateway.http.messages import PROTOCOL
from gateway.http.operation import Executor
from gateway.http.server import server_config
from gateway.http.socket import SocketEndpoint
from gateway.identity.identify import Identify, key_hash
from gateway.request import Answer, Ask
from gateway.settings import Settings
from gateway.telemetry.metrics import REGISTRY_OF_ALL
from schema.policy.caller import Caller
from schema.policy.model import Application, Policy
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS

POLICY = Policy(
    {
        name: Application(
            name,
            name,
            "share",
            "transport",
            frozenset({"PERMIT"}),
            (key_hash(name),),
            operator="op-1",
            case="2026-1",
        )
        for name in ("desk", "visitor")
    }
)
KEY = {"authorization": "Bearer desk"}


@dataclass
class ServedGraph:
    """A graph at `/graphql`, over both transports."""

    port: int
    server: uvicorn.Server
    policy: list[Policy]
    """One: the policy that holds now."""


@asynccontextmanager
async def open_graph(
    executor: Executor,
    limits: SocketLimits | None = None,
    *,
    max_bytes: int = 200_000,
    timeout_seconds: float = AGES_SECONDS,
    origins: frozenset[str] = frozenset(),
    **uvicorns: Any,
) -> AsyncIterator[ServedGraph]:
    """Serve an executor; `uvicorns` are set on uvicorn's configuration."""
    policy = [POLICY]

    def identify(headers: Mapping[str, str]) -> Caller:
        return Identify(policy[0])(headers)

    graph = Graph("share", lambda: executor, identify, timeout_seconds)
    endpoint = GraphQLEndpoint(graph, max_bytes)
    socket = SocketEndpoint(graph, limits or SocketLimits(), origins)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (socket if scope["type"] == "websocket" else endpoint)(scope, receive, send)

    async with serve(app, Settings(port=0, max_body_bytes=max_bytes), **uvicorns) as server:
        yield ServedGraph(port_of(server), server, policy)


@asynccontextmanager
async def serve(app: ASGIApp, settings: Settings, **uvicorns: Any) -> AsyncIterator[uvicorn.Server]:
    """Serve any application as a gateway is; `uvicorns` are set on uvicorn's configuration."""
    config = server_config(app, settings, lifespan="off")
    for name, value in uvicorns.items():
        setattr(config, name, value)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        await serving


def port_of(server: uvicorn.Server) -> int:
    """Where a server listens."""
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


@dataclass
class Client:
    """One socket of a client that reads."""

    socket: ClientConnection

    async def say(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message: dict[str, Any] = orjson.loads(await self.socket.recv())
        return message

    async def init(self, **payload: Any) -> None:
        await self.say(type="connection_init", payload=payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, id_: str, query: str, variables: Mapping[str, Any] | None = None) -> None:
        await self.say(type="subscribe", id=id_, payload={"query": query, "variables": variables})

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None, id_: str = "a") -> Any:
        """One operation; its answer, or the errors of its refusal."""
        await self.subscribe(id_, query, variables)
        message = await self.hear()
        assert message["id"] == id_
        if message["type"] == "next":
            assert await self.hear() == {"id": id_, "type": "complete"}
        return message["payload"]

    async def closed(self) -> int:
        """The code with which the other side closes; what it says before is dropped."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    await self.socket.recv()
        except ConnectionClosed:
            assert self.socket.close_code is not None
            return self.socket.close_code


@asynccontextmanager
async def open_client(
    port: int,
    headers: Mapping[str, str] | None = KEY,
    *,
    path: str = "/graphql",
    protocols: list[str] | None = None,
    **options: Any,
) -> AsyncIterator[Client]:
    """A socket; it is not initialised."""
    protocols = [PROTOCOL] if protocols is None else protocols
    opening = connect(
        f"ws://127.0.0.1:{port}{path}",
        subprotocols=protocols or None,  # type: ignore[arg-type] # texts of a type of their own
        additional_headers=headers,
        max_size=None,
        open_timeout=PATIENCE_SECONDS,
        close_timeout=1,
        **options,
    )
    async with opening as socket:
        yield Client(socket)


@dataclass
class Raw:
    """One socket of a client that keeps to no rule: frames as bytes, and nothing is read unless asked for."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def say(self, **message: Any) -> None:
        self.send(text(message))
        await self.writer.drain()

    async def closed(self) -> bytes:
        """All that comes until the other side closes the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def closed_politely(self) -> bytes:
        """All that comes until the other side's close, which is answered as the protocol says."""
        said = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not _has_close(said):
                piece = await self.reader.read(65_536)
                if not piece:
                    return said
                said += piece
        self.send(frame(Opcode.CLOSE, b""))
        return said + await self.closed()


def _has_close(said: bytes) -> bool:
    """Whether a row of a server's frames, whole or cut, has a close."""
    at = 0
    while at + 1 < len(said):
        size, head = said[at + 1], 2
        if size == 126:
            size, head = int.from_bytes(said[at + 2 : at + 4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(said[at + 2 : at + 10], "big"), 10
        if said[at] == 0x88:
            return at + head + size <= len(said)
        at += head + size
    return False


@asynccontextmanager
async def open_raw(port: int, headers: str = "Authorization: Bearer desk\r\n") -> AsyncIterator[Raw]:
    """A socket after its handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    try:
        writer.write(handshake(headers))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


async def status_of(port: int, head: bytes) -> tuple[int, bytes]:
    """What a handshake is answered with: its status, and the body of a refusal."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            writer.write(head)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            status = int(answer.split()[1])
            if status == 101:
                return status, b""
            assert answer.count(b"\r\ncontent-type: ") == 1, answer
            assert b"\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n" in answer
            return status, await reader.read()
    finally:
        writer.transport.abort()


def handshake(headers: str = "", host: str = "quay") -> bytes:
    """The head that opens a socket."""
    return (
        f"GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n{headers}\r\n"
    ).encode("latin-1")


def text(message: Any) -> bytes:
    """A message as a frame."""
    return frame(Opcode.TEXT, orjson.dumps(message))


def frame(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    """A frame of a client."""
    return Frame(opcode, data, fin).serialize(mask=True)


@dataclass
class Slow:
    """An executor whose answers take as long as they are told to."""

    seconds: float = AGES_SECONDS
    started: int = 0
    cancelled: int = 0
    body: bytes = b'{"data":{"slow":true}}'

    async def answer(self, ask: Ask) -> Answer:
        self.started += 1
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return Answer(self.body, 200, is_request_error=False)


def open_streams(transport: str) -> float | None:
    """How many are counted as open at the graph of applications."""
    labels = {"endpoint": "share", "transport": transport}
    return REGISTRY_OF_ALL.get_sample_value("jutong_open_streams", labels)


async def others_are_answered(port: int) -> None:
    """Somebody else says something and hears of it, while the server does what it does."""
    async with open_client(port) as client:
        await client.init()
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}


def resident_bytes() -> int:
    """Memory of this process, in which the server runs."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
