"""The REST connector against real HTTP servers on loopback, well-behaved and not."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from connectors.errors import (
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceUnavailable,
)
from connectors.requests import KeyBinding, Load
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Coverage, KeyColumns, Limits, Opening, Resource, Sharing
from tests.connectors.http.liar import chosen_transport
from tests.patience import PATIENCE_SECONDS, soon

RECORDS = [{"no": f"K{n}", "name": f"N{n}", "detail": {"size": n}} for n in range(250)]
POLL_SECONDS = 0.01
"""How often a server looks whether it is to stop."""


@dataclass
class Service:
    """A server whose answers a test writes."""

    answer: Callable[[str, dict[str, list[str]], Any], tuple[int, bytes]]
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def serve() -> Iterator[Callable[[Any], Service]]:
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Any) -> Service:
        service = Service(answer)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.reply(None)

            def do_POST(self) -> None:
                self.reply(json.loads(self.rfile.read(int(self.headers["content-length"]))))

            def reply(self, body: Any) -> None:
                url = urlsplit(self.path)
                service.requests.append((self.command, self.path, body))
                status, content = service.answer(unquote(url.path), parse_qs(url.query), body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        return service

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def resource(origin: dict[str, Any], max_rows: int = 10_000) -> Resource:
    codec = make_codec("String")
    columns = {"name": "name", "size": "detail.size"}
    items = {
        name: Item(
            name,
            name,
            column,
            "Int" if name == "size" else "String",
            1,
            make_codec("Int") if name == "size" else codec,
        )
        for name, column in columns.items()
    }
    by = (KeyColumns("code", ("no",), (codec,)),)
    return Resource(
        department="d", name="r", title="R", type_name="DR", source="s", origin=origin, identity=("no",),
        items=items, attachments=(Attachment("E", "f", by, many=True),), arguments={},
        sharing=Sharing("unconditional"), opening=Opening("closed"), coverage=Coverage(), update_cycle="daily",
        limits=Limits(max_keys=1 if "{key}" in origin["path"] else None, max_rows=max_rows), is_connected=True,
        is_personal=False, allows_partial=False, guards=(), cache_seconds=0, columns={"no": codec}, version="1",
    )  # fmt: skip


async def load(
    service: Service, origin: dict[str, Any], keys: list[str], seconds: float = PATIENCE_SECONDS
) -> Any:
    declared = resource(origin)
    settings = RestSettings.model_validate({"base_url": service.url, "transport": chosen_transport.get()})
    connector = RestConnector(settings, (declared,))
    request = Load(
        resource=declared,
        key=KeyBinding(declared.attachments[0].by, (None,)),
        keys=tuple((key,) for key in keys),
        items=("name", "size"),
        deadline=soon(seconds),
    )
    try:
        return (await connector.load(request)).entries
    finally:
        await connector.aclose()


def encoded(value: Any, status: int = 200) -> tuple[int, bytes]:
    return status, json.dumps(value).encode()


BODY = {"path": "/q", "method": "POST", "keys": "body", "parameter": "q.codes", "records": "data.list"}


async def test_many_keys_are_one_request_and_answers_are_put_in_order(serve: Any) -> None:
    service = serve(
        lambda _p, _q, body: encoded(
            {"data": {"list": [r for r in reversed(RECORDS) if r["no"] in body["q"]["codes"]]}}
        )
    )
    entries = await load(service, BODY, ["K7", "nobody", "K2"])
    assert entries == ((("N7", 7),), (), (("N2", 2),))
    assert len(service.requests) == 1


async def test_one_key_in_the_path_is_encoded(serve: Any) -> None:
    service = serve(
        lambda path, _q, _b: encoded({"no": path.removeprefix("/r/"), "name": "x", "detail": {"size": "1"}})
    )
    entries = await load(service, {"path": "/r/{key}"}, ["../a b?c=1"])
    assert entries == ((("x", 1),),)
    assert service.requests[0][1] == "/r/..%2Fa%20b%3Fc%3D1"


async def test_not_found_is_no_record(serve: Any) -> None:
    assert await load(serve(lambda *_: (404, b"gone")), {"path": "/r/{key}"}, ["K1"]) == ((),)


async def test_repeated_and_joined_parameters(serve: Any) -> None:
    repeated = serve(lambda _p, query, _b: encoded([r for r in RECORDS if r["no"] in query["k"]]))
    assert await load(repeated, {"path": "/q", "keys": "repeated", "parameter": "k"}, ["K1", "K2"]) == (
        (("N1", 1),), (("N2", 2),),
    )  # fmt: skip
    joined = serve(lambda _p, query, _b: encoded([r for r in RECORDS if r["no"] in query["k"][0].split(",")]))
    origin = {"path": "/q", "keys": "joined", "parameter": "k"}
    assert await load(joined, origin, ["K1", "K2"]) == ((("N1", 1),), (("N2", 2),))


async def test_pages_are_read_to_the_announced_total(serve: Any) -> None:
    def page(_p: str, _q: Any, body: Any) -> tuple[int, bytes]:
        found = [r for r in RECORDS if r["no"] in body["codes"]]
        start = (body["page"] - 1) * 20
        return encoded({"total": len(found), "list": found[start : start + 20]})

    service = serve(page)
    origin = {
        "path": "/q", "method": "POST", "keys": "body", "parameter": "codes", "records": "list",
        "pages": {"parameter": "page", "total": "total"},
    }  # fmt: skip
    entries = await load(service, origin, [f"K{n}" for n in range(45)])
    assert [len(entry) for entry in entries] == [1] * 45
    assert len(service.requests) == 3


async def test_cursors_are_followed(serve: Any) -> None:
    def page(_p: str, query: Any, _b: Any) -> tuple[int, bytes]:
        start = int(query.get("after", ["0"])[0])
        return encoded({"items": RECORDS[start : start + 2], "next": start + 2 if start < 4 else None})

    origin = {
        "path": "/q",
        "keys": "joined",
        "parameter": "k",
        "records": "items",
        "pages": {"parameter": "after", "kind": "cursor", "next": "next"},
    }
    entries = await load(serve(page), origin, [f"K{n}" for n in range(6)])
    assert [len(entry) for entry in entries] == [1] * 6


LIES: dict[str, tuple[Any, type[SourceError]]] = {
    "a row for a key nobody asked for": (
        lambda *_: encoded({"data": {"list": RECORDS[:3]}}),
        SourceMisbehaved,
    ),
    "no JSON": (lambda *_: (200, b"<html>"), SourceMisbehaved),
    "records elsewhere": (lambda *_: encoded({"result": []}), SourceMisbehaved),
    "a record that is no object": (lambda *_: encoded({"data": {"list": [1]}}), SourceMisbehaved),
    "invalid UTF-8": (lambda *_: (200, b'{"data":"\xff"}'), SourceMisbehaved),
    "refused": (lambda *_: encoded({}, 403), SourceRefused),
    "a redirect": (lambda *_: encoded({}, 302), SourceRefused),
    "broken": (lambda *_: encoded({}, 500), SourceUnavailable),
    "busy": (lambda *_: encoded({}, 429), SourceUnavailable),
}


@pytest.mark.parametrize("name", LIES)
async def test_lies_and_failures_are_errors_and_never_empty(serve: Any, name: str) -> None:
    answer, expected = LIES[name]
    with pytest.raises(SourceError) as caught:
        await load(serve(answer), BODY, ["K1"])
    assert type(caught.value) is expected
    assert "K1" not in str(caught.value)


async def test_pages_that_end_early_are_an_error(serve: Any) -> None:
    origin = BODY | {"records": "list", "pages": {"parameter": "page", "total": "total"}}
    service = serve(
        lambda _p, _q, body: encoded({"total": 9, "list": RECORDS[1:2] if body["page"] == 1 else []})
    )
    with pytest.raises(SourceMisbehaved):
        await load(service, origin, ["K1"])


async def test_errors_in_an_envelope(serve: Any) -> None:
    origin = BODY | {"envelope": {"code": "code", "ok": ["0"], "no_record": ["404"]}}
    assert await load(serve(lambda *_: encoded({"code": 404})), origin, ["K1"]) == ((),)
    with pytest.raises(SourceUnavailable):
        await load(serve(lambda *_: encoded({"code": 9})), origin, ["K1"])


async def test_a_slow_answer_is_a_timeout(serve: Any) -> None:
    is_over = threading.Event()

    def slow(*_: Any) -> tuple[int, bytes]:
        is_over.wait(PATIENCE_SECONDS)
        return encoded({})

    try:
        with pytest.raises(SourceTimeout):
            await load(serve(slow), BODY, ["K1"], seconds=0.1)
    finally:
        is_over.set()


async def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable):
        await load(Service(lambda *_: (200, b""), url="http://127.0.0.1:1"), BODY, ["K1"])
