"""Whatever is sent to a served gateway: 4xx and JSON, in time, without an echo; and the next one is answered."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.responses import PlainTextResponse

from gateway.http.bounded_http import HEAD_SECONDS, MAX_HEAD_BYTES
from gateway.settings import Settings
from tests.faults.city import citizen, write_city
from tests.faults.served import Served, serve
from tests.gateway.http.served import Slow, open_graph, port_of
from tests.gateway.http.served import serve as serve_app
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, comes, leap, until

pytestmark = pytest.mark.xdist_group("faults")

SECRET = citizen(4711)
"""An identifier that comes back in no answer and stands in no log."""
JSON = "Content-Type: application/json\r\n"
KEY = "Authorization: Bearer desk\r\n"
FINE = b'{"query":"{ catalogue { total } }"}'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """It gives up no request before a test does."""
    folder: Path = tmp_path_factory.mktemp("quay")
    with serve(folder, write_city(folder, 10), **settings_of(folder, AGES_SECONDS)) as opened:
        yield opened


def settings_of(folder: Path, timeout_seconds: float) -> dict[str, str]:
    return {
        "JUTONG_DEMO_DATA": str(folder),
        "JUTONG_DEMO_LICENCES": "http://127.0.0.1:9",
        "JUTONG_TIMEOUT_SECONDS": str(timeout_seconds),
        "JUTONG_MAX_BODY_BYTES": "400000",
    }


async def exchange(served: Served, raw: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are; give status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port, limit=2**22)
    try:
        writer.write(raw)
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
            length = 0 if raw.startswith(b"HEAD") else int(headers.get("content-length", 0))
            return int(first.split()[1]), headers, await reader.readexactly(length)
    finally:
        writer.transport.abort()


def post(body: bytes, headers: str = JSON + KEY, path: str = "/graphql", method: str = "POST") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: quay\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


def variables(value: str) -> bytes:
    return (
        b'{"query":"query($i: CitizenId!) { person(id: $i) { id } }","variables":{"i":'
        + value.encode()
        + b"}}"
    )


BODIES: dict[str, bytes] = {
    "number": b"1", "null": b"null", "list": b"[]", "list of requests": b"[" + FINE + b"]", "text": b'"x"',
    "nothing": b"", "blank": b"  ", "half": FINE[:-1], "two": FINE + FINE, "tail": FINE + b"x",
    "invalid utf-8": b'{"query":"\xff\xfe"}', "utf-16": FINE.decode().encode("utf-16"), "bom": b"\xef\xbb\xbf" + FINE,
    "lone surrogate": b'{"query":"\\ud800"}', "nul byte": b'{"query":"{ catalogue\x00 { total } }"}',
    "escaped nul": b'{"query":"{ catalogue\\u0000 { total } }"}', "nan": variables("NaN"), "python": b"{'query': 1}",
    "no query": b'{"variables":{}}', "query null": b'{"query":null}', "query empty": b'{"query":" "}',
    "query object": b'{"query":{}}', "variables list": b'{"query":"{a}","variables":[]}',
    "variables text": b'{"query":"{a}","variables":"{}"}', "operation number": b'{"query":"{a}","operationName":1}',
    "extensions text": b'{"query":"{a}","extensions":"x"}', "operation unknown": b'{"query":"{ catalogue { total } }","operationName":"B"}',
    "variables deep": variables('{"a":' * 50_000 + "1" + "}" * 50_000), "variables list deep": variables("[" * 50_000 + "]" * 50_000),
    "variables 150 deep": variables("[" * 150 + "]" * 150), "body deep": b"[" * 250_000,
    "document deep": b'{"query":"' + b"{a" * 50_000 + b"}" * 50_000 + b'"}', "document lists": b'{"query":"{a(b:' + b"[" * 50_000 + b'"}',
    "document of braces": b'{"query":"' + b"{" * 50_000 + b'"}', "type of lists": b'{"query":"query($a: ' + b"[" * 50_000 + b'Int"}',
    "fragment of itself": b'{"query":"{ ...A } fragment A on Query { ...A }"}', "directives": b'{"query":"{ a ' + b"@x " * 50_000 + b'}"}',
    "identifier as number": variables(SECRET[:-1]), "identifier wrong": variables(f'"{SECRET[:-1]}Z"'), "identifier in list": variables(f'["{SECRET}"]'),
    "identifier as key": variables(f'{{"{SECRET}":1}}'), "identifier with nul": variables(f'"{SECRET}\\u0000"'), "huge number": variables("1" * 5_000),
    "identifier as query": b'{"query":"' + SECRET.encode() + b'"}', "identifier as field": b'{"query":"{ a' + SECRET.encode() + b' }"}',
    "identifier in text": b'{"query":"{ person(id: \\"' + SECRET.encode() + b'"}', "identifier as operation": b'{"query":"{ catalogue { total } }","operationName":"' + SECRET.encode() + b'"}',
}  # fmt: skip


def assert_refused(status: int, headers: dict[str, str], body: bytes) -> None:
    assert 400 <= status < 500
    assert headers["content-type"].split(";")[0] in {"application/json", "application/graphql-response+json"}
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    (error, *_) = orjson.loads(body)["errors"]
    assert error["extensions"]["code"] != "INTERNAL_ERROR"
    assert SECRET[:-1].encode() not in body


@pytest.mark.parametrize("name", BODIES)
async def test_bodies(served: Served, name: str) -> None:
    strict = "Accept: application/graphql-response+json\r\n"
    assert_refused(*await exchange(served, post(BODIES[name], JSON + KEY + strict)))
    status, _, body = await exchange(served, post(BODIES[name]))
    assert status in {200, 400}
    assert "data" not in orjson.loads(body)
    assert (await exchange(served, post(FINE)))[0] == 200


HEADERS: dict[str, tuple[str, int]] = {
    "no type": ("", 415), "text": ("Content-Type: text/plain\r\n", 415), "form": ("Content-Type: application/x-www-form-urlencoded\r\n", 415),
    "multipart": ("Content-Type: multipart/form-data; boundary=x\r\n", 415), "prefix": ("Content-Type: application/jsonp\r\n", 415),
    "suffix": ("Content-Type: application/ld+json\r\n", 415), "two types": ("Content-Type: application/json, text/plain\r\n", 415),
    "type twice": (JSON + "Content-Type: text/plain\r\n", 415), "in a parameter": ("Content-Type: text/plain; a=application/json\r\n", 415),
    "graphql": ("Content-Type: application/graphql\r\n", 415), "response type": ("Content-Type: application/graphql-response+json\r\n", 415),
    "utf-16": ("Content-Type: application/json; charset=utf-16\r\n", 415), "latin-1": ("Content-Type: application/json;charset=latin1\r\n", 415),
    "utf-8": ('Content-Type: application/json; charset="UTF-8"\r\n', 200), "capitals": ("content-TYPE: Application/JSON\r\n", 200),
    "other parameter": ("Content-Type: application/json; v=1\r\n", 200), "gzip": (JSON + "Content-Encoding: gzip\r\n", 415),
    "br": (JSON + "Content-Encoding: br\r\n", 415), "identity": (JSON + "Content-Encoding: Identity\r\n", 200),
    "accept html": (JSON + "Accept: text/html\r\n", 406), "accept nothing": (JSON + "Accept: application/json;q=0\r\n", 406),
    "accept none of all": (JSON + "Accept: */*;q=0\r\n", 406), "accept prefix": (JSON + "Accept: application/jsonp\r\n", 406),
    "accept rubbish": (JSON + "Accept: ;;;,,,q=\r\n", 406), "accept all": (JSON + "Accept: */*\r\n", 200),
    "accept wrong quality": (JSON + "Accept: application/json;q=nan\r\n", 406), "accept twice": (JSON + "Accept: text/html\r\nAccept: application/json\r\n", 200),
    "timeout text": (JSON + "Jutong-Timeout: soon\r\n", 400), "timeout nan": (JSON + "Jutong-Timeout: nan\r\n", 400),
    "timeout past": (JSON + "Jutong-Timeout: -1\r\n", 400), "timeout": (JSON + "Jutong-Timeout: 1e3\r\n", 200),
    "identifier as purpose": (JSON + f"Jutong-Purpose: {SECRET}\r\n", 403), "latin-1 purpose": (JSON + "Jutong-Purpose: \xe9\xff\r\n", 403),
    "key twice": (JSON + "Authorization: Bearer clerk\r\n", 401),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
async def test_headers(served: Served, name: str) -> None:
    headers, expected = HEADERS[name]
    status, given, body = await exchange(served, post(FINE, headers + KEY))
    assert status == expected
    if expected != 200:
        assert_refused(status, given, body)


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"]
)
async def test_methods(served: Served, method: str) -> None:
    status, headers, body = await exchange(served, post(FINE, JSON + KEY, method=method))
    assert status in ({400} if method == "GET" else {400, 405})
    assert headers["content-type"].startswith("application/json") or method == "CONNECT"
    if status == 405:
        assert headers["allow"] == "GET, POST"
    assert len(body) < 500


@pytest.mark.parametrize(
    "path",
    ["/graphql/", "/graphql/x", "/graphqlx", "/GRAPHQL", "//graphql", "/graphql%2f", "/graphql%00", "/open", "/open/graphql/",
     "/open/../graphql/", f"/{SECRET}", "/graphql;a=1", "/%ff%fe", "/graphql/../../etc/passwd"],
)  # fmt: skip
async def test_paths_are_exact(served: Served, path: str) -> None:
    status, headers, body = await exchange(served, post(FINE, path=path))
    assert status == 404
    assert_refused(status, headers, body)


@pytest.mark.parametrize(
    "query",
    ["", "?", "?query=", "?query", "?query=%ff", "?query={a}&query={b}", "?query=%7Ba%7D&variables=x", "?query=%7Ba%7D&variables=[]",
     "?query=%7Ba%7D&extensions=1", "?query=%00", f"?query=%7Ba%7D&variables=%7B%22i%22%3A{SECRET[:-1]}", "?query=" + "%5B" * 9_000,
     "?query=%7Ba%7D&variables=" + "%5B" * 9_000],
)  # fmt: skip
async def test_query_strings(served: Served, query: str) -> None:
    accept = KEY + "Accept: application/graphql-response+json\r\n"
    assert_refused(*await exchange(served, post(b"", accept, f"/graphql{query}", "GET")))


async def test_of_a_key_given_twice_the_last_counts(served: Served) -> None:
    body = b'{"query":"{ nonsense }","query":"{ catalogue { total } }"}'
    assert (await exchange(served, post(body)))[0] == 200
    assert orjson.loads((await exchange(served, post(body)))[2])["data"]["catalogue"]["total"] == 5


@pytest.mark.parametrize("size", [400_001, 1_000_000, 3_100_000])
async def test_a_body_over_the_bound_is_refused_and_the_refusal_arrives(served: Served, size: int) -> None:
    assert_refused(*await exchange(served, post(b'{"query":"' + b"x" * size + b'"}')))
    chunked = f"POST /graphql HTTP/1.1\r\nHost: quay\r\n{JSON}{KEY}Transfer-Encoding: chunked\r\n\r\n"
    raw = chunked.encode() + b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"
    status, headers, body = await exchange(served, raw)
    assert status == 413
    assert_refused(status, headers, body)


async def test_a_length_that_is_far_too_large_is_refused_before_any_of_it_comes(served: Served) -> None:
    raw = f"POST /graphql HTTP/1.1\r\nHost: quay\r\n{JSON}{KEY}Content-Length: 99999999999\r\n\r\n"
    status, headers, _ = await exchange(served, raw.encode())
    assert (status, headers["connection"]) == (413, "close")


async def trickle(served: Served, head: str, piece: bytes) -> tuple[bytes, float]:
    """Send a piece now and then until the gateway closes; give what it said, and after how long."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head.encode())
    reading = asyncio.ensure_future(reader.read())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reading.done():
                writer.write(piece)
                await asyncio.wait({reading}, timeout=0.1)
        return reading.result(), loop.time() - started
    finally:
        writer.transport.abort()


async def test_a_body_that_never_ends_is_bounded_by_the_deadline(tmp_path: Path) -> None:
    head = f"POST /graphql HTTP/1.1\r\nHost: quay\r\n{JSON}{KEY}Transfer-Encoding: chunked\r\n\r\n"
    with serve(tmp_path, write_city(tmp_path, 10), **settings_of(tmp_path, 2)) as hurried:
        said, seconds = await trickle(hurried, head, b"1\r\n \r\n")
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"BODY_LATE" in said
    assert seconds > 1.9


async def test_a_head_that_never_ends_is_bounded(served: Served) -> None:
    said, _ = await trickle(served, "POST /graphql HTTP/1.1\r\n", b"x: " + b"y" * 8_000 + b"\r\n")
    assert said.startswith(b"HTTP/1.1 431 ")


@pytest.mark.asyncio(loop_factories=["leaping"])
@pytest.mark.parametrize("head", [b"", b"POST /graphql HTTP/1.1\r\n"])
async def test_a_head_that_is_late_ends_the_connection(head: bytes) -> None:
    async with open_graph(Slow()) as graph:
        reader, writer = await asyncio.open_connection("127.0.0.1", graph.port)
        writer.write(head)
        await until(lambda: len(graph.server.server_state.connections) == 1)
        reading = asyncio.ensure_future(reader.read())
        for _ in range(round(HEAD_SECONDS) - 1):
            writer.write(b"x: y\r\n" if head else b"")
            await asyncio.sleep(0.01)
            leap(1)
        assert graph.server.server_state.connections
        leap(2)
        assert await comes(reading) == b""
        writer.transport.abort()


@pytest.mark.parametrize(
    "trailer", [b"x: y\r\n", b"x" * 4_096, b"x: " + b"y" * 4_096], ids=["many", "name", "value"]
)
async def test_trailers_that_do_not_end_end_the_connection(served: Served, trailer: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(f"POST /graphql HTTP/1.1\r\nHost: quay\r\n{JSON}{KEY}".encode())
    writer.write(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(MAX_HEAD_BYTES * 64 // len(trailer)):
                writer.write(trailer)
                await writer.drain()
            await reader.read()
    writer.transport.abort()


async def test_a_body_in_single_bytes_and_its_trailers_are_read(served: Served) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in FINE + b" " * 50_000)
    head = f"POST /graphql HTTP/1.1\r\nHost: quay\r\n{JSON}{KEY}Transfer-Encoding: chunked\r\n\r\n"
    status, _, body = await exchange(served, head.encode() + chunks + b"0\r\nAuthorization: x\r\n\r\n")
    assert (status, b"total" in body) == (200, True)


@pytest.mark.asyncio(loop_factories=["leaping"])
async def test_the_rest_of_a_request_that_is_answered_ends_in_time() -> None:
    async with serve_app(PlainTextResponse("read nothing"), Settings(port=0)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write(b"POST / HTTP/1.1\r\nHost: quay\r\nContent-Length: 1000000\r\n\r\n")
        head = await comes(reader.readuntil(b"\r\n\r\n"))
        assert head.startswith(b"HTTP/1.1 200 ")
        reading = asyncio.ensure_future(reader.read())
        for _ in range(round(HEAD_SECONDS) - 1):
            writer.write(b"x")
            await asyncio.sleep(0.01)
            leap(1)
        assert server.server_state.connections
        leap(2)
        await until(lambda: not server.server_state.connections)
        assert await comes(reading) == b"read nothing"
        writer.transport.abort()


async def test_one_huge_header_is_refused_and_a_large_one_is_read(served: Served) -> None:
    status, headers, body = await exchange(
        served, post(FINE, f"{JSON}{KEY}X-Y: {'z' * MAX_HEAD_BYTES * 8}\r\n")
    )
    assert status == 431
    assert_refused(status, headers, body)
    assert (await exchange(served, post(FINE, f"{JSON}{KEY}X-Y: {'z' * 30_000}\r\n")))[0] == 200


@pytest.mark.parametrize("raw", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/9.9\r\n\r\n",
                                 b"POST /graphql HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"POST /graphql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                                 b"POST /graphql HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"])  # fmt: skip
async def test_what_is_no_http_stops_nothing(served: Served, raw: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(raw)
    await asyncio.sleep(0.05)
    writer.transport.abort()
    assert (await exchange(served, post(FINE)))[0] == 200


async def test_requests_on_one_connection_are_answered_in_order(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    many: list[bytes] = [post(FINE), post(b"null"), post(b'{"query":"' + b"x" * 299_900 + b'"}'), post(FINE)]
    writer.write(b"".join(many))
    statuses: list[Any] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in many:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            statuses.append(int(head.split()[1]))
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
    writer.transport.abort()
    assert statuses == [200, 400, 200, 200]


async def test_a_request_id_is_kept_unless_it_names_somebody(served: Served) -> None:
    for given, is_kept in (("look-2026-11.a", True), (SECRET, False), (f"id-{SECRET}", False), ("x" * 65, False), ("a b c d e", False)):  # fmt: skip
        _, headers, _ = await exchange(served, post(FINE, f"{JSON}{KEY}Jutong-Request-Id: {given}\r\n"))
        assert (headers["jutong-request-id"] == given) is is_kept


async def test_nothing_of_all_this_is_in_the_log(served: Served) -> None:
    text = served.log.read_text(encoding="utf-8")
    assert SECRET[:-1] not in text
    assert "Traceback" not in text
    assert [line for line in served.log_lines() if line["event"] == "fault"] == []
