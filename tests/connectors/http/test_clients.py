"""The law of `connectors.http.clients.client`, held to every client over real sockets."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import httptools
import pytest
from pydantic import SecretStr

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable
from connectors.http.clients import Answer, Call, Client, open_client, read_endpoint
from connectors.http.clients.errors import translate
from connectors.http.clients.fallback import TABLE as OF_AIOHTTP
from connectors.http.clients.native import IDLE_SECONDS
from connectors.http.settings import HttpSettings
from tests.connectors.http.liar import chosen_transport, lying, sending, silent, whole
from tests.patience import comes, leap, soon

GET = Call("GET", "/r")
ID = "500000195001010015"


@asynccontextmanager
async def client_of(url: str, **settings: Any) -> AsyncIterator[Client]:
    read = HttpSettings.model_validate({"transport": chosen_transport.get(), **settings})
    client = open_client(read, read_endpoint(read, url))
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def serving(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """Talk over every connection until the other side goes, or the test is over."""
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@asynccontextmanager
async def lasting(*answers: bytes) -> AsyncIterator[tuple[str, list[int]]]:
    """Give one answer after the other, over connections that stay open; the last again and again.

    The list holds how many requests each connection carried.
    """
    left = list(answers)
    carried: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = len(carried)
        carried.append(0)
        while True:
            await reader.readuntil(b"\r\n\r\n")
            carried[mine] += 1
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

    async with serving(talk) as url:
        yield url, carried


async def test_a_connection_carries_one_call_after_the_other() -> None:
    async with lasting(whole("one"), whole("two")) as (url, carried), client_of(url) as client:
        found = [(await client.send(GET, soon())).content for _ in range(3)]
    assert found == [b"one", b"two", b"two"]
    assert carried == [3]


async def test_no_more_connections_than_declared() -> None:
    async with lasting(whole("one")) as (url, carried), client_of(url, max_connections=2) as client:
        await asyncio.gather(*(client.send(GET, soon()) for _ in range(9)))
    assert len(carried) == 2
    assert sum(carried) == 9


async def test_waiting_for_a_place_counts_towards_the_deadline() -> None:
    async with lying(silent) as liar, client_of(liar.url, max_connections=1) as client:
        first = asyncio.create_task(client.send(GET, soon()))
        await comes(liar.asked.wait())
        with pytest.raises(SourceTimeout):
            await client.send(GET, soon(0.1))
        assert len(liar.heads) == 1
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_a_call_after_a_cancelled_one_has_a_connection_of_its_own() -> None:
    async def slow_then_quick(writer: asyncio.StreamWriter, head: str) -> None:
        if "/slow" in head:
            await asyncio.sleep(0.2)
        writer.write(whole("slow" if "/slow" in head else "quick"))
        await writer.drain()

    async with lying(slow_then_quick) as liar, client_of(liar.url, max_connections=1) as client:
        first = asyncio.create_task(client.send(Call("GET", "/slow"), soon()))
        await comes(liar.asked.wait())
        first.cancel()
        assert (await client.send(GET, soon())).content == b"quick"


@pytest.mark.parametrize("behind", [whole("for nobody"), b"\r\nrubbish"])
async def test_what_follows_an_answer_never_answers_the_next_call(behind: bytes) -> None:
    """Whether the first answer counts is the client's to say: aiohttp refuses it before rubbish."""
    async with lasting(whole("one") + behind, whole("two")) as (url, carried), client_of(url) as client:
        with suppress(SourceUnavailable):
            assert (await client.send(GET, soon())).content == b"one"
        assert (await client.send(GET, soon())).content == b"two"
    assert carried == [1, 1]


async def test_what_comes_while_nobody_asks_never_answers_the_next_call() -> None:
    answers = [whole("one"), whole("two")]
    read, pushed = asyncio.Event(), asyncio.Event()

    async def push(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.pop(0))
        await read.wait()
        writer.write(whole("late"))
        pushed.set()
        await reader.read()

    async with serving(push) as url, client_of(url) as client:
        assert (await client.send(GET, soon())).content == b"one"
        read.set()
        await pushed.wait()
        await asyncio.sleep(0.02)
        assert (await client.send(GET, soon())).content == b"two"


async def test_a_connection_that_the_server_closed_meanwhile_is_not_an_error() -> None:
    """The server closes when it is asked a second time: what was sent is sent again."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(whole("one"))
        await reader.readuntil(b"\r\n\r\n")

    async with serving(once) as url, client_of(url) as client:
        for _ in range(3):
            assert (await client.send(GET, soon())).content == b"one"


@pytest.mark.parametrize("transport", ["native"], indirect=True)
async def test_a_connection_that_rests_is_closed() -> None:
    left = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(whole("one"))
        assert await reader.read() == b""
        left.set()

    async with serving(talk) as url, client_of(url) as client:
        await client.send(GET, soon())
        leap(IDLE_SECONDS)
        await comes(left.wait())
        assert (await client.send(GET, soon())).content == b"one"


async def test_a_connection_outlives_an_answer_of_any_status() -> None:
    gone = whole("nobody", status="404 Not Found")
    async with (
        lasting(gone, whole("no", status="500 Oh"), whole("one")) as (url, carried),
        client_of(url) as client,
    ):
        statuses = [(await client.send(GET, soon())).status for _ in range(3)]
    assert statuses == [404, 500, 200]
    assert carried == [3]


async def test_every_address_of_a_host_is_tried() -> None:
    """The server listens on one of the addresses that `localhost` may have."""
    async with lying("one") as liar, client_of(liar.url.replace("127.0.0.1", "localhost")) as client:
        assert (await client.send(GET, soon())).content == b"one"


READ: dict[str, tuple[bytes, bytes]] = {
    "a length": (whole("body"), b"body"),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\nContent-Encoding: br\r\n\r\n",
        b"body",
    ),
    "the end of the connection": (b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nbody", b"body"),
    "hints before it": (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + whole("body"), b"body"),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
async def test_every_way_to_end_an_answer_is_read(name: str) -> None:
    sent, expected = READ[name]
    async with lying(sending(sent)) as liar, client_of(liar.url) as client:
        answer = await client.send(GET, soon())
    assert answer.content == expected
    assert "content-encoding" not in answer.headers


async def test_an_answer_in_single_bytes_is_read() -> None:
    async def dripping(writer: asyncio.StreamWriter, _head: str) -> None:
        for byte in whole("body", "Content-Type: text/plain\r\n"):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with lying(dripping) as liar, client_of(liar.url) as client:
        answer = await client.send(GET, soon())
    assert (answer.status, answer.content, answer.headers["content-type"]) == (200, b"body", "text/plain")


def endless(*before: bytes, again: bytes) -> Any:
    """An answer that begins like others and never ends."""

    async def answer(writer: asyncio.StreamWriter, _head: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"".join(before))
        while True:
            writer.write(again)
            await writer.drain()

    return answer


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
MORE = b"X-More: " + b"x" * 1_000 + b"\r\n"
REFUSED: dict[str, Any] = {
    "headers without an end": endless(again=MORE),
    "a header without an end": endless(b"X: ", again=b"x" * 1_000),
    "a chunk without a size": endless(CHUNKED, b"1;", again=b"x" * 1_000),
    "trailers without an end": endless(CHUNKED, b"0\r\n", again=MORE),
    "a trailer without an end": endless(CHUNKED, b"0\r\nX: ", again=b"x" * 1_000),
    "a header of a megabyte": sending(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"),
    "two lengths": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
    "a length and chunks": sending(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "no length that is a number": sending(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabc"),
    "too much in one piece": whole("x" * 1_001),
    "too much in chunks": sending(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 100 + b"\r\n" * 1
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_no_answer_is_believed_that_breaks_the_protocol(name: str, transport: str) -> None:
    """Nothing of it is kept; aiohttp reads a chunk without a size until the deadline."""
    refused = (SourceMisbehaved, SourceUnavailable, *((SourceTimeout,) if transport == "aiohttp" else ()))
    async with lying(REFUSED[name]) as liar, client_of(liar.url, max_body_bytes=1_000) as client:
        with pytest.raises(refused):
            await client.send(GET, soon(5 if transport == "native" else 1))


async def test_a_body_of_exactly_the_bound_is_read() -> None:
    async with lying("x" * 1_000) as liar, client_of(liar.url, max_body_bytes=1_000) as client:
        assert len((await client.send(GET, soon())).content) == 1_000


async def test_a_request_says_what_is_declared_and_nothing_of_the_library() -> None:
    headers = {"X-App": "7", "user-agent": "city"}
    async with lying("[]") as liar:
        for call in (Call("POST", "/r?no=A%20B", b"{}", "application/json"), Call("POST", "/empty"), GET):
            async with client_of(liar.url, headers=headers, bearer="s3") as client:
                await client.send(call, soon())
    sent, empty, got = (head.lower().split("\r\n") for head in liar.heads)
    assert sent[0] == "post /r?no=a%20b http/1.1"
    assert set(sent[1:-2]) == {
        f"host: {liar.url.removeprefix('http://')}", "accept: */*", "accept-encoding: gzip, deflate",
        "user-agent: city", "x-app: 7", "authorization: bearer s3", "content-type: application/json",
        "content-length: 2",
    }  # fmt: skip
    assert "content-length: 0" in empty
    assert not any(line.startswith("content-") for line in got)


async def test_environment_and_redirects_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    elsewhere = whole("", "Location: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\n", "302 Found")
    async with lying(sending(elsewhere)) as liar, client_of(liar.url) as client:
        answers = [await client.send(GET, soon()) for _ in range(2)]
    assert [answer.status for answer in answers] == [302, 302]
    assert not any("cookie" in head.lower() for head in liar.heads)


async def test_nothing_of_a_call_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call = Call("POST", f"/r/{ID}", f'{{"k": "{ID}"}}'.encode(), "application/json")
    async with lying(sending(b"rubbish")) as liar, client_of(liar.url) as client:
        with pytest.raises(SourceError) as caught:
            await client.send(call, soon())
    assert ID not in repr(call)
    assert ID not in repr(Answer(200, {"x": ID}, ID.encode()))
    assert ID not in repr(caught.value) + "".join(traceback.format_exception(caught.value))
    assert not any(ID in record.getMessage() for record in caplog.records)


async def test_a_closed_port_and_an_unknown_host_are_unavailable_and_may_be_tried_again() -> None:
    for url in ("http://127.0.0.1:1", "http://nowhere.invalid"):
        async with client_of(url) as client:
            with pytest.raises(SourceUnavailable) as caught:
                await client.send(GET, soon())
        assert caught.value.is_transient


@pytest.mark.parametrize(
    "settings",
    [
        {"headers": {"X": "a\r\nEvil: b"}},
        {"headers": {"X Y": "a"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"url": "http://:80"},
        {"url": f"http://{'a' * 70}.example"},
        {"url": "http://127.0.0.1:many"},
    ],
)
def test_settings_that_no_request_can_carry_are_refused(settings: dict[str, Any]) -> None:
    url = settings.get("url", "http://127.0.0.1")
    with pytest.raises(ValueError):
        read_endpoint(HttpSettings(headers=settings.get("headers", {})), url)


@pytest.mark.parametrize(
    ("url", "authority", "prefix"),
    [
        ("http://score.example/api/v2", "score.example", "/api/v2"),
        ("https://score.example:443/接口/", "score.example", "/%E6%8E%A5%E5%8F%A3"),
        ("http://[::1]:8080", "[::1]:8080", ""),
        ("http://重庆.example:81/a%20b", "xn--zwt745i.example:81", "/a%20b"),
    ],
)
def test_addresses_are_read(url: str, authority: str, prefix: str) -> None:
    endpoint = read_endpoint(HttpSettings(), url)
    assert (endpoint.authority, endpoint.prefix) == (authority, prefix)


def test_credentials_in_the_address_are_sent_unless_others_are_declared() -> None:
    url = "http://me:p%40ss@score.example"
    plain = read_endpoint(HttpSettings(), url)
    declared = read_endpoint(HttpSettings(bearer=SecretStr("s3")), url)
    assert plain.headers["Authorization"] == "Basic bWU6cEBzcw=="
    assert declared.headers["Authorization"] == "Bearer s3"
    assert plain.authority == "score.example"
    assert "bWU6" not in repr(plain)


def test_every_error_of_the_parser_is_in_the_table() -> None:
    errors = [getattr(httptools, name) for name in dir(httptools) if "Error" in name or "Upgrade" in name]
    assert len(errors) > 5
    for error in errors:
        assert type(translate(error("the text"))) is SourceUnavailable, error


def test_every_error_of_aiohttp_is_in_the_table() -> None:
    """But what only its server, its web sockets and its forms raise."""
    others = {"WebSocketError", "WSMessageTypeError", "EofStream", "BadContentDispositionHeader", "BadContentDispositionParam"}  # fmt: skip
    errors = [one for one in vars(aiohttp).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert len(errors) > 25
    for error in errors:
        assert error.__name__ in others or any(class_ in OF_AIOHTTP for class_ in error.__mro__), error
