"""A server that writes the bytes a test gives it, and knows when the other side went away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.requests import KeyBinding, Load
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.model import Coverage, Item, KeyColumns, Limits, Opening, Resource, Sharing
from schema.values import make_codec

Answer = Callable[[asyncio.StreamWriter, str], Awaitable[None]]
TRANSPORTS = ("native", "aiohttp")
COLUMNS = {"no": "no", "name": "name", "size": "size"}


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


def declared(origin: dict[str, Any], *by: KeyColumns, max_rows: int = 1_000) -> Resource:
    """A resource with a number, a name and a size."""
    items = {
        name: Item(name, name, column, kind, 1, make_codec(kind))
        for (name, column), kind in zip(COLUMNS.items(), ("String", "String", "Int"), strict=True)
    }
    return Resource(
        department="d", name="r", title="R", type_name="DR", source="s", origin=origin, identity=("no",),
        items=items, attachments=(), arguments={}, sharing=Sharing("unconditional"), opening=Opening("closed"),
        coverage=Coverage(), update_cycle="daily", limits=Limits(max_keys=1, max_rows=max_rows),
        is_connected=True, is_personal=False, allows_partial=False, guards=(), cache_seconds=0,
        columns={column: make_codec("String") for one in by for column in one.columns}
        | {"no": make_codec("String")}, version="1",
    )  # fmt: skip


NO = KeyColumns("code", ("no",), (make_codec("String"),))


async def ask(
    url: str,
    origin: dict[str, Any],
    *keys: str,
    by: tuple[KeyColumns, ...] = (NO,),
    seconds: float = 5,
    arguments: dict[str, Any] | None = None,
    as_of: date | None = None,
    **settings: Any,
) -> Any:
    """Load by `no`, and close."""
    resource = declared(origin, *by)
    settings = {"base_url": url, "transport": chosen_transport.get(), **settings}
    connector = RestConnector(RestSettings.model_validate(settings), (resource,))
    load = Load(
        resource=resource,
        key=KeyBinding(by, (None,) * len(by)),
        keys=tuple((key,) for key in keys),
        items=("no", "name", "size"),
        deadline=asyncio.get_running_loop().time() + seconds,
        arguments=arguments or {},
        as_of=as_of,
    )
    try:
        return (await connector.load(load)).entries
    finally:
        await connector.aclose()
