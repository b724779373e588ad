"""The schema for tools: SDL and introspection over HTTP, whole and in slices."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from graphql import (
    build_client_schema,
    build_schema,
    execute_sync,
    get_introspection_query,
    parse,
    validate_schema,
)
from starlette.applications import Starlette

from gateway.errors import SchemaUnavailable
from gateway.http.schema import schema_routes
from gateway.identity.identify import Identify, anonymous, key_hash
from gateway.publish.introspection import introspect
from gateway.publish.slices import Slice
from gateway.request import Ask
from schema.policy.model import Application, Policy
from tests.gateway.publish.test_published import Slow
from tests.kit import ANONYMOUS, City, open_city
from tests.kit import DESK as DESK_CALLER
from tests.patience import PATIENCE_SECONDS, soon, until

DESK = Application("desk", "Desk", "share", "transport", frozenset({"PERMIT"}), (key_hash("desk"),))
KEY = {"authorization": "Bearer desk"}


@pytest.fixture
def city() -> City:
    return open_city()


@pytest.fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    policy = Policy({"desk": DESK})

    def snapshot() -> Any:
        return city.gateway.snapshot

    today, seconds = city.gateway.today, PATIENCE_SECONDS
    routes = schema_routes("/graphql", "share", snapshot, Identify(policy), today, seconds)
    routes += schema_routes("/open/graphql", "open", snapshot, lambda _h: anonymous(), today, seconds)
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


def code_of(body: bytes) -> str:
    return str(orjson.loads(body)["errors"][0]["extensions"]["code"])


async def sdl(client: httpx.AsyncClient, path: str, **headers: str) -> str:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/graphql; charset=utf-8"
    return answer.text


async def test_the_closed_schema_needs_a_key(client: httpx.AsyncClient) -> None:
    for form in ("graphql", "json"):
        answer = await client.get(f"/graphql/schema.{form}")
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
            401,
            "UNAUTHENTICATED",
        )
        assert answer.headers["www-authenticate"] == 'Bearer realm="jutong"'
    assert "type TransportQualification" in await sdl(client, "/graphql/schema.graphql", **KEY)


@pytest.mark.parametrize("keys", [("desk", "nobody"), ("nobody", "desk"), ("desk", "desk")])
async def test_two_keys_are_none(client: httpx.AsyncClient, keys: tuple[str, str]) -> None:
    """As they are none to the graph itself: a proxy may look at the one and we at the other."""
    given = [("authorization", f"Bearer {key}") for key in keys]
    for form in ("graphql", "json"):
        answer = await client.get(f"/graphql/schema.{form}", headers=given)
        assert (answer.status_code, code_of(answer.content)) == (401, "UNAUTHENTICATED")


async def test_no_closed_name_is_in_the_open_schema(client: httpx.AsyncClient) -> None:
    for path in (
        "schema.graphql",
        "schema.json",
        "schema.graphql?rights=read",
        "schema.graphql?rights=request",
    ):
        answer = await client.get(f"/open/graphql/{path}", headers=KEY)
        assert answer.status_code == 200
        assert "marriage" not in answer.text.lower()
        assert "qualification" not in answer.text.lower()
        assert "MarketCompany" in answer.text


async def test_a_closed_department_and_none_are_the_same_to_the_open_graph(client: httpx.AsyncClient) -> None:
    for kind, closed in (("department", "registry"), ("theme", "schooling")):
        answers = [
            await client.get(f"/open/graphql/schema.graphql?{kind}={name}") for name in (closed, "nowhere")
        ]
        assert [one.status_code for one in answers] == [400, 400]
        assert answers[0].content == answers[1].content


async def test_the_catalogue_lists_departments_and_themes_as_the_caller_sees_them(city: City) -> None:
    query = "{ catalogue { total departments { name total } themes { name title total } } }"
    share = (await city.ask(query))["data"]["catalogue"]
    assert sum(one["total"] for one in share["departments"]) == share["total"]
    assert share["themes"] == [
        {"name": "credit", "title": "信用 — Credit", "total": 3},
        {"name": "schooling", "title": "教育 — Schooling", "total": 1},
    ]
    open_ = (await city.ask(query, caller=ANONYMOUS))["data"]["catalogue"]
    assert [one["name"] for one in open_["departments"]] == ["market"]
    assert [one["name"] for one in open_["themes"]] == ["credit"]


async def test_the_catalogue_is_listed_page_by_page(city: City) -> None:
    query = "query L($f: Int, $a: String) { catalogue { total nodes(first: $f, after: $a) { code } } }"
    pages: list[str] = []
    while True:
        after = {"a": pages[-1]} if pages else {}
        found = (await city.ask(query, {"f": 7, **after}))["data"]["catalogue"]
        pages += [one["code"] for one in found["nodes"]]
        if len(found["nodes"]) < 7:
            break
    assert pages == list(city.catalogue.resources)
    assert len(pages) == found["total"]
    for wrong in ({"f": 0}, {"f": 501}, {"f": 7, "a": "nowhere.at"}):
        (error,) = (await city.ask(query, wrong))["errors"]
        assert error["extensions"]["code"] == "BAD_INPUT"


async def test_what_a_request_lists_of_the_catalogue_is_bounded(city: City) -> None:
    """1,000 entries in all: here are 17 resources and four departments."""
    for names, times, codes in (
        ("nodes { code }", 58, set()),
        ("nodes { code }", 59, {"COST_EXCEEDED"}),
        ("departments { name }", 100, set()),
    ):
        query = "{ catalogue { " + " ".join(f"a{n}: {names}" for n in range(times)) + " } }"
        errors = (await city.ask(query)).get("errors", ())
        assert {error["extensions"]["code"] for error in errors} == codes


async def test_the_catalogue_lists_what_a_theme_holds(city: City) -> None:
    query = "query Of($t: String) { catalogue(theme: $t) { total nodes { code items { name } } } }"
    found = (await city.ask(query, {"t": "credit"}))["data"]["catalogue"]
    items = {one["code"]: {item["name"] for item in one["items"]} for one in found["nodes"]}
    assert items == {code: set(names) for code, names in city.catalogue.themes["credit"].items.items()}
    assert (await city.ask(query, {"t": "nowhere"}))["data"]["catalogue"]["total"] == 0


async def test_bytes_are_tagged_packed_and_made_once(client: httpx.AsyncClient, city: City) -> None:
    plain = await client.get("/graphql/schema.graphql", headers={**KEY, "accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with client.stream(
        "GET", "/graphql/schema.graphql", headers={**KEY, "accept-encoding": "gzip"}
    ) as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    assert gzip.decompress(raw) == plain.content
    head = await client.head("/graphql/schema.graphql", headers={**KEY, "accept-encoding": "gzip"})
    assert head.headers["jutong-bytes"] == plain.headers["jutong-bytes"] == str(len(plain.content))
    again = await client.get(
        "/graphql/schema.graphql", headers={**KEY, "if-none-match": plain.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert city.gateway.snapshot.closed.publisher.shelf.made == 1


async def test_a_slice_is_made_once_for_all_who_ask_for_the_same(
    client: httpx.AsyncClient, city: City
) -> None:
    for query in (
        "theme=credit,schooling",
        "theme=schooling&theme=credit",
        "rights=any&theme=schooling,credit",
    ):
        await sdl(client, f"/graphql/schema.graphql?{query}", **KEY)
    assert city.gateway.snapshot.closed.publisher.shelf.made == 1


@pytest.mark.parametrize(
    "query",
    [
        "department=transport", "department=transport,market", "theme=credit", "theme=credit&rights=read",
        "theme=credit,schooling&department=market", "rights=read", "rights=request",
    ],
)  # fmt: skip
async def test_every_slice_is_a_valid_schema(client: httpx.AsyncClient, query: str) -> None:
    text = await sdl(client, f"/graphql/schema.graphql?{query}", **KEY)
    assert validate_schema(build_schema(text)) == []
    introspected = (await client.get(f"/graphql/schema.json?{query}", headers=KEY)).json()
    assert validate_schema(build_client_schema(introspected["data"])) == []


async def test_a_department_is_its_own_fields_and_what_they_lead_to(client: httpx.AsyncClient) -> None:
    text = await sdl(client, "/graphql/schema.graphql?department=transport", **KEY)
    assert "type TransportQualification " in text
    assert "type Enterprise " in text  # a qualification leads to its holder's enterprise
    assert "MarketCompany" not in text
    assert "RegistryMarriage" not in text


async def test_what_may_be_read_is_less_than_what_may_be_asked_for(
    client: httpx.AsyncClient, city: City
) -> None:
    whole = build_schema(await sdl(client, "/graphql/schema.graphql", **KEY)).type_map.keys()
    request = build_schema(await sdl(client, "/graphql/schema.graphql?rights=request", **KEY)).type_map.keys()
    read = build_schema(await sdl(client, "/graphql/schema.graphql?rights=read", **KEY)).type_map.keys()
    assert read < request <= whole


@pytest.mark.parametrize(
    "query",
    ["departments=x", "rights=all", "department=a%0Ab", "department=", "themes=x", "theme=", "theme=nowhere"],
)
async def test_a_slice_that_cannot_be_is_refused_without_an_echo(
    client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.get(f"/graphql/schema.graphql?{query}", headers=KEY)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert query not in answer.text


STANDARD = [
    get_introspection_query(),
    get_introspection_query(descriptions=False),
    get_introspection_query(input_value_deprecation=True, specified_by_url=True, schema_description=True),
    get_introspection_query(directive_is_repeatable=True, input_value_deprecation=True),
    "{ __typename __schema { queryType { name } } }",
    'query Q($all: Boolean!) { __type(name: "Person") { fields(includeDeprecated: $all) { name } } }',
    "{ ... on Query { __schema { types { name } } } }",
    "{ __schema { ...T } } fragment T on __Schema { types { kind } }",
]


@pytest.mark.parametrize("query", STANDARD)
async def test_introspection_is_answered_exactly_and_made_once(city: City, query: str) -> None:
    variables = {"all": True} if "$all" in query else {}
    schema, publisher = city.gateway.snapshot.closed.schema, city.gateway.snapshot.closed.publisher
    expected = execute_sync(schema, parse(query), variable_values=variables).formatted
    for text in (query, query, f"  {query}  # spaces do not matter"):
        assert await city.ask(text, variables) == expected
    assert publisher.shelf.made == 1
    if variables:
        other = await city.ask(query, {"all": False})
        assert other == execute_sync(schema, parse(query), variable_values={"all": False}).formatted
        assert publisher.shelf.made == 2


async def test_introspection_many_times_over_is_refused(city: City) -> None:
    fields = "fields { type { ofType { ofType { name } } } args { name type { name ofType { name } } } }"
    body = await city.ask(
        "{ " + " ".join(f"a{n}: __schema {{ types {{ {fields} }} }}" for n in range(100)) + " }"
    )
    assert [error["extensions"]["code"] for error in body["errors"]] == ["LIMIT_EXCEEDED"]
    nested = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    assert (await city.ask(nested))["errors"][0]["extensions"]["code"] == "VALIDATION_FAILED"
    assert city.gateway.snapshot.closed.publisher.shelf.made == 0


async def test_introspection_beside_data_is_answered_within_the_bound(city: City) -> None:
    body = await city.ask("{ catalogue { total } __schema { queryType { name } } }")
    assert body["data"]["__schema"] == {"queryType": {"name": "Query"}}
    city.gateway.limits = type(city.gateway.limits)(max_nodes=100)
    body = await city.ask("{ catalogue { total } __schema { types { name fields { name } } } }")
    assert body["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_a_variable_that_nobody_declares_makes_no_other_answer(city: City) -> None:
    publisher = city.gateway.snapshot.closed.publisher
    for variables in ({}, {"a": 1}, {"a": 2, "all": "maybe"}):
        assert "data" in await city.ask("{ __schema { queryType { name } } }", variables)
    assert publisher.shelf.made == 1
    query = 'query Q($all: Boolean = true) { __type(name: "Person") { fields(includeDeprecated: $all) { name } } }'
    assert await city.ask(query, {}) == await city.ask(query, {"all": True})
    assert publisher.shelf.made == 2


async def test_who_asks_about_the_schema_waits_no_longer_than_its_deadline(city: City) -> None:
    """Over GraphQL and for a slice; what has begun is made to its end and kept."""
    publisher, slow = city.gateway.snapshot.closed.publisher, Slow()
    first = asyncio.create_task(publisher.shelf.get("slow", slow, soon()))
    await until(slow.began.is_set)
    at_once = soon(0.05)
    ask = Ask("{ __schema { queryType { name } } }", DESK_CALLER, "r-1", at_once)
    answer = await city.gateway.answer(ask)
    assert (answer.status, code_of(answer.body)) == (503, "SCHEMA_UNAVAILABLE")
    policy, today = city.gateway.snapshot.policy, city.gateway.today()
    with pytest.raises(SchemaUnavailable):
        await publisher.slice("graphql", Slice(), policy, DESK_CALLER, today, at_once)
    with pytest.raises(SchemaUnavailable):
        await publisher.shelf.get("slow", slow, at_once)
    slow.may_end.set()
    assert (await first).body == b"slow"
    assert publisher.shelf.made == 1


async def test_the_schema_endpoint_waits_as_long_as_a_request_may_take(city: City) -> None:
    routes = schema_routes(
        "/open/graphql",
        "open",
        lambda: city.gateway.snapshot,
        lambda _h: anonymous(),
        city.gateway.today,
        0.05,
    )
    slow = Slow()
    first = asyncio.create_task(city.gateway.snapshot.open.publisher.shelf.get("slow", slow, soon()))
    await until(slow.began.is_set)
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/open/graphql/schema.graphql")
    assert (answer.status_code, code_of(answer.content)) == (503, "SCHEMA_UNAVAILABLE")
    slow.may_end.set()
    await first


def test_an_open_schema_is_introspected(city: City) -> None:
    document = parse(get_introspection_query())
    body = introspect(city.gateway.snapshot.open.schema, document, document.definitions[0], {})  # type: ignore[arg-type]
    assert orjson.loads(body)["data"]["__schema"]["types"]
