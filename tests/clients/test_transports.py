"""Clients of the other transports: graphql-ws and graphql-sse on Node, gql over WebSocket in Python."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import (
    TransportClosed,
    TransportConnectionFailed,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import InvalidStatus

from tests.faults.city import citizen, name_of
from tests.faults.served import Served
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.xdist_group("clients")
PATIENTLY: dict[str, Any] = dict.fromkeys(
    ("connect_timeout", "ack_timeout", "close_timeout"), PATIENCE_SECONDS
)
"""gql's own bounds are 10 s; a pong is missed after half of what is between two pings."""

PERSON = citizen(9)
MALFORMED = PERSON[:-1] + ("1" if PERSON[-1] != "1" else "2")
NAME = "query N($i: CitizenId!) { person(id: $i) { name } }"
KEY = {"authorization": "Bearer desk"}


def url_of(served: Served, path: str = "/graphql") -> str:
    return f"ws://127.0.0.1:{served.port}{path}"


@pytest.fixture(scope="module", params=["sockets.mjs", "events.mjs"])
def seen(request: pytest.FixtureRequest, served: Served, node: Callable[..., Any]) -> Any:
    """What a client made of our answers, over its transport."""
    url = url_of(served) if request.param == "sockets.mjs" else f"{served.url}/graphql"
    return node(request.param, url, "desk", PERSON, MALFORMED)


def test_a_query_is_one_event_and_complete(seen: Any) -> None:
    (result,) = seen["name"]["events"]
    assert result["data"]["person"]["name"] == name_of(9)
    assert seen["iterated"] == seen["name"]["events"]


def test_partial_data_comes_with_its_errors(seen: Any) -> None:
    (result,) = seen["partly"]["events"]
    assert result["data"]["person"] == {"name": name_of(9), "wages": None}
    assert [error["extensions"]["code"] for error in result["errors"]] == ["SOURCE_DOWN"]


def test_a_refused_variable_is_told_with_its_code_and_without_its_value(seen: Any) -> None:
    wrong = seen["wrong"]
    errors = wrong["errors"] if "errors" in wrong else wrong["events"][0]["errors"]
    assert [error["extensions"]["code"] for error in errors] == ["BAD_INPUT"]
    assert MALFORMED not in str(errors)


def test_without_a_key_a_client_is_told_so(seen: Any) -> None:
    assert seen["refused"].get("status") == 401 or seen["refused"]["code"] == 4401


def test_what_sockets_have_besides(served: Served, node: Callable[..., Any]) -> None:
    seen = node("sockets.mjs", url_of(served), "desk", PERSON, MALFORMED)
    assert seen["many"] == 40
    assert seen["pongs"] > 0
    assert seen["fromHandshake"]["events"][0]["data"]["person"]["name"] == name_of(9)


@pytest.mark.parametrize("where", ["payload", "headers"])
async def test_gql_asks_over_a_socket(served: Served, where: str) -> None:
    said: dict[str, Any] = {"init_payload": KEY} if where == "payload" else {"headers": KEY}
    transport = WebsocketsTransport(
        url_of(served), ping_interval=0.05, pong_timeout=PATIENCE_SECONDS, **PATIENTLY, **said
    )
    async with Client(
        transport=transport, fetch_schema_from_transport=True, execute_timeout=PATIENCE_SECONDS
    ) as session:
        request = gql(NAME)
        request.variable_values = {"i": PERSON}
        answers = await asyncio.gather(*(session.execute(request) for _ in range(20)))
        assert answers == [{"person": {"name": name_of(9)}}] * 20
        assert [result async for result in session.subscribe(request)] == answers[:1]
        request.variable_values = {"i": "no identifier"}
        with pytest.raises(TransportQueryError) as caught:
            await session.execute(request)
        assert "no identifier" not in str(caught.value.errors)


async def test_gql_is_told_that_its_key_is_wrong(served: Served) -> None:
    wrong = {"authorization": "Bearer wrong"}
    with pytest.raises((TransportServerError, TransportConnectionFailed, TransportClosed, InvalidStatus)):
        async with Client(transport=WebsocketsTransport(url_of(served), init_payload=wrong, **PATIENTLY)):
            pass
    with pytest.raises((TransportConnectionFailed, InvalidStatus)):
        async with Client(transport=WebsocketsTransport(url_of(served), headers=wrong, **PATIENTLY)):
            pass


async def test_gql_asks_the_open_graph_without_a_key(served: Served) -> None:
    transport = WebsocketsTransport(url_of(served, "/open/graphql"), **PATIENTLY)
    async with Client(transport=transport, execute_timeout=PATIENCE_SECONDS) as session:
        assert (await session.execute(gql("{ catalogue { total } }")))["catalogue"]["total"] == 2
