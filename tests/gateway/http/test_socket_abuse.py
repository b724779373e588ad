"""WebSockets that are opened to hurt: each ends with its code, in bounded memory, and others are served meanwhile."""

import asyncio
import os
import socket
from collections import Counter
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.frames import Opcode
from websockets.server import ServerProtocol

from gateway.http import bounded_socket
from gateway.http.bounded_socket import MAX_FRAGMENTS, PIECE_BYTES
from gateway.http.conversation import SocketLimits
from tests.gateway.http.served import (
    Raw,
    ServedGraph,
    Slow,
    frame,
    handshake,
    open_client,
    open_graph,
    open_raw,
    others_are_answered,
    resident_bytes,
    status_of,
    text,
)
from tests.kit import City, open_city
from tests.patience import PATIENCE_SECONDS, comes, leap, until

TOTAL = {"query": "{ catalogue { total } }"}
MEGABYTE = 2**20


pytestmark = pytest.mark.usefixtures("nothing_is_logged_as_an_error")


@pytest.fixture
def city() -> City:
    return open_city()


def pings(seconds: float | None) -> dict[str, Any]:
    """How often uvicorn asks whether the client is there, and how long it waits; `None`: never."""
    return {"ws_ping_interval": seconds, "ws_ping_timeout": seconds}


def code_of(said: bytes) -> int:
    """The code of the close with which all that was said ends."""
    at = said.rindex(b"\x88")
    return int.from_bytes(said[at + 2 : at + 4], "big")


INIT = text({"type": "connection_init"})
DEEP = b"[" * 90_000 + b"]" * 90_000
MESSAGES: dict[str, tuple[bytes, int]] = {
    "binary": (frame(Opcode.BINARY, b"{}"), 4400), "no JSON": (frame(Opcode.TEXT, b"{"), 4400), "empty": (frame(Opcode.TEXT, b""), 4400),
    "number": (frame(Opcode.TEXT, b"1"), 4400), "list": (text([{"type": "ping"}]), 4400), "no type": (text({}), 4400),
    "unknown type": (text({"type": "start", "id": "1"}), 4400), "type list": (text({"type": []}), 4400), "of the server": (text({"type": "next", "id": "1"}), 4400),
    "no id": (text({"type": "subscribe", "payload": TOTAL}), 4400), "id number": (text({"type": "subscribe", "id": 1, "payload": TOTAL}), 4400),
    "id empty": (text({"type": "subscribe", "id": "", "payload": TOTAL}), 4400), "id long": (text({"type": "complete", "id": "x" * 129}), 4400),
    "no payload": (text({"type": "subscribe", "id": "1"}), 4400), "a batch": (text({"type": "subscribe", "id": "1", "payload": [TOTAL] * 1_000}), 4400),
    "a list of messages": (text([{"type": "subscribe", "id": "1", "payload": TOTAL}] * 1_000), 4400),
    "no query": (text({"type": "subscribe", "id": "1", "payload": {}}), 4400), "query number": (text({"type": "subscribe", "id": "1", "payload": {"query": 1}}), 4400),
    "variables list": (text({"type": "subscribe", "id": "1", "payload": {**TOTAL, "variables": []}}), 4400),
    "ping payload": (text({"type": "ping", "payload": 1}), 4400), "deep": (frame(Opcode.TEXT, DEEP), 4400),
    "deep variables": (frame(Opcode.TEXT, b'{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":' + b'{"a":' * 300 + b"1" + b"}" * 303), 4400),
    "lone surrogate": (frame(Opcode.TEXT, b'{"type":"\\ud800"}'), 4400), "no UTF-8": (frame(Opcode.TEXT, b'{"type":"\xff"}'), 1007),
    "giant": (frame(Opcode.TEXT, b" " * 200_001), 1009), "giant in two": (frame(Opcode.TEXT, b" " * 150_000, fin=False) + frame(Opcode.CONT, b" " * 150_000), 1009),
    "announced giant": (b"\x81\xff" + (2**62).to_bytes(8, "big") + b"mask", 1009), "no mask": (b"\x81\x02{}", 1002), "reserved opcode": (b"\x83\x80mask", 1002),
    "reserved bit": (b"\xc1\x80mask", 1002), "long ping": (b"\x89\xfe\x00\x80mask" + b"x" * 128, 1002), "cut ping": (b"\x09\x80mask", 1002),
    "continuation of nothing": (frame(Opcode.CONT, b"x"), 1002), "rubbish": (b"GET / HTTP/1.1\r\n\r\n", 1002),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSAGES)
async def test_what_is_no_message_closes_the_socket(graph: ServedGraph, city: City, name: str) -> None:
    sent, code = MESSAGES[name]
    with capture_logs() as logged:
        async with open_raw(graph.port) as raw:
            raw.send(INIT, sent)
            said = await raw.closed_politely()
            assert code_of(said) == code
            assert len(said) < 300
        await until(lambda: any(line["event"] == "socket_closed" for line in logged))
    assert [line for line in logged if line["event"] == "fault"] == []
    assert city.loads == []
    await others_are_answered(graph.port)


async def test_thousands_of_subscribes_with_one_id(graph: ServedGraph) -> None:
    async with open_graph(Slow()) as slow, open_raw(slow.port) as raw:
        raw.send(INIT, *[text({"type": "subscribe", "id": "1", "payload": TOTAL})] * 5_000)
        assert code_of(await raw.closed_politely()) == 4409


async def test_thousands_of_subscribes_without_init(graph: ServedGraph) -> None:
    async with open_raw(graph.port) as raw:
        raw.send(*[text({"type": "subscribe", "id": f"{n}", "payload": TOTAL}) for n in range(5_000)])
        assert code_of(await raw.closed_politely()) == 4401


async def test_thousands_of_subscribes_at_once_run_no_more_than_the_bound() -> None:
    slow = Slow()
    async with open_graph(slow, SocketLimits(max_operations=10)) as graph, open_client(graph.port) as client:
        await client.init()
        for number in range(3_000):
            await client.subscribe(f"{number}", TOTAL["query"])
        for _ in range(2_990):
            assert (await client.hear())["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert slow.started == 10
        await others_are_answered(graph.port)


async def test_asking_and_cancelling_again_and_again_runs_no_more_than_the_bound() -> None:
    slow = Slow()
    async with open_graph(slow, SocketLimits(max_operations=10)) as graph, open_raw(graph.port) as raw:
        raw.send(INIT)
        pair = text({"type": "subscribe", "id": "1", "payload": TOTAL}) + text(
            {"type": "complete", "id": "1"}
        )
        for _ in range(20):
            raw.send(pair * 200)
            await others_are_answered(graph.port)
        await raw.say(type="subscribe", id="last", payload=TOTAL)
        await until(lambda: slow.started > 0 and slow.started - slow.cancelled <= 1)


async def test_who_never_reads_holds_itself_back_and_is_closed(short_ends: None) -> None:
    slow = Slow(seconds=0, body=b'{"data":"' + b"x" * MEGABYTE + b'"}')
    with capture_logs() as logged:
        async with open_graph(slow, **pings(2)) as graph, open_raw(graph.port) as raw:
            raw.send(INIT)
            before = resident_bytes()
            for number in range(2_000):
                raw.send(text({"type": "subscribe", "id": f"{number}", "payload": TOTAL}))
            await until_held(graph)
            await others_are_answered(graph.port)
            assert 0 < slow.started < 200  # of 2,000: what kernel and buffers hold, and the bound
            assert resident_bytes() - before < 150 * MEGABYTE
            await until(lambda: any(_is_closed(line) for line in logged))
            await others_are_answered(graph.port)


@pytest.fixture
def short_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is to be closed is waited for in vain: for less long than others are."""
    monkeypatch.setattr(bounded_socket, "CLOSE_SECONDS", 0.5)


def narrow(graph: ServedGraph) -> None:
    """Let the kernel keep little of what its clients do not read, so that the server has to, soon."""
    listening = graph.server.servers[0].sockets[0]
    with socket.socket(fileno=os.dup(listening.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # accepted sockets inherit it


async def is_held(graph: ServedGraph) -> bool:
    """Whether the server has stopped to read somebody who does not read, and not for a turn of the loop only."""
    for _ in range(100):
        sockets: Any = graph.server.server_state.connections
        if all(one.writable.is_set() or one.transport.is_reading() for one in sockets):
            return False
        await asyncio.sleep(0)
    return True


async def until_held(graph: ServedGraph) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_held(graph):
            await asyncio.sleep(0.01)


def _is_closed(line: object) -> bool:
    return isinstance(line, dict) and line["event"] == "socket_closed" and line["operations"] > 0


@pytest.mark.parametrize("kind", ["frames", "messages"])
async def test_pings_of_who_never_reads_grow_nothing(graph: ServedGraph, kind: str) -> None:
    ping = frame(Opcode.PING, b"x" * 125) if kind == "frames" else text({"type": "ping"})
    narrow(graph)
    async with open_raw(graph.port) as raw:
        raw.send(INIT)
        await raw.reader.readuntil(b"}")
        before, sent = resident_bytes(), 0
        chunk = ping * (MEGABYTE // len(ping))
        while not await is_held(graph):
            assert sent < 200, "the server reads on and on"
            raw.send(chunk)
            sent += 1
            while raw.writer.transport.get_write_buffer_size() and not await is_held(graph):
                await asyncio.sleep(0.05)
            await others_are_answered(graph.port)
        assert resident_bytes() - before < 60 * MEGABYTE
        await others_are_answered(graph.port)


@pytest.mark.parametrize("piece", [b"", b"x"])
async def test_a_message_in_a_million_pieces(graph: ServedGraph, piece: bytes) -> None:
    async with open_raw(graph.port) as raw:
        raw.send(INIT, frame(Opcode.TEXT, piece, fin=False), frame(Opcode.CONT, piece, fin=False) * 100_000)
        assert code_of(await raw.closed_politely()) == 1009
    async with open_raw(graph.port) as raw:
        whole = b'{"type":"connection_init"}'
        pieces = [frame(Opcode.CONT, b"", fin=False)] * (MAX_FRAGMENTS - 2)
        raw.send(frame(Opcode.TEXT, whole, fin=False), *pieces, frame(Opcode.CONT, b""))
        assert b"connection_ack" in await comes(raw.reader.readuntil(b"}"))


async def test_tiny_frames_take_the_loop_from_nobody(
    graph: ServedGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a turn of the loop takes is counted: a read of a quarter megabyte at once would be half a second."""
    turn = 0
    taken: Counter[int] = Counter()
    receive = ServerProtocol.receive_data

    def count_turns() -> None:
        nonlocal turn
        turn += 1
        loop.call_soon(count_turns)

    def receive_counted(self: ServerProtocol, data: bytes) -> None:
        taken[turn] += len(data)
        receive(self, data)

    loop = asyncio.get_running_loop()
    async with open_raw(graph.port) as raw:
        raw.send(INIT)
        await raw.reader.readuntil(b"}")
        monkeypatch.setattr(ServerProtocol, "receive_data", receive_counted)
        count_turns()
        sent = frame(Opcode.PONG, b"") * 400_000
        raw.send(sent)
        await until(lambda: taken.total() >= len(sent))
        assert max(taken.values()) <= 2 * PIECE_BYTES  # the end of one read, and the beginning of the next
        assert len(taken) >= len(sent) / (2 * PIECE_BYTES)
    await others_are_answered(graph.port)


@pytest.mark.asyncio(loop_factories=["leaping"])
async def test_many_sockets_that_say_nothing_are_bounded_and_end(city: City) -> None:
    limits = SocketLimits(max_sockets=50, init_seconds=1_000)
    async with open_graph(city.gateway, limits, **pings(None)) as graph:
        held = await asyncio.gather(*(_hold(graph.port) for _ in range(200)))
        statuses = [status for _, status in held]
        assert statuses.count(101) == 50
        assert statuses.count(503) == 150
        leap(1_000)
        for raw, status in held:
            if status == 101:
                assert code_of(await raw.closed_politely()) == 4408
            raw.writer.transport.abort()
        await until(lambda: not graph.server.server_state.connections)
        await others_are_answered(graph.port)


async def _hold(port: int) -> tuple[Raw, int]:
    """Open a socket and say nothing; give the handshake's status, too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(handshake())
    return Raw(reader, writer), int((await comes(reader.readuntil(b"\r\n\r\n"))).split()[1])


async def test_a_client_that_is_gone_without_a_word_is_closed() -> None:
    slow = Slow()
    async with open_graph(slow, **pings(1)) as graph, open_raw(graph.port) as raw:
        raw.send(INIT, text({"type": "subscribe", "id": "1", "payload": TOTAL}))
        await until(lambda: slow.started == 1)
        assert code_of(await raw.closed()) == 1011  # no pong came
        await until(lambda: slow.cancelled == 1)


async def test_who_closes_and_reads_nothing_more_is_closed(short_ends: None) -> None:
    slow = Slow(seconds=0, body=b'{"data":"' + b"x" * MEGABYTE + b'"}')
    with capture_logs() as logged:
        async with open_graph(slow, **pings(2)) as graph, open_raw(graph.port) as raw:
            raw.send(INIT, *[text({"type": "subscribe", "id": f"{n}", "payload": TOTAL}) for n in range(8)])
            await until_held(graph)
            raw.send(frame(Opcode.CLOSE, b"\x03\xe8"))
            await until(lambda: any(_is_closed(line) for line in logged))
            await until(lambda: not graph.server.server_state.connections)


async def test_compression_is_not_agreed_to(graph: ServedGraph) -> None:
    async with open_client(graph.port, compression="deflate") as client:
        assert client.socket.response is not None
        assert "sec-websocket-extensions" not in client.socket.response.headers
        await client.init()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("".join(f"X-{n}: y\r\n" for n in range(200)), 431), (f"X: {'y' * 9_000}\r\n", 431), ("Sec-WebSocket-Version: 12\r\n", 400),
        ("Sec-WebSocket-Key: x\r\n", 400), ("Authorization: Bearer \xe9\r\n", 401), ("Cookie: a=b\r\n", 101),
    ],
)  # fmt: skip
async def test_heads_that_are_no_handshake(graph: ServedGraph, headers: str, status: int) -> None:
    found, body = await status_of(graph.port, handshake(headers))
    assert found == status
    assert (b'"errors"' in body) is (status != 101)
    await others_are_answered(graph.port)


@pytest.mark.parametrize("old, new", [(b"GET", b"POST"), (b"Sec-WebSocket-Key", b"X-Key"), (b"Version: 13", b"Version: 8"),
                                      (b"Sec-WebSocket-Protocol: ", b"Sec-WebSocket-Protocol: ;;,,")])  # fmt: skip
async def test_heads_that_are_nearly_a_handshake(graph: ServedGraph, old: bytes, new: bytes) -> None:
    found, body = await status_of(graph.port, handshake().replace(old, new))
    assert 400 <= found < 600
    assert b"quay" not in body
    await others_are_answered(graph.port)


@pytest.mark.parametrize("is_answered", [False, True])
async def test_a_connection_with_an_answer_under_way_becomes_no_socket(is_answered: bool) -> None:
    """Or that answer would wait for ever, and what is unsent would not count."""
    slow = Slow(0 if is_answered else 30, body=b'{"data":"' + b"x" * 8 * MEGABYTE + b'"}')
    async with open_graph(slow) as graph:
        _, writer = await asyncio.open_connection("127.0.0.1", graph.port, limit=1024)
        body = b'{"query":"{ a }"}'
        post = "POST /graphql HTTP/1.1\r\nHost: quay\r\nAuthorization: Bearer desk\r\nContent-Type: application/json\r\n"
        writer.write(f"{post}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await until(lambda: slow.started == 1)
        await asyncio.sleep(0.2)
        writer.write(handshake())
        await until(lambda: not graph.server.server_state.connections)
        await until(lambda: not graph.server.server_state.tasks)
        assert slow.cancelled == (not is_answered)
        writer.transport.abort()
