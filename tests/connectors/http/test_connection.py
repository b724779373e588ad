"""A connection that has ended leaves nothing to the collector: some services end each after its answer."""

import asyncio
import gc
import weakref
from contextlib import suppress

import pytest

from connectors.errors import SourceUnavailable
from connectors.http.clients.connection import Connection
from tests.patience import soon, until

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize("ends", ["after", "instead", "without a length"])
async def test_a_connection_goes_without_the_collector(ends: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if ends == "after":
            writer.write(ANSWER)
        elif ends == "without a length":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n{}")
        writer.close()

    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gc.disable()
    try:
        _, connection = await loop.create_connection(
            lambda: Connection(100, lambda _resting: None), "127.0.0.1", port
        )
        asked = connection.ask(b"GET / HTTP/1.1\r\n\r\n", soon())
        with suppress(SourceUnavailable):  # whose traceback holds the connection, while it is kept
            assert (await asked).content == b"{}"
        gone = weakref.ref(connection)
        del connection, asked, _
        await until(lambda: gone() is None)
    finally:
        gc.enable()
        server.close()


class Wire(asyncio.Transport):
    """Where a connection writes."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def abort(self) -> None:
        self.is_aborted = True


async def test_who_leaves_too_late_does_not_end_the_next_call() -> None:
    """A task may be cancelled when its answer is there and has not reached it."""
    rested: list[Connection] = []
    wire, connection = Wire(), Connection(100, rested.append)
    connection.connection_made(wire)
    deadline = soon()
    first = connection.ask(b"1", deadline)
    connection.data_received(ANSWER)
    assert rested == [connection]
    second = connection.ask(b"2", deadline)
    connection.leave()
    assert not wire.is_aborted
    connection.data_received(ANSWER)
    assert (await first).content == (await second).content == b"{}"


async def test_an_answer_to_who_left_ends_the_connection() -> None:
    wire, connection = Wire(), Connection(100, lambda _rested: None)
    connection.connection_made(wire)
    connection.ask(b"1", soon()).cancel()
    connection.data_received(ANSWER)
    assert wire.is_aborted
    assert not connection.is_open
