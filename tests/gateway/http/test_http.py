"""GraphQL over HTTP, requirement by requirement, through the endpoint itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.graph import Graph
from gateway.http.media import choose_media_type
from gateway.identity.identify import Identify, key_hash
from schema.policy.model import Application, Policy
from tests.cities import harbour_rows as rows
from tests.kit import ANONYMOUS, City, open_city
from tests.patience import AGES_SECONDS, comes

POLICY = Policy(
    {"desk": Application("desk", "Desk", "share", "transport", frozenset({"PERMIT"}), (key_hash("desk"),))}
)
KEY = {"authorization": "Bearer desk"}
RESPONSE = "application/graphql-response+json"


@pytest.fixture
def city() -> City:
    return open_city()


@pytest.fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    endpoint = GraphQLEndpoint(Graph("share", lambda: city.gateway, Identify(POLICY)), 4_096)
    app = Starlette(routes=[Route("/graphql", endpoint)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


async def post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else None
    given = {
        "content-type": "application/json",
        **KEY,
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return await client.post("/graphql", content=content, json=None if content else body, headers=given)


async def test_a_query_is_answered(client: httpx.AsyncClient) -> None:
    for accept, media in (
        (RESPONSE, RESPONSE),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ):
        answer = await post(client, {"query": "{ catalogue { total } }"}, accept=accept)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"{media}; charset=utf-8"
        assert "total" in answer.json()["data"]["catalogue"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"1", 400), (b"null", 400), (b"[]", 400), (b'"x"', 400), (b"{", 400), (b"\xff\xfe", 400), (b"{}", 400),
        ({"query": 1}, 400), ({"query": "{ a }", "variables": []}, 400), ({"query": "{ a }", "operationName": 1}, 400),
        ({"query": "{ a }", "extensions": 1}, 400),
        (b'{"query":"{a}","variables":' + b'{"a":' * 600 + b"1" + b"}" * 601, 400),
        (b'{"query":"' + b"x" * 5_000 + b'"}', 413),
    ],
)  # fmt: skip
async def test_rubbish_is_answered_with_4xx_and_json(
    client: httpx.AsyncClient, body: Any, status: int
) -> None:
    answer = await post(client, body)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"]


async def test_deeply_nested_variables_are_refused() -> None:
    from gateway.errors import BadInput
    from gateway.http.body import parse_body

    with pytest.raises(BadInput):
        parse_body(b'{"query":"{a}","variables":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001)


@pytest.mark.parametrize("document", ["{ ", "{ nonsense }", "query($i: Int!) { catalogue { total } }"])
async def test_refused_documents_have_the_status_of_their_media_type(
    client: httpx.AsyncClient, document: str
) -> None:
    assert (await post(client, {"query": document}, accept="application/json")).status_code == 200
    answer = await post(client, {"query": document}, accept=RESPONSE)
    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_methods_media_types_and_encodings(client: httpx.AsyncClient) -> None:
    assert (await client.put("/graphql", headers=KEY)).status_code == 405
    assert (await client.head("/graphql", headers=KEY)).status_code == 405
    query = {"query": "{ catalogue { total } }"}
    assert (await post(client, query, content_type="text/plain")).status_code == 415
    assert (await post(client, query, content_type="application/jsonx")).status_code == 415
    assert (await post(client, query, content_encoding="gzip")).status_code == 415
    assert (await post(client, query, accept="text/html")).status_code == 406


async def test_get_answers_what_reaches_nobody(client: httpx.AsyncClient) -> None:
    fine = await client.get("/graphql", params={"query": "{ catalogue { total } }"}, headers=KEY)
    assert fine.status_code == 200
    person = await client.get(
        "/graphql", params={"query": f'{{ person(id: "{rows.ZHANG}") {{ id }} }}'}, headers=KEY
    )
    assert person.status_code == 405


@pytest.mark.parametrize("name", ["variables", "extensions", "operationName"])
async def test_an_empty_parameter_of_a_url_is_none(client: httpx.AsyncClient, name: str) -> None:
    query = {"query": "query($n: Int = 1) { companies(first: $n) { nodes { name } } }"}
    bare = await client.get("/graphql", params=query, headers=KEY)
    empty = await client.get("/graphql", params={**query, name: ""}, headers=KEY)
    assert (bare.status_code, empty.status_code) == (200, 200)
    assert empty.json() == bare.json()


@pytest.mark.parametrize("query", ["{ __typename }", "{ companies(first: 1) { nodes { name } } }"])
async def test_an_empty_name_of_an_operation_is_none(client: httpx.AsyncClient, query: str) -> None:
    bare = await client.post("/graphql", json={"query": query}, headers=KEY)
    empty = await client.post("/graphql", json={"query": query, "operationName": ""}, headers=KEY)
    assert (bare.status_code, empty.status_code) == (200, 200)
    assert empty.json() == bare.json()


@pytest.fixture
async def wide(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """Both graphs, with bodies as large as they are taken."""
    share = GraphQLEndpoint(Graph("share", lambda: city.gateway, Identify(POLICY)))
    open_ = GraphQLEndpoint(Graph("open", lambda: city.gateway, lambda _headers: ANONYMOUS))
    app = Starlette(routes=[Route("/graphql", share), Route("/open/graphql", open_)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


async def test_a_list_of_requests_is_refused_before_any_document_is_read(
    wide: httpx.AsyncClient, city: City
) -> None:
    for size in (0, 1, 10_000):
        for path in ("/graphql", "/open/graphql"):
            answer = await wide.post(path, json=[{"query": "{ catalogue { total } }"}] * size, headers=KEY)
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_INPUT")
            assert "send each by itself" in error["message"]
    assert [view.documents.parsed for view in city.gateway.snapshot.views()] == [0, 0]


COLLECTION = "companies(first: %d) { nodes { name } }"
HOSTILE = {
    "aliases": "{ " + " ".join(f"a{n}: {COLLECTION % (n + 1)}" for n in range(250)) + " }",
    "fields": "{ companies { nodes { " + "name " * 300 + "} } }",
    "tokens": "{ " + "a " * 6_000 + "}",
    "levels": "{ a " * 200 + "}" * 200,
    "characters": "{ a } #" + "x" * 100_000,
    "introspections": "{ " + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(50)) + " }",
    "directives": "{ a " + "@skip(if: false) " * 50 + "}",
    "catalogues": "{ " + " ".join(f"a{n}: catalogue {{ total }}" for n in range(50)) + " }",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_on_every_path_and_read_once(
    wide: httpx.AsyncClient, city: City, name: str
) -> None:
    query, answers = HOSTILE[name], []
    for path in ("/graphql", "/open/graphql"):
        for _ in range(2):
            answers.append(await wide.post(path, json={"query": query}, headers={**KEY, "accept": RESPONSE}))
            if len(query) < 50_000:  # a longer URL is not one
                given = {"query": query}
                answers.append(await wide.get(path, params=given, headers={**KEY, "accept": RESPONSE}))
    assert {answer.status_code for answer in answers} == {400}
    codes = {error["extensions"]["code"] for answer in answers for error in answer.json()["errors"]}
    assert codes <= {"LIMIT_EXCEEDED", "COST_EXCEEDED"}
    assert max(len(answer.content) for answer in answers) < 500
    assert city.loads == []
    assert [view.documents.parsed for view in city.gateway.snapshot.views()] in ([1, 1], [0, 0])


@pytest.mark.parametrize("path", ["/graphql", "/open/graphql"])
async def test_hostile_variables_are_refused_before_any_source(
    wide: httpx.AsyncClient, city: City, path: str
) -> None:
    document = "query($ids: [String!]!) { enterprises(ids: $ids) { code enterprise { name } } }"
    for ids, code in (
        ([f"{n}" for n in range(50_000)], "COST_EXCEEDED"),
        ([[]] * 50_000, "BAD_INPUT"),
        ({"a": 1}, "BAD_INPUT"),
    ):
        answer = await wide.post(path, json={"query": document, "variables": {"ids": ids}}, headers=KEY)
        assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}
        assert len(answer.content) < 5_000
    assert city.loads == []


async def test_a_key_is_needed(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic desk"}):
        answer = await client.post("/graphql", json={"query": "{ catalogue { total } }"}, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    answer = await post(client, {"query": "{ catalogue { total } }"}, jutong_purpose="ANOTHER")
    assert answer.status_code == 403


async def test_a_fault_of_ours_gives_an_id_and_no_text() -> None:
    class Broken:
        async def answer(self, ask: object) -> Any:
            raise RuntimeError("a secret of ours")

    endpoint = GraphQLEndpoint(Graph("share", Broken, Identify(POLICY)))
    app = Starlette(routes=[Route("/graphql", endpoint)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        with capture_logs() as logged:
            answer = await post(client, {"query": "{ a }"})
    assert answer.status_code == 500
    (fault,) = [line for line in logged if line["event"] == "fault"]
    assert answer.json()["errors"][0]["extensions"]["errorId"] == fault["error_id"]
    assert answer.headers["jutong-request-id"] == fault["request_id"]
    assert "secret" not in answer.text


async def test_a_client_that_goes_away_cancels_the_work() -> None:
    cancelled = asyncio.Event()

    class Slow:
        async def answer(self, ask: object) -> Any:
            try:
                await asyncio.sleep(AGES_SECONDS)
            finally:
                cancelled.set()

    endpoint = GraphQLEndpoint(Graph("share", Slow, Identify(POLICY)))
    messages = [
        {"type": "http.request", "body": b'{"query":"{ a }"}', "more_body": False},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer desk")]
    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": b"", "path": "/graphql"}
    await comes(endpoint(scope, receive, send))
    assert cancelled.is_set()
    assert sent == []


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"), ("", "application/json"), ("*/*", "application/json"),
        (RESPONSE, RESPONSE), (f"{RESPONSE}, application/json;q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.5, application/json", "application/json"),
        ("text/html", None), (f"{RESPONSE};q=0", None), ("application/*", "application/json"),
        (f"*/*, {RESPONSE}", RESPONSE), ("application/json, */*", "application/json"), (f"{RESPONSE.upper()}, */*", RESPONSE),
        (f"{RESPONSE}x, */*", "application/json"), (f"*/*;q=0.1, {RESPONSE};q=0", "application/json"),
        ("application/json;q=0.001", "application/json"), ("application/json;q=2", None), ("application/json;q=", None),
        ("application/json; charset=utf-8; q=0.5", "application/json"), (f"application/*;q=0.2, {RESPONSE};q=0.1", "application/json"),
    ],
)  # fmt: skip
def test_media_types_are_chosen_by_quality(accept: str | None, expected: str | None) -> None:
    assert choose_media_type(accept) == expected
