"""GraphQL over Server-Sent Events, distinct connections mode, through uvicorn."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from gateway.audit.event import RecordUnavailable
from gateway.http.bounded_http import UNREAD_SECONDS
from gateway.http.media import choose_media_type
from tests.cities import harbour_rows as rows
from tests.gateway.http.served import KEY, ServedGraph, Slow, open_graph, open_streams
from tests.gateway.http.test_http import HOSTILE
from tests.gateway.http.test_socket import Mutation
from tests.kit import City, KeptRecord, open_city, recorded
from tests.patience import PATIENCE_SECONDS, comes, leap, until

EVENTS = "text/event-stream"
TOTAL = "{ catalogue { total } }"


@pytest.fixture
def city() -> City:
    return open_city(skeletons={"mutation": Mutation})


@pytest.fixture
async def graph(city: City) -> AsyncIterator[ServedGraph]:
    async with open_graph(city.gateway) as opened:
        yield opened


@pytest.fixture
async def client(graph: ServedGraph) -> AsyncIterator[httpx.AsyncClient]:
    headers = {**KEY, "accept": EVENTS}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{graph.port}", headers=headers, timeout=PATIENCE_SECONDS
    ) as opened:
        yield opened


def told(answer: httpx.Response) -> Any:
    """The one result of a stream: `next`, `complete` and nothing else."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{EVENTS}; charset=utf-8"
    first, last, rest = answer.text.split("\n\n")
    assert (last, rest) == ("event: complete\ndata: ", "")
    event, data = first.split("\n")
    assert event == "event: next"
    return orjson.loads(data.removeprefix("data: "))


async def ask(client: httpx.AsyncClient, query: str, **variables: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, "variables": variables})


async def test_queries_and_mutations_are_answered_and_recorded(client: httpx.AsyncClient, city: City) -> None:
    answer = await ask(client, "query Look($i: CitizenId!) { person(id: $i) { name } }", i=rows.ZHANG)
    assert told(answer)["data"] == {"person": {"name": "张伟"}}
    filed = await ask(client, f'mutation File {{ file(number: "{rows.ZHANG}") {{ name }} }}')
    assert told(filed)["data"] == {"file": {"name": "张伟"}}
    intents = [event for event in city.record.events if event.kind == "intent"]
    assert [event.operation for event in intents] == ["Look", "File"]
    assert intents[0].request_id == answer.headers["jutong-request-id"]
    assert answer.headers["x-accel-buffering"] == "no"


async def test_an_answer_equals_the_one_over_http(client: httpx.AsyncClient) -> None:
    for query in (TOTAL, f'{{ person(id: "{rows.ZHANG}") {{ id name address }} }}', "{ nonsense }", "{"):
        plain = await client.post("/graphql", json={"query": query}, headers={"accept": "application/json"})
        assert told(await ask(client, query)) == plain.json()


async def test_what_graphql_refuses_is_told_in_the_stream(client: httpx.AsyncClient) -> None:
    two = "query A { catalogue { total } } query B { catalogue { total } }"
    for query, code in (
        ("{ nonsense }", "VALIDATION_FAILED"),
        ("{", "SYNTAX_ERROR"),
        ("query($i: CitizenId!) { person(id: $i) { id } }", "BAD_INPUT"),
        (two, "BAD_INPUT"),
    ):
        body = told(await ask(client, query))
        assert {error["extensions"]["code"] for error in body["errors"]} == {code}
        assert "data" not in body


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_as_over_http(
    client: httpx.AsyncClient, city: City, name: str
) -> None:
    for _ in range(2):
        errors = told(await ask(client, HOSTILE[name]))["errors"]
        assert {error["extensions"]["code"] for error in errors} <= {"LIMIT_EXCEEDED", "COST_EXCEEDED"}
        assert len(str(errors)) < 500
    assert city.loads == []
    assert city.gateway.snapshot.closed.documents.parsed <= 1


async def test_what_http_refuses_has_its_status_and_no_stream(client: httpx.AsyncClient) -> None:
    post = client.post
    for answer, status in (
        (await post("/graphql", json=[{"query": TOTAL}] * 1_000), 400),
        (await post("/graphql", content=b"{", headers={"content-type": "application/json"}), 400),
        (await post("/graphql", json={"query": TOTAL}, headers={"authorization": "Bearer wrong"}), 401),
        (await post("/graphql", json={"query": TOTAL}, headers={"jutong-purpose": "ANOTHER"}), 403),
        (await client.put("/graphql", json={"query": TOTAL}), 405),
        (await post("/graphql", json={"query": TOTAL}, headers={"accept": f"{EVENTS};q=0"}), 406),
        (await post("/graphql", json={"query": TOTAL, "x": "y" * 300_000}), 413),
        (await post("/graphql", content=b"x", headers={"content-type": "text/plain"}), 415),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.json()["errors"][0]["extensions"]["code"]


async def test_what_is_unavailable_may_be_tried_again(city: City) -> None:
    class Closed(KeptRecord):
        def record(self, event: Any) -> asyncio.Future[None]:
            return recorded(RecordUnavailable())

    gateway = replace(city.gateway, recorder=Closed())
    async with open_graph(gateway) as graph, httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        answer = await client.post(
            f"http://127.0.0.1:{graph.port}/graphql",
            json={"query": f'{{ person(id: "{rows.ZHANG}") {{ name }} }}'},
            headers={**KEY, "accept": EVENTS},
        )
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "RECORD_UNAVAILABLE"


async def test_get_is_for_what_reaches_nobody(client: httpx.AsyncClient, city: City) -> None:
    assert "total" in told(await client.get("/graphql", params={"query": TOTAL}))["data"]["catalogue"]
    for query in (f'{{ person(id: "{rows.ZHANG}") {{ name }} }}', f'mutation {{ file(number: "{rows.ZHANG}") {{ name }} }}'):  # fmt: skip
        (error,) = told(await client.get("/graphql", params={"query": query}))["errors"]
        assert error["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert city.loads == []
    keyless = {"authorization": ""}
    assert (await client.get("/graphql", params={"query": TOTAL, "authorization": "Bearer desk"}, headers=keyless)).status_code == 401  # fmt: skip


async def test_a_client_that_goes_cancels_the_work() -> None:
    slow = Slow()
    async with open_graph(slow) as graph:
        _, writer = await asyncio.open_connection("127.0.0.1", graph.port)
        body = orjson.dumps({"query": TOTAL})
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: quay\r\nAuthorization: Bearer desk\r\nAccept: text/event-stream\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        await until(lambda: slow.started == 1)
        assert open_streams("sse") == 1
        writer.transport.abort()
        await until(lambda: slow.cancelled == 1)
        await until(lambda: open_streams("sse") == 0)


RESPONSE = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (EVENTS, EVENTS), ("Text/Event-Stream", EVENTS), (f"{EVENTS}; charset=utf-8", EVENTS), (f"{EVENTS}, */*;q=0.1", EVENTS),
        (f"{EVENTS}, application/json;q=0.9", EVENTS), (f"{EVENTS}, */*", EVENTS),
        (f"{RESPONSE}, application/graphql+json, application/json, {EVENTS}, multipart/mixed", RESPONSE),
        (f"application/json, {EVENTS}", "application/json"), (f"{EVENTS};q=0.5, application/json", "application/json"),
        (f"{EVENTS};q=0, */*", "application/json"), ("text/*", None), ("*/*", "application/json"), ("text/*, */*;q=0.1", "application/json"),
    ],
)  # fmt: skip
def test_a_stream_is_for_whom_prefers_one_by_name(accept: str, expected: str | None) -> None:
    assert choose_media_type(accept) == expected


@pytest.mark.asyncio(loop_factories=["leaping"])
@pytest.mark.parametrize("accept", [EVENTS, "application/json"])
async def test_an_answer_that_nobody_reads_is_not_kept(accept: str) -> None:
    slow = Slow(0, body=b'{"data":"' + b"x" * 2**24 + b'"}')
    body = orjson.dumps({"query": TOTAL})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: quay\r\nAuthorization: Bearer desk\r\nAccept: {accept}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    async with open_graph(slow, timeout_seconds=10_000) as graph:
        connections = graph.server.server_state.connections
        reader, writer = await asyncio.open_connection("127.0.0.1", graph.port, limit=65_536)
        writer.write(head.encode() + body)
        await until(lambda: unsent(graph) > 2**22)
        for _ in range(4):  # slowly, and longer than the bound: who reads is answered
            before = unsent(graph)
            leap(0.7 * UNREAD_SECONDS)
            while unsent(graph) >= before:
                await comes(reader.readexactly(2**16))
        assert connections
        for _ in range(2):  # what was read since it looked last is forgiven once
            leap(1.1 * UNREAD_SECONDS)
            await asyncio.sleep(0.01)
        await until(lambda: not connections)
        await until(lambda: not graph.server.server_state.tasks)
        writer.transport.abort()


def unsent(graph: ServedGraph) -> int:
    """Bytes that wait in the server for its clients to read."""
    buffers = (one.transport.get_write_buffer_size() for one in graph.server.server_state.connections)
    return sum(buffers)
