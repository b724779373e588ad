"""A service that stops, drags or lies gives an error: never an empty list, never another's rows."""

import asyncio
import gzip
from typing import Any

import pytest

from connectors.errors import (
    SourceAvailableAt,
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceTruncated,
    SourceUnavailable,
)
from schema.values import Invalid
from tests.connectors.graphql.asked import ALIASES, ENTITIES, LIST, answered, ask, error, scan, thing
from tests.connectors.http.liar import lying, sending, whole

A, B, C = thing("A"), thing("B", "y", 2), thing("C")
RELAY = {
    "query": """query ($keys: [ID!]!, $after: String) {
      list(keys: $keys, after: $after) { edges { node { __typename } } } }""",
    "pages": {"variable": "after"},
}
OFFSET = {
    "query": "query ($keys: [ID!]!, $skip: Int) { list(keys: $keys, skip: $skip) { rows { __typename } } }",
    "pages": {"kind": "offset", "variable": "skip", "total": "list.total"},
}
LAST = "Connection: close\r\n"
"""The server hangs up after each answer, and says so."""
SPEC = "Content-Type: application/graphql-response+json; charset=utf-8\r\n"


def listed(*records: Any) -> str:
    return answered({"list_0": records})


def connection(*nodes: Any, **info: Any) -> str:
    return answered({"list_0": {"edges": [{"node": node} for node in nodes], "pageInfo": info}})


async def test_reordered_answers_stand_in_the_order_of_keys() -> None:
    async with lying(listed(B, None, A)) as liar:
        assert await ask(liar.url, LIST, "A", "none", "B") == ((("A", "x", 1),), (), (("B", "y", 2),))


async def test_a_record_that_comes_twice_counts_once_and_another_of_its_identity_too() -> None:
    async with lying(listed(A, B, A)) as liar:
        assert await ask(liar.url, LIST, "A", "B") == ((("A", "x", 1),), (("B", "y", 2),))
    async with lying(listed(A, {**A, "size": 3})) as liar:
        assert await ask(liar.url, LIST, "A") == ((("A", "x", 1), ("A", "x", 3)),)


@pytest.mark.parametrize("nothing", [None, [], [None], [[None], []]])
async def test_null_the_empty_list_and_null_entries_are_no_record(nothing: Any) -> None:
    async with lying(answered({"list_0": nothing})) as liar:
        assert await ask(liar.url, LIST, "A", "B") == ((), ())
    async with lying(answered({"one_0": nothing, "one_1": B})) as liar:
        assert await ask(liar.url, ALIASES, "A", "B") == ((), (("B", "y", 2),))


async def test_wrong_types_are_invalid_and_objects_never_become_text() -> None:
    wrong = thing("A", {"secret": "s"}, "many")
    async with lying(listed(wrong, thing("B", ["x", "y"], None))) as liar:
        ((first,), (second,)) = await ask(liar.url, LIST, "A", "B")
    assert isinstance(first[1], Invalid)
    assert isinstance(first[2], Invalid)
    assert isinstance(second[1], Invalid)
    assert second[2] is None


async def test_more_rows_than_the_bound_fail_their_key_alone() -> None:
    async with lying(listed(B, *(thing("A", str(number)) for number in range(4)))) as liar:
        many, few = await ask(liar.url, LIST, "A", "B", max_rows=3)
    assert isinstance(many, SourceTruncated)
    assert few == (("B", "y", 2),)


BOMB = gzip.compress(b" " * 50_000_000)
DEEP = "[" * 900 + "]" * 900
LIES: dict[str, tuple[Any, dict[str, Any], type[SourceError]]] = {
    "a row nobody asked for": (listed(A, C), LIST, SourceMisbehaved),
    "a row nobody asked for under an alias": (answered({"one_0": A, "one_1": C}), ALIASES, SourceMisbehaved),
    "answers in another order than asked": (answered({"_entities_0": [B, A]}), ENTITIES, SourceMisbehaved),
    "one answer under two aliases": (answered({"one_0": A, "one_1": A}), ALIASES, SourceMisbehaved),
    "a row without its key": (listed(thing(None)), LIST, SourceMisbehaved),
    "a row that lacks a field": (listed({"no": "A", "name": "x"}), LIST, SourceMisbehaved),
    "fewer entries than keys": (answered({"_entities_0": [A]}), ENTITIES, SourceMisbehaved),
    "more entries than keys": (answered({"_entities_0": [A, B, None]}), ENTITIES, SourceMisbehaved),
    "no list of entries": (answered({"_entities_0": A}), ENTITIES, SourceMisbehaved),
    "an entity of another type": (answered({"_entities_0": [{}, B]}), ENTITIES, SourceMisbehaved),
    "an empty object that no fragment explains": (
        answered({"list_0": [{}]}),
        {"query": "query ($keys: [ID!]!) { list(keys: $keys) { thing { ... on Thing { __typename } } } }"},
        SourceMisbehaved,
    ),
    "text for a record": (listed("A"), LIST, SourceMisbehaved),
    "text for all records": (answered({"list_0": "A"}), LIST, SourceMisbehaved),
    "lists without an end": (f'{{"data": {{"list_0": {DEEP}}}}}', LIST, SourceMisbehaved),
    "deeper than JSON goes": ("[" * 200_000, LIST, SourceMisbehaved),
    "no data and no error": (answered(None), LIST, SourceMisbehaved),
    "data without what was asked": (answered({}), LIST, SourceMisbehaved),
    "data that is a list": (answered([A]), LIST, SourceMisbehaved),
    "an alias too few": (answered({"one_0": A}), ALIASES, SourceMisbehaved),
    "an envelope of REST": ('{"code": 500, "message": "no"}', LIST, SourceMisbehaved),
    "errors that are none": (answered({"list_0": []}, "no"), LIST, SourceMisbehaved),
    "errors that are no list": ('{"data": {"list_0": []}, "errors": {"message": "no"}}', LIST, SourceMisbehaved),
    "an error whose path is none": (answered({"list_0": []}, {"path": [["x"]]}), LIST, SourceMisbehaved),
    "an error whose path has no end": (answered({"list_0": []}, error("list_0", *[0] * 90)), LIST, SourceMisbehaved),
    "too many errors": (answered({"list_0": []}, *[error("list_0")] * 10_001), LIST, SourceMisbehaved),
    "a refusal in words": (answered(None, {"message": "secret"}), LIST, SourceUnavailable),
    "a refusal by code": (answered(None, error(code="UNAUTHENTICATED")), LIST, SourceRefused),
    "a page of HTML": (sending(whole("<html>", "Content-Type: application/json\r\n")), LIST, SourceMisbehaved),
    "nothing": ("", LIST, SourceMisbehaved),
    "no content": (sending(whole("", status="204 No Content")), LIST, SourceMisbehaved),
    "null": ("null", LIST, SourceMisbehaved),
    "half a body": (sending(whole(listed(A)[:9], length=500)), LIST, SourceUnavailable),
    "half a chunk": (
        sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"),
        LIST,
        SourceUnavailable,
    ),
    "half of what was compressed": (
        sending(whole(gzip.compress(listed(A).encode())[:-12], "Content-Encoding: gzip\r\n")),
        LIST,
        SourceMisbehaved,
    ),
    "a bomb": (sending(whole(BOMB, "Content-Encoding: gzip\r\n")), LIST, SourceMisbehaved),
    "no HTTP": (sending(b"+OK Redis\r\n\r\n"), LIST, SourceUnavailable),
    "a hang-up": (sending(), LIST, SourceUnavailable),
    "no such path": (sending(whole("", status="404 Not Found")), ALIASES, SourceRefused),
    "no right": (sending(whole("", status="401 Unauthorized")), LIST, SourceRefused),
    "elsewhere": (sending(whole("", "Location: http://127.0.0.1/\r\n", "302 Found")), LIST, SourceRefused),
    "broken": (sending(whole("{}", status="500 Oh")), LIST, SourceUnavailable),
    "too many requests": (sending(whole("{}", status="429 Slow")), LIST, SourceUnavailable),
    "data under a status of failure": (sending(whole(listed(A), SPEC, "500 Oh")), LIST, SourceUnavailable),
    "a refusal that says why": (
        sending(whole(answered(None, error(code="TIMEOUT")), SPEC, "500 Oh")), LIST, SourceTimeout,
    ),
    "a refusal of something between": (
        sending(whole(answered(None, error(code="TIMEOUT")), status="403 No")), LIST, SourceRefused,
    ),
    "a refusal that says nothing known": (
        sending(whole(answered(None, error(code="A1")), SPEC, "400 Bad")), LIST, SourceRefused,
    ),
    "a refusal that is no JSON": (sending(whole("no", SPEC, "400 Bad")), LIST, SourceRefused),
    "no record, by status": (
        sending(whole(answered(None, error(code="NO_RECORD")), SPEC, "404 Not Found")), LIST, SourceRefused,
    ),
    "closed for": (sending(whole("", f"{SPEC}Retry-After: 120\r\n", "503 Closed")), LIST, SourceAvailableAt),
    "closed until": (
        answered({"list_0": None}, error(code="AVAILABLE_AT", until="2027-12-31T23:59:59+08:00")),
        LIST,
        SourceAvailableAt,
    ),
    "closed, unclear": (
        answered({"list_0": None}, error(code="AVAILABLE_AT", until="2027-12-31")), LIST, SourceUnavailable,
    ),
    "the same cursor for ever": (
        sending(whole(connection(A, hasNextPage=True, endCursor="c"), LAST)), RELAY, SourceMisbehaved,
    ),
    "a cursor that is none": (connection(A, hasNextPage=True, endCursor={"x": 1}), RELAY, SourceMisbehaved),
    "more, and nowhere": (connection(A, hasNextPage=True, endCursor=None), RELAY, SourceMisbehaved),
    "more, perhaps": (connection(A, hasNextPage="yes", endCursor="c"), RELAY, SourceMisbehaved),
    "no word about more": (connection(A, endCursor="c"), RELAY, SourceMisbehaved),
    "pages that end early": (answered({"list_0": {"rows": [], "total": 9}}), OFFSET, SourceMisbehaved),
    "rows, and no total": (answered({"list_0": {"rows": [A], "total": None}}), OFFSET, SourceMisbehaved),
    "rows, and no word about more": (connection(A, hasNextPage=None, endCursor=None), RELAY, SourceMisbehaved),
    "rows, and nothing about pages": (
        answered({"list_0": {"edges": [{"node": A}], "pageInfo": None}}), RELAY, SourceMisbehaved,
    ),
    "a total that is none": (answered({"list_0": {"rows": [A], "total": "1"}}), OFFSET, SourceMisbehaved),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
async def test_a_lie_is_an_error_that_says_nothing_of_the_answer(name: str) -> None:
    answer, origin, expected = LIES[name]
    async with lying(answer) as liar:
        with pytest.raises(SourceError) as caught:
            await ask(liar.url, origin, "A", "B", max_body_bytes=1_000_000)
    assert type(caught.value) is expected
    assert "127.0.0.1" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_pages_that_never_end_are_left_at_their_bound() -> None:
    pages = iter(range(1_000))

    async def more(writer: asyncio.StreamWriter, _head: str) -> None:
        writer.write(whole(connection(A, hasNextPage=True, endCursor=str(next(pages))), LAST))
        await writer.drain()

    async with lying(more) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, {**RELAY, "pages": {"variable": "after", "max_pages": 5}}, "A")
        assert len(liar.heads) == 5


async def test_an_error_of_a_later_page_takes_the_rows_of_the_first_with_it() -> None:
    later = {"edges": [{"node": thing("A", None)}], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    bodies = iter(
        [
            connection(A, B, hasNextPage=True, endCursor="2"),
            answered({"list_0": later}, error("list_0", "edges", 0, "node", "name")),
        ]
    )

    async def paged(writer: asyncio.StreamWriter, _head: str) -> None:
        writer.write(whole(next(bodies), LAST))
        await writer.drain()

    async with lying(paged) as liar:
        first, second = await ask(liar.url, RELAY, "A", "B")
    assert isinstance(first, SourceUnavailable)
    assert second == (("B", "y", 2),)


CURSOR = {
    "query": "query ($keys: [ID!]!, $from: ID) { list(keys: $keys, from: $from) { rows { __typename } } }",
    "pages": {"kind": "cursor", "variable": "from", "next": "list.next"},
}


@pytest.mark.parametrize(
    ("origin", "first"),
    [
        (RELAY, connection(A, hasNextPage=True, endCursor="2")),
        (OFFSET, answered({"list_0": {"rows": [A], "total": 2}})),
        (CURSOR, answered({"list_0": {"rows": [A], "next": "2"}})),
    ],
    ids=["relay", "offset", "cursor"],
)
async def test_null_for_an_announced_page_is_no_end_of_a_list(origin: dict[str, Any], first: str) -> None:
    bodies = iter([first, answered({"list_0": None})])

    async def paged(writer: asyncio.StreamWriter, _head: str) -> None:
        writer.write(whole(next(bodies), LAST))
        await writer.drain()

    async with lying(paged) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, origin, "A", "B")
        assert len(liar.heads) == 2


@pytest.mark.parametrize("origin", [RELAY, OFFSET, CURSOR], ids=["relay", "offset", "cursor"])
async def test_null_for_the_first_page_is_no_record(origin: dict[str, Any]) -> None:
    async with lying(answered({"list_0": None})) as liar:
        assert await ask(liar.url, origin, "A", "B") == ((), ())


async def test_a_scan_with_an_error_is_no_page() -> None:
    origin = {**LIST, "scan": {"query": "{ all { __typename } }"}}
    async with lying(answered({"all_0": [A, None]}, error("all_0", 1, code="FORBIDDEN"))) as liar:
        with pytest.raises(SourceRefused):
            await scan(liar.url, origin)
    async with lying(answered({"all_0": [A, B]})) as liar:
        assert (await scan(liar.url, origin)).rows == (("A", "x", 1), ("B", "y", 2))
