"""Who may open a WebSocket and ask on it: keys, handshakes, origins, and rights that go meanwhile."""

from dataclasses import replace
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from schema.policy.model import Policy
from tests.cities import harbour_rows as rows
from tests.gateway.http.served import (
    KEY,
    POLICY,
    Client,
    ServedGraph,
    handshake,
    open_client,
    open_graph,
    status_of,
)
from tests.kit import City, open_city

TOTAL = "{ catalogue { total } }"


@pytest.fixture
def city() -> City:
    return open_city()


async def test_the_key_may_be_said_in_the_first_message(graph: ServedGraph) -> None:
    for payload in (
        {"authorization": "Bearer desk"},
        {"Authorization": "Bearer desk"},
        {"headers": {"Authorization": "Bearer desk"}, "unknown": [1]},
    ):
        async with open_client(graph.port, headers=None) as client:
            await client.init(**payload)
            assert "data" in await client.ask(TOTAL)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, 4401), (None, 4401), ({"authorization": "Bearer wrong"}, 4401), ({"authorization": "desk"}, 4401),
        ({"authorization": 1}, 4400), ({"authorization": "Bearer desk", "Authorization": "Bearer x"}, 4400),
        ({"authorization": "Bearer desk", "jutong-purpose": "ANOTHER"}, 4403),
        ({"authorization": "Bearer desk", "jutong-operator": "a b"}, 4403),
        ({"authorization": "Bearer desk", "jutong-timeout": "soon"}, 4400),
        ({"authorization": "Bearer desk", "jutong-sandbox": "*=down"}, 4400), ([], 4400), ("x", 4400),
    ],
)  # fmt: skip
async def test_who_may_not_ask_is_told_with_the_first_message(
    graph: ServedGraph, payload: Any, code: int
) -> None:
    async with open_client(graph.port, headers=None) as client:
        await client.say(type="connection_init", payload=payload)
        assert await client.closed() == code


async def test_the_key_is_read_from_no_url_and_no_cookie(graph: ServedGraph) -> None:
    cookie = {"cookie": "authorization=Bearer desk"}
    for path in ("/graphql?authorization=Bearer%20desk", "/graphql?access_token=desk"):
        async with open_client(graph.port, cookie, path=path) as client:
            await client.say(type="connection_init")
            assert await client.closed() == 4401


async def test_a_key_that_is_wrong_in_the_handshake_opens_no_socket(graph: ServedGraph) -> None:
    for headers, status in (
        ({"authorization": "Bearer wrong"}, 401),
        ({**KEY, "jutong-purpose": "ANOTHER"}, 403),
    ):
        with pytest.raises(InvalidStatus) as caught:
            async with open_client(graph.port, headers):
                pass
        refused = caught.value.response
        assert refused.status_code == status
        assert b"extensions" in refused.body
        assert refused.headers.get("www-authenticate") == ('Bearer realm="jutong"' if status == 401 else None)
        assert (refused.headers["cache-control"], refused.headers["x-content-type-options"]) == (
            "no-store",
            "nosniff",
        )


async def test_what_the_handshake_says_of_the_caller_holds(graph: ServedGraph, city: City) -> None:
    headers = {**KEY, "jutong-operator": "op-7", "jutong-case": "c-7"}
    for said in ({"authorization": "Bearer visitor"}, {"operator": "op-8"}, {"jutong-case": "c-8"}):
        async with open_client(graph.port, headers) as client:
            await client.say(type="connection_init", payload=said)
            assert await client.closed() == 4400
    async with open_client(graph.port, headers) as client:
        await client.init(operator="op-7")
        await client.ask(f'{{ person(id: "{rows.ZHANG}") {{ name }} }}')
    caller = city.record.events[0].caller
    assert caller.operator is not None
    assert (caller.operator.id, caller.case) == ("op-7", "c-7")


async def test_rights_are_read_anew_for_each_operation(graph: ServedGraph, client: Client) -> None:
    assert "data" in await client.ask(TOTAL)
    left = {name: one for name, one in POLICY.applications.items() if name != "desk"}
    graph.policy[0] = Policy(left)
    (error,) = await client.ask(TOTAL)
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert await client.closed() == 4401


async def test_a_purpose_that_is_taken_away_is_refused(graph: ServedGraph, client: Client) -> None:
    async with open_client(graph.port, {**KEY, "jutong-purpose": "PERMIT"}) as other:
        await other.init()
        desk = replace(POLICY.applications["desk"], purposes=frozenset({"OTHER"}))
        graph.policy[0] = Policy({"desk": desk})
        (error,) = await other.ask(TOTAL)
        assert error["extensions"]["code"] == "PURPOSE_UNKNOWN"
        assert await other.closed() == 4403
    assert "data" in await client.ask(TOTAL)  # one that named no purpose has the only one there is


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        (None, True), ("http://gateway.example", True), ("https://gateway.example", True), ("HTTP://GATEWAY.EXAMPLE", True),
        ("https://portal.example", True), ("https://portal.example:8443", False), ("http://portal.example", False),
        ("https://evil.example", False), ("http://gateway.example.evil.example", False), ("null", False), ("", False),
        ("http://gateway.example:81", False), ("file://", False), ("http://[", False),
    ],
)  # fmt: skip
async def test_pages_of_other_sites_open_no_socket(city: City, origin: str | None, is_let_in: bool) -> None:
    named = frozenset({"https://portal.example"})
    said = "" if origin is None else f"Origin: {origin}\r\n"
    async with open_graph(city.gateway, origins=named) as graph:
        status, body = await status_of(graph.port, handshake(said, "gateway.example"))
    assert status == (101 if is_let_in else 403)
    assert (b"ORIGIN_REFUSED" in body) is not is_let_in


async def test_the_usual_port_need_not_be_said(city: City) -> None:
    async with open_graph(city.gateway) as graph:
        for origin, host, status in (
            ("https://gw.example", "gw.example:443", 101),
            ("https://gw.example:8443", "gw.example:8443", 101),
            ("https://gw.example:8443", "gw.example", 403),
            ("https://gw.example", "gw.example\r\nHost: evil.example", 403),
        ):
            found, _ = await status_of(graph.port, handshake(f"Origin: {origin}\r\n", host))
            assert found == status
