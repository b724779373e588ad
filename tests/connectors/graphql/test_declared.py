"""What a declaration can say about services that nobody planned for."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from aiohttp import web
from graphql import parse
from pydantic import ValidationError

from connectors.errors import SourceMisbehaved, SourceRefused
from connectors.graphql.asking import Asking
from connectors.graphql.settings import GraphQLOrigin
from connectors.requests import KeyBinding
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import KeyColumns
from tests.conformance.town import ANNA
from tests.connectors.graphql.asked import ALIASES, ENTITIES, LIST, ask, scan, thing
from tests.connectors.http.declared import NO

A = thing("A")
FORMS = KeyColumns("code", ("no",), (make_codec("CitizenId", stored=("18", "15")),))
PLATE = KeyColumns("plate", ("no", "colour"), (make_codec("String"), make_codec("String")))
CODE = KeyColumns("code", ("code",), (make_codec("String"),))


@dataclass
class Service:
    """Answers everything alike, and keeps what it was asked."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[web.BaseRequest] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, Any]:
        (body,) = self.bodies
        found: dict[str, Any] = body["variables"]
        return found

    @property
    def query(self) -> str:
        """The document in one line."""
        (body,) = self.bodies
        parse(body["query"])
        return " ".join(body["query"].split())


@asynccontextmanager
async def serving(*answers: Any) -> AsyncIterator[Service]:
    service = Service()
    left = list(answers)

    async def answer(request: web.BaseRequest) -> web.Response:
        service.requests.append(request)
        service.bodies.append(await request.json())
        return web.json_response({"data": left.pop(0) if len(left) > 1 else left[0]})

    server = web.Server(answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


async def test_only_asked_columns_are_selected_and_no_value_is_in_the_text() -> None:
    async with serving({"list_0": [{"no": "A", "size": 7}]}) as service:
        assert await ask(service.url, LIST, "A", items=("size",)) == (((7,),),)
    assert service.query == "query ($keys_0: [ID!]!) { list_0: list(keys: $keys_0) { size no } }"
    assert service.variables == {"keys_0": ["A"]}


async def test_what_asks_is_a_post_that_takes_both_media_types_and_carries_the_secrets() -> None:
    secrets: dict[str, Any] = {"query": {"appkey": "s3"}, "headers": {"X-App": "7"}, "bearer": "t"}
    async with serving({"list_0": []}) as service:
        await ask(service.url, LIST, "A", **secrets)
    (request,) = service.requests
    assert (request.method, request.path_qs) == ("POST", "/graphql?appkey=s3")
    async with serving({"list_0": []}) as service:
        await ask(service.url, LIST, "A", endpoint=f"{service.url}/api/graphql/")
    assert service.requests[0].path == "/api/graphql/"
    assert request.headers["Accept"] == "application/graphql-response+json, application/json;q=0.9"
    assert request.headers["Content-Type"] == "application/json"
    assert (request.headers["X-App"], request.headers["Authorization"]) == ("7", "Bearer t")


async def test_every_alias_has_a_variable_of_its_own() -> None:
    async with serving({"one_0": A, "one_1": None}) as service:
        assert await ask(service.url, ALIASES, "A", "B", items=("no",)) == ((("A",),), ())
    assert service.query == (
        "query ($key_0: ID!, $key_1: ID!) { one_0: one(no: $key_0) { no } one_1: one(no: $key_1) { no } }"
    )
    assert service.variables == {"key_0": "A", "key_1": "B"}


async def test_representations_are_keys_with_their_type() -> None:
    async with serving({"_entities_0": [A, None]}) as service:
        assert await ask(service.url, ENTITIES, "A", "B") == ((("A", "x", 1),), ())
    assert service.query == (
        "query ($keys_0: [_Any!]!) { _entities_0: _entities(representations: $keys_0) "
        "{ ... on Thing { no name size } } }"
    )
    assert service.variables == {
        "keys_0": [{"__typename": "Thing", "no": "A"}, {"__typename": "Thing", "no": "B"}]
    }


async def test_every_stored_form_is_asked_in_the_same_request() -> None:
    short = f"{ANNA[:6]}{ANNA[8:17]}"
    async with serving({"one_0": thing(ANNA, "new"), "one_1": thing(short, "old")}) as service:
        ((first, second),) = await ask(service.url, ALIASES, ANNA, by=(FORMS,))
    assert {first[1], second[1]} == {"new", "old"}
    assert service.variables == {"key_0": ANNA, "key_1": short}


async def test_one_record_for_several_forms_counts_once() -> None:
    keyless = {**ENTITIES, "keyless": True}
    record = {"name": "x", "size": 1}
    async with serving({"_entities_0": [record, record]}) as service:
        ((row,),) = await ask(service.url, keyless, ANNA, by=(FORMS,))
    assert row[1] == "x"
    assert "no" not in service.query.split()


async def test_rows_without_their_key_belong_to_their_alias() -> None:
    records = {"one_0": {"name": "x", "size": 1}, "one_1": {"name": "y", "size": 2}}
    async with serving(records) as service:
        found = await ask(service.url, {**ALIASES, "keyless": True}, "A", "B")
    assert found == ((("A", "x", 1),), (("B", "y", 2),))


async def test_composite_keys_are_input_objects_members_of_representations_or_variables() -> None:
    colours = {"fields": {"colour": "paint.colour"}}
    row = {**A, "paint": {"colour": "RED"}}
    asked = [("A", "RED")]
    async with serving({"list_0": [row]}) as service:
        origin = {**LIST, **colours, "parts": {"no": "plateNo"}}
        assert await ask(service.url, origin, *asked, by=(PLATE,)) == ((("A", "x", 1),),)
    assert service.variables == {"keys_0": [{"plateNo": "A", "colour": "RED"}]}
    async with serving({"_entities_0": [row]}) as service:
        await ask(service.url, {**ENTITIES, **colours}, *asked, by=(PLATE,))
    assert service.variables == {"keys_0": [{"__typename": "Thing", "no": "A", "colour": "RED"}]}
    async with serving({"one_0": row}) as service:
        query = "query ($no: ID!, $colour: Colour!) { one(no: $no, colour: $colour) { __typename } }"
        origin = {"query": query, "keys": "aliases", "variables": {"no": "no", "colour": "colour"}}
        await ask(service.url, {**origin, **colours}, *asked, by=(PLATE,))
    assert service.variables == {"no_0": "A", "colour_0": "RED"}


async def test_attachments_by_variables_of_their_own_are_copies_of_one_request() -> None:
    query = "query ($ids: [ID!], $codes: [ID!]) { list(ids: $ids, codes: $codes) { __typename } }"
    origin = {"query": query, "variables": {"no": "ids", "code": "codes"}}
    both = {**A, "code": "A"}
    no = KeyColumns("code", ("no",), (make_codec("String"),))
    async with serving({"list_0": [both], "list_1": [both]}) as service:
        assert await ask(service.url, origin, "A", by=(no, CODE)) == ((("A", "x", 1),),)
    assert service.variables == {"ids_0": ["A"], "codes_1": ["A"]}


async def test_attachments_by_one_variable_are_one_list() -> None:
    pair = {**A, "code": "B"}
    no = KeyColumns("code", ("no",), (make_codec("String"),))
    async with serving({"list_0": [pair]}) as service:
        found = await ask(service.url, LIST, "A", "B", by=(no, CODE))
    assert [len(one) for one in found] == [1, 1]
    assert service.variables == {"keys_0": ["A", "B"]}


async def test_columns_stand_in_objects_lists_and_around_rows() -> None:
    query = "query ($keys: [ID!]!) { list(keys: $keys) { edges { node { ... on Thing { __typename } } } } }"
    fields = {"no": "ids.0.text", "name": "../role", "size": "big: size(unit: CM) { value }"}
    edges = [
        {"role": "x", "node": {"ids": [{"text": "A"}], "big": {"value": 3}}},
        {"role": "y", "node": {"ids": [{"text": "B"}, {"text": "C"}], "big": None}},
        {"role": "z", "node": {}},
        None,
    ]
    async with serving({"list_0": {"edges": edges}}) as service:
        found = await ask(service.url, {"query": query, "fields": fields}, "A", "B")
    assert found == ((("A", "x", 3),), (("B", "y", None),))
    assert service.query == (
        "query ($keys_0: [ID!]!) { list_0: list(keys: $keys_0) { edges { node { ... on Thing { "
        "ids { text } big: size(unit: CM) { value } } } role } } }"
    )


async def test_an_object_without_its_filled_field_is_no_record() -> None:
    origin = {**ALIASES, "keyless": True, "filled": "seat.since"}
    empty = {"size": None, "seat": None}
    async with serving({"one_0": {"size": 7, "seat": {"since": 1}}, "one_1": empty}) as service:
        assert await ask(service.url, origin, "A", "B", items=("size",)) == (((7,),), ())
    assert "{ size seat { since } }" in service.query


async def test_a_list_of_several_on_the_way_is_invalid_and_not_empty() -> None:
    row = {"no": "A", "name": "x", "sizes": [{"value": 1}, {"value": 2}]}
    async with serving({"list_0": [row, {**row, "no": "B", "sizes": []}]}) as service:
        ((first,), (second,)) = await ask(service.url, {**LIST, "fields": {"size": "sizes.value"}}, "A", "B")
    assert type(first[2]).__name__ == "Invalid"
    assert second[2] is None


async def test_arguments_and_the_day_go_into_their_variables() -> None:
    query = """query Named($keys: [ID!]!, $name: String!, $day: Date, $kind: Kind = NEW, $unused: Int) {
      list(keys: $keys, name: $name, day: $day, kind: $kind, note: "costs $keys") { __typename } }"""
    async with serving({"list_0": [A]}) as service:
        await ask(
            service.url,
            {"query": query, "as_of": "day"},
            "A",
            arguments={"name": "n"},
            as_of=date(2010, 1, 31),
        )
    assert service.variables == {"name": "n", "day": "2010-01-31", "keys_0": ["A"]}
    assert service.query.startswith(
        "query Named($name: String!, $day: Date, $kind: Kind = NEW, $keys_0: [ID!]!) {"
    )
    assert '"costs $keys"' in service.query


async def test_an_argument_or_a_day_without_a_variable_is_never_left_out() -> None:
    async with serving({"list_0": [A]}) as service:
        with pytest.raises(SourceMisbehaved):
            await ask(service.url, LIST, "A", arguments={"name": "n"})
        with pytest.raises(SourceMisbehaved):
            await ask(service.url, LIST, "A", as_of=date(2010, 1, 31))
        assert service.bodies == []


async def test_a_column_or_a_key_without_a_place_is_never_left_out() -> None:
    async with serving({"list_0": [A]}) as service:
        with pytest.raises(SourceMisbehaved):
            await ask(service.url, {**LIST, "fields": {"name": "no: name"}}, "A")
        with pytest.raises(SourceMisbehaved):
            await ask(service.url, ALIASES, ("A", "RED"), by=(PLATE,))
        chinese = KeyColumns("code", ("证号",), (make_codec("String"),))
        with pytest.raises(SourceMisbehaved):
            await ask(service.url, LIST, "A", by=(chinese,))
        assert service.bodies == []


async def test_a_key_that_json_cannot_hold_fails_alone() -> None:
    async with serving({"list_0": [A]}) as service:
        first, second = await ask(service.url, LIST, "\ud800", "A")
    assert isinstance(first, SourceRefused)
    assert second == (("A", "x", 1),)
    assert service.variables == {"keys_0": ["A"]}


async def test_pages_of_aliases_go_on_by_themselves() -> None:
    query = """query ($key: ID!, $first: Int, $after: String) {
      one(no: $key) { things(first: $first, after: $after) { nodes { __typename } } } }"""
    pages = {"variable": "after", "size": 1, "size_variable": "first"}

    def page(no: str, end: str | None) -> dict[str, Any]:
        info = {"hasNextPage": end is not None, "endCursor": end}
        return {"things": {"nodes": [{"name": no, "size": 1}], "pageInfo": info}}

    first = {"one_0": page("a1", "a"), "one_1": page("b1", None), "one_2": None}
    async with serving(first, {"one_0": page("a2", None)}) as service:
        origin = {"query": query, "keys": "aliases", "keyless": True, "pages": pages}
        found = await ask(service.url, origin, "A", "B", "C", items=("name",))
    assert found == ((("a1",), ("a2",)), (("b1",),), ())
    assert service.bodies[1]["variables"] == {"first": 1, "key_0": "A", "after_0": "a"}
    assert "$after_0: String" in service.bodies[1]["query"]


def test_keys_and_the_place_of_a_page_may_both_be_required() -> None:
    query = "query ($keys: [ID!]!, $skip: Int!) { list(keys: $keys, skip: $skip) { __typename } }"
    GraphQLOrigin.model_validate({"query": query, "pages": {"kind": "offset", "variable": "skip", "size": 9}})


async def test_a_scan_goes_on_after_any_row() -> None:
    connection = "query ($after: String) { all(after: $after) { edges { node { __typename } } } }"
    origin = {**LIST, "scan": {"query": connection, "pages": {"variable": "after"}}}

    def page(*numbers: str, end: str | None) -> dict[str, Any]:
        info = {"hasNextPage": end is not None, "endCursor": end}
        return {"all_0": {"edges": [{"node": thing(no)} for no in numbers], "pageInfo": info}}

    whole = [page("1", "2", end="c"), page("3", end=None)]
    async with serving(*whole) as service:
        found = await scan(service.url, origin)
        assert [row[0] for row in found.rows] == ["1", "2", "3"]
        assert found.cursor is None
        assert [body["variables"] for body in service.bodies] == [{}, {"after_0": "c"}]
    async with serving(whole[0]) as service:
        rest = await scan(service.url, origin, limit=1, cursor=found.cursors[0])
        assert [row[0] for row in rest.rows] == ["2"]


async def test_a_scan_may_have_its_columns_elsewhere() -> None:
    query = "query ($keys: [ID!]!) { owners(ids: $keys) { things { __typename } } }"
    origin = {"query": query, "fields": {"no": "../id"}}
    plain = {"query": "{ all { __typename } }", "fields": {}}
    async with serving({"all_0": [A]}) as service:
        assert (await scan(service.url, {**origin, "scan": plain})).rows == (("A", "x", 1),)
    with pytest.raises(ValidationError):
        GraphQLOrigin.model_validate({**origin, "scan": {"query": plain["query"]}})


async def test_a_cursor_by_path_is_followed_to_its_end() -> None:
    query = (
        "query ($keys: [ID!]!, $from: String) { search(keys: $keys, from: $from) { hits { __typename } } }"
    )
    pages = {"kind": "cursor", "variable": "from", "next": "search.meta.next"}
    first = {"search_0": {"hits": [A], "meta": {"next": "2"}}}
    last = {"search_0": {"hits": [thing("B")], "meta": {"next": None}}}
    async with serving(first, last) as service:
        found = await ask(service.url, {"query": query, "pages": pages}, "A", "B")
    assert [len(one) for one in found] == [1, 1]
    assert service.bodies[1]["variables"] == {"keys_0": ["A", "B"], "from_0": "2"}


FORKS = "query ($keys: [ID!]!) { list(keys: $keys) { a { __typename } b { __typename } } }"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a variable used and not declared": (
        {"query": "query ($keys: [ID!]!) { rolls(ids: $kyes) { __typename } }"},
        "uses $kyes and does not declare it",
    ),
    "no GraphQL": ({"query": "list(keys: $keys"}, "not GraphQL"),
    "two operations": ({"query": f"{LIST['query']} {{ a {{ __typename }} }}"}, "one operation"),
    "a fragment beside": ({"query": "{ a { ...F } } fragment F on A { __typename }"}, "one operation"),
    "a fragment spread": ({"query": "query ($keys: [ID!]!) { a(keys: $keys) { ...F } }"}, "in line"),
    "a mutation": ({"query": "mutation ($keys: [ID!]!) { a(keys: $keys) { __typename } }"}, "write a query"),
    "a directive of the operation": ({"query": "query @x { a { __typename } }"}, "directives"),
    "a fork": ({"query": FORKS}, "one path"),
    "no place for columns": ({"query": "query ($keys: [ID!]!) { list(keys: $keys) { no } }"}, "__typename"),
    "no field": ({"query": "{ __typename }"}, "begins with a field"),
    "no variable for keys": ({"query": "{ list { __typename } }"}, "$keys"),
    "a variable that is not declared": ({**LIST, "variable": "ids"}, "$ids"),
    "a day without a variable": ({**LIST, "as_of": "day"}, "$day"),
    "representations without a type": ({**LIST, "keys": "representations"}, "typename"),
    "a type without representations": ({**LIST, "typename": "T"}, "typename"),
    "keyless rows of a list": ({**LIST, "keyless": True}, "keyless"),
    "aliases by position": ({**ALIASES, "positional": True}, "positional"),
    "two lists that are required": (
        {
            "query": "query ($a: [ID!]!, $b: [ID!]) { list(a: $a, b: $b) { __typename } }",
            "variables": {"no": "a", "code": "b"},
        },
        "none may be required",
    ),
    "a connection that is none": (
        {"query": "query ($keys: [ID!]!, $after: ID) { list(keys: $keys, after: $after) { __typename } }", "pages": {"variable": "after"}},
        "edges",
    ),
    "pages without their variable": (
        {"query": "query ($keys: [ID!]!) { list(keys: $keys) { nodes { __typename } } }", "pages": {"variable": "after"}},
        "$after",
    ),
    "a cursor without a path": ({**LIST, "pages": {"variable": "keys", "kind": "cursor"}}, "next"),
    "offsets without an end": ({**LIST, "pages": {"variable": "keys", "kind": "offset"}}, "offset"),
    "a size that nobody knows": ({**LIST, "pages": {"variable": "keys", "size_variable": "n"}}, "size"),
    "a column that is no path": ({**LIST, "fields": {"x": "a..b"}}, "path of a column"),
    "a column that forks": ({**LIST, "fields": {"x": "a { b c }"}}, "one path"),
    "a column that is a fragment": ({**LIST, "fields": {"x": "... on A { b } }"}}, "path of a column"),
    "a column above the root": ({**LIST, "fields": {"x": "../a"}}, "above the first field"),
    "a filled field that is no path": ({**LIST, "filled": "a..b"}, "path of a column"),
    "an unknown key": ({**LIST, "unknown": 1}, "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_declarations_that_cannot_work_are_refused_and_say_why(name: str) -> None:
    origin, told = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        GraphQLOrigin.model_validate(origin)
    assert told in str(caught.value)


@pytest.mark.parametrize("origin", [LIST, ALIASES, {**ENTITIES, "keyless": True}])
def test_requests_show_nothing_of_a_key(origin: dict[str, Any]) -> None:
    asking = Asking(GraphQLOrigin.model_validate(origin), KeyBinding((NO,), (None,)))
    (copy,) = asking.copies(((ANNA,),))
    assert ANNA in json.dumps(copy.variables)
    assert ANNA not in repr(copy)
