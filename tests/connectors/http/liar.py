"""A server that writes the bytes a test gives it, and knows when the other side went away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter, str], Awaitable[None]]
TRANSPORTS = ("native", "aiohttp")


chosen_transport: ContextVar[str] = ContextVar("chosen_transport", default="native")
"""What a test that names none is run with: every client in turn."""


@dataclass
class Liar:
    """Where it listens, what it was sent, and how many clients left before they were answered."""

    url: str = ""
    heads: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def lying(answer: Answer | bytes | str) -> AsyncIterator[Liar]:
    """Serve one kind of answer to everything."""
    liar = Liar()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        liar.heads.append(head)
        liar.asked.set()
        watch = asyncio.create_task(_watch(reader, liar))
        try:
            if callable(answer):
                await answer(writer, head)
            else:
                writer.write(whole(answer))
                await writer.drain()
        except ConnectionError:
            liar.left.set()
        finally:
            watch.cancel()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    liar.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield liar
    finally:
        server.close()


async def _watch(reader: asyncio.StreamReader, liar: Liar) -> None:
    try:
        while await reader.read(65_536):
            pass
    except ConnectionError:
        pass
    liar.left.set()


def whole(body: bytes | str, headers: str = "", status: str = "200 OK", length: int | None = None) -> bytes:
    """A complete answer, unless `length` says something else."""
    content = body.encode() if isinstance(body, str) else body
    length = len(content) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n".encode() + content


def sending(*chunks: bytes) -> Answer:
    """Send bytes and hang up."""

    async def answer(writer: asyncio.StreamWriter, _head: str) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()

    return answer


async def endless(writer: asyncio.StreamWriter, _head: str) -> None:
    """A body that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n[")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter, _head: str) -> None:
    """One that comes byte by byte."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silent(_writer: asyncio.StreamWriter, _head: str) -> None:
    """None at all."""
    await asyncio.Event().wait()
