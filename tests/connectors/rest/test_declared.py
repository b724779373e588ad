"""What a declaration can say about services that nobody planned for."""

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.errors import SourceMisbehaved, SourceRefused
from connectors.requests import KeyBinding, Load
from connectors.rest.settings import RestOrigin
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import KeyColumns
from schema.values import Invalid
from tests.connectors.http.declared import NO
from tests.connectors.http.liar import lying, sending, whole
from tests.connectors.rest.liar import ask

A = {"no": "A", "name": "x", "size": 1}
FORMS = KeyColumns("code", ("no",), (make_codec("CitizenId", stored=("18", "15")),))
ID = "500000195001010015"


def first_lines(heads: list[str]) -> list[str]:
    return [head.split("\r\n")[0] for head in heads]


async def test_a_single_key_is_asked_in_every_stored_form() -> None:
    from tests.conformance.town import ANNA

    async def answer(writer: Any, head: str) -> None:
        asked = head.split(" ")[1].removeprefix("/r/")
        found = {"no": asked, "name": "old" if len(asked) == 15 else "new", "size": 1}
        writer.write(whole(json.dumps(found)))
        await writer.drain()

    async with lying(answer) as liar:
        ((first, second),) = await ask(liar.url, {"path": "/r/{key}"}, ANNA, by=(FORMS,))
        assert len(liar.heads) == 2
    assert {first[1], second[1]} == {"new", "old"}


async def test_one_record_for_several_forms_counts_once() -> None:
    from tests.conformance.town import ANNA

    async with lying(json.dumps({**A, "no": ANNA})) as liar:
        ((row,),) = await ask(liar.url, {"path": "/r/{key}"}, ANNA, by=(FORMS,))
    assert row[1] == "x"


async def test_records_without_their_key_belong_to_the_key_asked() -> None:
    async with lying('{"name": "x", "size": 1}') as liar:
        found = await ask(liar.url, {"path": "/r/{no}", "keyless": True}, "A", "B")
    assert found == ((("A", "x", 1),), (("B", "x", 1),))


async def test_a_record_that_names_another_key_is_refused_even_so() -> None:
    async with lying(json.dumps(A)) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, {"path": "/r/{no}", "keyless": True}, "B")


async def test_records_by_key_take_the_key_from_the_object() -> None:
    body = json.dumps({"data": {"A": {"name": "x"}, "B": [{"name": "y"}, {"name": "z"}], "C": None}})
    origin = {"path": "/r", "keys": "joined", "parameter": "k", "records": "data", "keyed": True}
    async with lying(body) as liar:
        found = await ask(liar.url, origin, "A", "B", "C")
    assert found == ((("A", "x", None),), (("B", "y", None), ("B", "z", None)), ())


async def test_lists_of_at_most_one_are_what_they_hold_in_keys_and_values_alike() -> None:
    records = [{"no": ["A"], "name": [["x"]], "size": [7]}, {"no": "B", "name": [], "size": 8}]
    origin = {"path": "/r", "keys": "repeated", "parameter": "no"}
    async with lying(json.dumps(records)) as liar:
        found = await ask(liar.url, origin, "A", "B")
    assert found == ((("A", "x", 7),), (("B", None, 8),))


async def test_what_is_no_value_is_invalid_and_leaves_its_neighbours_alone() -> None:
    records = [{"no": "A", "name": {"first": "x"}, "size": [1, 2]}, {"no": "B", "name": "y", "size": 8}]
    origin = {"path": "/r", "keys": "repeated", "parameter": "no"}
    async with lying(json.dumps(records)) as liar:
        ((bad,), (good,)) = await ask(liar.url, origin, "A", "B")
    assert good == ("B", "y", 8)
    assert bad[0] == "A"
    assert all(isinstance(value, Invalid) for value in bad[1:])


async def test_a_day_has_a_parameter_of_its_own() -> None:
    origin = {"path": "/r/{no}", "as_of": "day"}
    async with lying(json.dumps(A)) as liar:
        await ask(liar.url, origin, "A", as_of=date(2010, 1, 31))
        assert first_lines(liar.heads) == ["GET /r/A?day=2010-01-31 HTTP/1.1"]


async def test_a_day_that_cannot_be_asked_for_is_never_left_out() -> None:
    async with lying(json.dumps(A)) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, {"path": "/r/{no}"}, "A", as_of=date(2010, 1, 31))
        assert liar.heads == []


async def test_several_attachments_have_parameters_of_their_own() -> None:
    other = KeyColumns("org", ("org",), (make_codec("String"),))
    origin = {"path": "/r", "parts": {"no": "number", "org": "organisation"}, "records": "list"}
    async with lying('{"list": []}') as liar:
        await ask(liar.url, origin, "A", by=(NO, other))
        lines = first_lines(liar.heads)
    assert sorted(lines) == ["GET /r?number=A HTTP/1.1", "GET /r?organisation=A HTTP/1.1"]


async def test_credentials_of_every_kind_are_sent() -> None:
    async with lying("[]") as liar:
        origin = {"path": "/r/{key}", "query": {"version": 2}}
        await ask(liar.url, origin, "A", query={"appkey": "s3"}, headers={"X-App": "7"}, basic="me:pass")
        (head,) = liar.heads
    assert "/r/A?version=2&appkey=s3" in head
    assert "Basic bWU6cGFzcw==" in head
    assert "X-App: 7" in head


async def test_a_declared_content_type_is_that_of_json_bodies() -> None:
    headers = {"content-type": "application/json;charset=UTF-8"}
    json_ = {"path": "/r", "method": "POST", "keys": "body", "parameter": ""}
    form = {"path": "/r", "method": "POST", "send": "form", "parameter": "k"}
    async with lying("[]") as liar:
        for origin in (json_, form, {"path": "/r/{key}"}):
            await ask(liar.url, origin, "A", headers=headers)
        found = [
            [line for line in head.lower().split("\r\n") if "content-type" in line] for head in liar.heads
        ]
    assert found == [
        ["content-type: application/json;charset=utf-8"],
        ["content-type: application/x-www-form-urlencoded"],
        [],
    ]


async def test_links_are_followed_on_the_same_server_with_our_secrets() -> None:
    async def answer(writer: Any, head: str) -> None:
        following = None if "page=2" in head else "/r?no=A&page=2"
        records = [{**A, "size": 2 if "page=2" in head else 1}]
        writer.write(whole(json.dumps({"list": records, "next": following})))
        await writer.drain()

    pages = {"kind": "link", "next": "next"}
    origin = {"path": "/r", "parameter": "no", "records": "list", "pages": pages}
    async with lying(answer) as liar:
        ((one, two),) = await ask(liar.url, origin, "A", query={"appkey": "s3"})
        assert first_lines(liar.heads)[1] == "GET /r?no=A&page=2&appkey=s3 HTTP/1.1"
    assert (one[2], two[2]) == (1, 2)


@pytest.mark.parametrize("link", ["?page=2", "r?page=2", "/api/r?page=2", "{url}/api/r?page=2"])
async def test_a_link_is_read_from_where_it_stands(link: str) -> None:
    async def answer(writer: Any, head: str) -> None:
        following = None if "page=2" in head else link.format(url=url)
        writer.write(
            whole(json.dumps({"list": [{**A, "size": 2 if "page=2" in head else 1}], "next": following}))
        )
        await writer.drain()

    origin = {"path": "/r", "parameter": "no", "records": "list", "pages": {"kind": "link", "next": "next"}}
    async with lying(answer) as liar:
        url = liar.url
        await ask(f"{liar.url}/api", origin, "A")
        assert first_lines(liar.heads) == ["GET /api/r?no=A HTTP/1.1", "GET /api/r?page=2 HTTP/1.1"]


async def test_a_form_is_posted() -> None:
    async with lying("[]") as liar:
        origin = {"path": "/r", "method": "POST", "send": "form", "parameter": "k", "body": {"type": 1}}
        assert await ask(liar.url, origin, "A", arguments={"full": True}) == ((),)
        (head,) = liar.heads
    assert "content-type: application/x-www-form-urlencoded" in head.lower()


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found", "410 Gone"])
async def test_declared_statuses_mean_no_record(status: str) -> None:
    origin = {"path": "/r/{key}", "no_record_statuses": [404, 410]}
    async with lying(sending(whole("", status=status))) as liar:
        assert await ask(liar.url, origin, "A") == ((),)


@pytest.mark.parametrize("key", ["", ".", "..", "\ud800"])
async def test_a_key_that_a_path_cannot_hold_fails_alone(key: str) -> None:
    async with lying(json.dumps(A)) as liar:
        (first, second) = await ask(liar.url, {"path": "/r/{key}"}, "A", key)
        assert len(liar.heads) == 1
    assert first == (("A", "x", 1),)
    assert isinstance(second, SourceRefused)


async def test_a_key_with_the_separator_is_not_two_keys() -> None:
    origin = {"path": "/r", "keys": "joined", "parameter": "k"}
    async with lying(json.dumps([A])) as liar:
        (first, second) = await ask(liar.url, origin, "A", "B,C")
        assert first_lines(liar.heads) == ["GET /r?k=A HTTP/1.1"]
    assert first == (("A", "x", 1),)
    assert isinstance(second, SourceRefused)


@pytest.mark.parametrize("named", [True, False])
async def test_json_in_gbk_is_read(named: bool) -> None:
    body = json.dumps([{**A, "name": "张三"}], ensure_ascii=False).encode("gb18030")
    headers = "Content-Type: application/json;charset=GBK\r\n" if named else ""
    settings: dict[str, Any] = {} if named else {"encoding": "gb18030"}
    async with lying(sending(whole(body, headers))) as liar:
        ((row,),) = await ask(liar.url, {"path": "/r/{key}"}, "A", **settings)
    assert row[1] == "张三"


XML = {"path": "/r", "keys": "repeated", "parameter": "no", "records": "answer.rows.row"}


async def test_xml_with_attributes_namespaces_and_nothing_else() -> None:
    row = '<n:row><n:no kind="x">A</n:no><n:name>x &amp; y</n:name><n:size> 7\n</n:size></n:row>'
    text = f'<n:answer xmlns:n="urn:n"><n:rows>{row}</n:rows></n:answer>'
    async with lying(text) as liar:
        assert await ask(liar.url, XML, "A", "B", format="xml") == ((("A", "x & y", 7),), ())


@pytest.mark.parametrize("rows", ["<rows/>", "<rows><count>0</count></rows>", "<rows> \n</rows>"])
async def test_xml_without_rows_is_empty(rows: str) -> None:
    async with lying(f"<answer>{rows}</answer>") as liar:
        assert await ask(liar.url, XML, "A", format="xml") == ((),)


ENTITIES = '<!DOCTYPE a [<!ENTITY x SYSTEM "{target}"><!ENTITY y "&x;&x;">]>'
ROW = "<answer><rows><row><no>A</no><name>{name}</name></row></rows></answer>"


@pytest.mark.parametrize(
    "text",
    [
        "<fault/>",
        "<answer><error>no</error></answer>",
        "<answer>",
        "{}",
        "<answer>" + "<rows>" * 200 + "</rows>" * 200 + "</answer>",
        ENTITIES.format(target="file:///etc/hostname") + ROW.format(name="&x;"),
        ENTITIES.format(target="http://127.0.0.1:1/") + ROW.format(name="&y;"),
        '<?xml version="1.0" encoding="no-such"?><answer/>',
    ],
)
async def test_xml_that_is_not_as_declared_is_an_error(text: str) -> None:
    async with lying(text) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, XML, "A", format="xml")


@pytest.mark.parametrize(
    "origin",
    [
        {"path": "/r"},
        {"path": "/r?x=1", "parameter": "no"},
        {"path": "/r", "keys": "body", "parameter": "no"},
        {"path": "/r", "keys": "joined"},
        {"path": "/r", "parameter": "no", "body": {"x": 1}},
        {"path": "/r", "keys": "joined", "parameter": "no", "keyless": True},
        {"path": "/r/{key}", "pages": {"kind": "cursor", "parameter": "after"}},
        {"path": "/r/{key}", "pages": {"kind": "number"}},
        {"path": "/r/{key}", "pages": {"parameter": "page", "size_parameter": "size"}},
        {"path": "/r/{key}", "unknown": 1},
    ],
)
def test_declarations_that_cannot_work_are_refused(origin: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RestOrigin.model_validate(origin)


def test_requests_show_nothing_of_a_key() -> None:
    from connectors.rest.asking import Asking
    from tests.connectors.rest.liar import declared

    origin = RestOrigin.model_validate({"path": "/r/{key}"})
    binding = KeyBinding((NO,), (None,))
    load = Load(declared({}, NO), binding, ((ID,),), ("no",), 0.0)
    _, (request,) = Asking(origin, "/api", binding, ("no",)).requests(load)
    assert request.path == f"/api/r/{ID}"
    assert ID not in repr(request)
    assert ID not in repr(request.written({}, ""))
