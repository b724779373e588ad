"""A service that stops, drags or lies gives an error: never an empty list, never another's rows."""

import asyncio
import gzip
import json
import zlib
from typing import Any

import pytest

from connectors.errors import (
    SourceAvailableAt,
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceUnavailable,
)
from schema.values import Invalid
from tests.connectors.http.declared import COLUMNS
from tests.connectors.http.liar import lying, sending, whole
from tests.connectors.rest.liar import ask
from tests.patience import comes

MANY = {"path": "/r", "keys": "repeated", "parameter": "no", "records": "list"}
ONE = {"path": "/r/{key}"}
KEYLESS = {"path": "/r/{no}", "keyless": True}
A, B = {"no": "A", "name": "x", "size": 1}, {"no": "B", "name": "y", "size": 2}


def listed(*records: Any, **more: Any) -> str:
    return json.dumps({"list": records, **more})


async def test_reordered_answers_stand_in_the_order_of_keys() -> None:
    async with lying(listed(B, A)) as liar:
        assert await ask(liar.url, MANY, "A", "none", "B") == ((("A", "x", 1),), (), (("B", "y", 2),))


async def test_a_record_that_comes_twice_counts_once() -> None:
    async with lying(listed(A, B, A)) as liar:
        assert await ask(liar.url, MANY, "A", "B") == ((("A", "x", 1),), (("B", "y", 2),))


async def test_two_records_of_one_identity_are_both_shown() -> None:
    async with lying(listed(A, {**A, "size": 3})) as liar:
        assert await ask(liar.url, MANY, "A") == ((("A", "x", 1), ("A", "x", 3)),)


async def test_wrong_types_are_invalid_and_objects_never_become_text() -> None:
    wrong = {"no": "A", "name": {"secret": "s"}, "size": "many"}
    async with lying(listed(wrong, {"no": "B", "name": ["x", "y"], "size": None})) as liar:
        ((first,), (second,)) = await ask(liar.url, MANY, "A", "B")
    assert isinstance(first[1], Invalid)
    assert isinstance(first[2], Invalid)
    assert isinstance(second[1], Invalid)
    assert second[2] is None


@pytest.mark.parametrize(
    ("stands", "path", "found"),
    [
        ([{"size": 1}], "a.size", 1),
        ([[{"size": 1}]], "a.size", 1),
        ([{"size": 1}, {"size": 2}], "a.size", Invalid),
        ([[{"size": 1}, {"size": 2}]], "a.size", Invalid),
        ([{"b": [{"size": 1}, {}]}], "a.b.size", Invalid),
        ([{"size": 1}, {"size": 2}], "a.1.size", 2),
        ([{"size": 1}, {"size": 2}], "a.2.size", None),
        ([], "a.size", None),
        ([{}], "a.size", None),
    ],
)
async def test_of_several_on_the_way_to_a_column_none_is_the_one(
    stands: Any, path: str, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COLUMNS, "size", path)
    async with lying(listed({"no": "A", "a": stands})) as liar:
        ((row,),) = await ask(liar.url, MANY, "A")
    assert (Invalid if isinstance(row[2], Invalid) else row[2]) == found


async def test_records_below_several_lists_are_not_as_declared() -> None:
    """Which of them would hold the records that were asked for is anybody's guess."""
    async with lying(json.dumps({"pages": [{"list": [A]}, {"list": [B]}]})) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, {**MANY, "records": "pages.list"}, "A", "B")


BOMB = gzip.compress(b" " * 50_000_000)
LIES: dict[str, tuple[Any, dict[str, Any], type[SourceError]]] = {
    "a row nobody asked for": (listed(A, {**B, "no": "C"}), MANY, SourceMisbehaved),
    "a row without its key": (listed({"name": "x"}), MANY, SourceMisbehaved),
    "short": (listed(A, total=2), {**MANY, "total": "total"}, SourceMisbehaved),
    "no count": (listed(A), {**MANY, "total": "total"}, SourceMisbehaved),
    "null for records": ('{"code": 500, "list": null}', MANY, SourceMisbehaved),
    "null": ("null", MANY, SourceMisbehaved),
    "null for the list itself": ("null", {**MANY, "records": ""}, SourceMisbehaved),
    "null for an object": ("null", ONE, SourceMisbehaved),
    "null for an object by key": ("null", {**MANY, "records": "", "keyed": True}, SourceMisbehaved),
    "null for a count": ("null", {**MANY, "total": "total"}, SourceMisbehaved),
    "null in the envelope": ("null", {**MANY, "envelope": {"code": "code"}}, SourceMisbehaved),
    "null for the first page": (
        "null",
        {**MANY, "pages": {"kind": "cursor", "parameter": "after", "next": "next"}},
        SourceMisbehaved,
    ),
    "an error that nobody declared": ('{"code": 500, "message": "no"}', MANY, SourceMisbehaved),
    "an error in the envelope": (
        '{"code": 500, "list": null}',
        {**MANY, "envelope": {"code": "code", "ok": [0]}},
        SourceUnavailable,
    ),
    "no right in the envelope": (
        '{"code": "E403"}',
        {**MANY, "envelope": {"code": "code", "refused": ["E403"]}},
        SourceRefused,
    ),
    "an error in the place of a record": ('{"error": "internal", "message": "db down"}', KEYLESS, SourceMisbehaved),
    "an empty object in the place of a record": ("{}", KEYLESS, SourceMisbehaved),
    "a list that is being made": (sending(whole(listed(), status="202 Accepted")), MANY, SourceMisbehaved),
    "a part of a list": (sending(whole(listed(), status="206 Partial Content")), MANY, SourceMisbehaved),
    "no envelope": (listed(A), {**MANY, "envelope": {"code": "code"}}, SourceMisbehaved),
    "a page of HTML": (sending(whole("<html>", "Content-Type: application/json\r\n")), MANY, SourceMisbehaved),
    "nothing": ("", MANY, SourceMisbehaved),
    "half a body": (sending(whole(listed(A)[:9], length=500)), MANY, SourceUnavailable),
    "half a chunk": (
        sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"),
        MANY,
        SourceUnavailable,
    ),
    "half of what was compressed": (
        sending(whole(gzip.compress(listed(A).encode())[:-12], "Content-Encoding: gzip\r\n")),
        MANY,
        SourceMisbehaved,
    ),
    "not what it says is compressed": (sending(whole(listed(A), "Content-Encoding: gzip\r\n")), MANY, SourceMisbehaved),
    "another compression": (sending(whole(listed(A), "Content-Encoding: br\r\n")), MANY, SourceMisbehaved),
    "a bomb": (sending(whole(BOMB, "Content-Encoding: gzip\r\n")), MANY, SourceMisbehaved),
    "no HTTP": (sending(b"+OK Redis\r\n\r\n"), MANY, SourceUnavailable),
    "a hang-up": (sending(), MANY, SourceUnavailable),
    "not found where many are asked": (sending(whole("", status="404 Not Found")), MANY, SourceRefused),
    "no right": (sending(whole("", status="401 Unauthorized")), MANY, SourceRefused),
    "elsewhere": (sending(whole("", "Location: http://127.0.0.1/\r\n", "302 Found")), MANY, SourceRefused),
    "broken": (sending(whole("{}", status="500 Oh")), MANY, SourceUnavailable),
    "closed until": (
        sending(whole("", "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n", "503 Closed")),
        MANY,
        SourceAvailableAt,
    ),
    "closed for": (sending(whole("", "Retry-After: 120\r\n", "503 Closed")), MANY, SourceAvailableAt),
    "closed, unclear": (sending(whole("", "Retry-After: soon\r\n", "503 Closed")), MANY, SourceUnavailable),
    "wrong charset": (sending(whole(b'{"list": ["\xff"]}', "Content-Type: text/json; charset=gbk\r\n")), MANY, SourceMisbehaved),
    "no charset": (sending(whole("{}", "Content-Type: text/json; charset=none\r\n")), MANY, SourceMisbehaved),
    "the same page for ever": (
        listed(A),
        {**MANY, "pages": {"parameter": "page"}},
        SourceMisbehaved,
    ),
    "the same cursor for ever": (
        listed(A, next="c"),
        {**MANY, "pages": {"kind": "cursor", "parameter": "after", "next": "next"}},
        SourceMisbehaved,
    ),
    "a cursor that is none": (
        listed(A, next={"x": 1}),
        {**MANY, "pages": {"kind": "cursor", "parameter": "after", "next": "next"}},
        SourceMisbehaved,
    ),
    "a link to another server": (
        listed(A, next="http://127.0.0.1:1/r"),
        {**MANY, "pages": {"kind": "link", "next": "next"}},
        SourceMisbehaved,
    ),
    "a link to a file": (
        listed(A, next="file:///etc/passwd"),
        {**MANY, "pages": {"kind": "link", "next": "next"}},
        SourceMisbehaved,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
async def test_a_lie_is_an_error_that_says_nothing_of_the_answer(name: str) -> None:
    answer, origin, expected = LIES[name]
    async with lying(answer) as liar:
        with pytest.raises(SourceError) as caught:
            await ask(liar.url, origin, "A", "B", max_body_bytes=1_000_000)
    assert type(caught.value) is expected
    assert "127.0.0.1" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


PAGES = {
    "number": {"parameter": "page", "size": 1},
    "offset": {"kind": "offset", "parameter": "skip", "size": 1},
    "cursor": {"kind": "cursor", "parameter": "after", "next": "next"},
    "link": {"kind": "link", "next": "next"},
}


def paged(*bodies: str) -> Any:
    """One answer after the other."""
    left = iter(bodies)

    async def answer(writer: asyncio.StreamWriter, _head: str) -> None:
        body = next(left)
        writer.write(whole(body, "Connection: close\r\n") if body else whole("", status="404 Not Found"))
        await writer.drain()

    return answer


@pytest.mark.parametrize(
    ("kind", "records"), [*((kind, "list") for kind in PAGES), ("number", ""), ("offset", "")]
)
async def test_null_for_a_later_page_is_no_end_of_a_list(kind: str, records: str) -> None:
    first = listed(A, next="/r?page=2") if records else json.dumps([A])
    origin = {**MANY, "records": records, "pages": PAGES[kind]}
    async with lying(paged(first, "null")) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, origin, "A", "B")
        assert len(liar.heads) == 2


async def test_no_record_for_a_page_ends_a_list_unless_more_were_announced() -> None:
    origin: dict[str, Any] = {**MANY, "no_record_statuses": [404], "pages": PAGES["number"]}
    async with lying(paged(listed(A), "")) as liar:
        assert await ask(liar.url, origin, "A", "B") == ((("A", "x", 1),), ())
    origin["pages"] = {**origin["pages"], "total": "total"}
    async with lying(paged("")) as liar:
        assert await ask(liar.url, origin, "A", "B") == ((), ())
    async with lying(paged(listed(A, total=2), "")) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, origin, "A", "B")


async def test_the_first_failure_ends_the_requests_beside_it() -> None:
    both = asyncio.Event()

    async def one_fails(writer: asyncio.StreamWriter, head: str) -> None:
        if "/r/A" in head:
            await both.wait()
            writer.write(whole("", status="500 Oh"))
            await writer.drain()
        else:
            both.set()
            await asyncio.Event().wait()

    async with lying(one_fails) as liar:
        with pytest.raises(SourceUnavailable):
            await ask(liar.url, ONE, "A", "B")
        await comes(liar.left.wait())


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate"])
async def test_compressed_answers_are_read(name: str) -> None:
    plain = listed(A).encode()
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "raw deflate": raw.compress(plain) + raw.flush(),
    }
    headers = f"Content-Encoding: {name.split()[-1]}\r\n"
    async with lying(sending(whole(bodies[name], headers))) as liar:
        assert await ask(liar.url, MANY, "A") == ((("A", "x", 1),),)


async def test_a_wrong_content_type_over_right_content_is_read() -> None:
    async with lying(sending(whole(listed(A), "Content-Type: text/html\r\n"))) as liar:
        assert await ask(liar.url, MANY, "A") == ((("A", "x", 1),),)


async def test_an_answer_that_somebody_on_the_way_changed_is_read() -> None:
    async with lying(sending(whole(listed(A), status="203 Non-Authoritative Information"))) as liar:
        assert await ask(liar.url, MANY, "A") == ((("A", "x", 1),),)


@pytest.mark.parametrize("charset", ["gb2312", "GB2312", "gbk", "gb18030"])
async def test_a_charset_is_what_its_name_is_used_for(charset: str) -> None:
    """镕 is not in GB 2312, 𠀀 not in GBK, and both are written under these names."""
    name = "朱镕基𠀀"
    body = json.dumps({"list": [{**A, "name": name}]}, ensure_ascii=False).encode("gb18030")
    async with lying(sending(whole(body, f"Content-Type: text/json; charset={charset}\r\n"))) as liar:
        assert await ask(liar.url, MANY, "A") == ((("A", name, 1),),)
    text = f"<?xml version='1.0' encoding='{charset}'?><r><list><no>A</no><name>{name}</name></list></r>"
    async with lying(sending(whole(text.encode("gb18030")))) as liar:
        ((row,),) = await ask(liar.url, {**MANY, "records": "r.list"}, "A", format="xml")
    assert row[1] == name


async def test_a_number_whose_last_digits_are_lost_is_no_text() -> None:
    body = '{"list": [{"no": "A", "name": 62220202000112233445566}, {"no": "B", "name": 9007199254740991.0}]}'
    async with lying(body) as liar:
        ((lost,), (kept,)) = await ask(liar.url, MANY, "A", "B")
    assert isinstance(lost[1], Invalid)
    assert kept[1] == "9007199254740991.0"
    async with lying('{"list": [{"no": 62220202000112233445566, "name": "x"}]}') as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, MANY, "62220202000112233445566")


async def test_cookies_are_not_kept() -> None:
    async with lying(sending(whole(json.dumps(A), "Set-Cookie: session=1; Path=/\r\n"))) as liar:
        await ask(liar.url, {**ONE, "keyless": True}, "A", "A2", "A3")
        assert not any("session" in head for head in liar.heads)


async def test_another_protocol_is_no_answer() -> None:
    switching = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
    async with lying(sending(switching)) as liar:
        with pytest.raises(SourceError):
            await ask(liar.url, MANY, "A")
