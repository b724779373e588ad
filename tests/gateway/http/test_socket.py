"""GraphQL over WebSocket (`graphql-transport-ws`), requirement by requirement, through uvicorn."""

import asyncio
from typing import Any

import pytest
import strawberry
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from gateway.http.conversation import SocketLimits
from schema.types.splice import EntityRef, entity_placeholder
from tests.cities import harbour_rows as rows
from tests.gateway.http.served import (
    KEY,
    POLICY,
    Client,
    ServedGraph,
    Slow,
    open_client,
    open_graph,
    open_streams,
)
from tests.gateway.http.test_http import HOSTILE
from tests.kit import City, open_city
from tests.patience import PATIENCE_SECONDS, leap, until

TOTAL = "{ catalogue { total } }"
Person = entity_placeholder("Person")


@strawberry.type
class Mutation:
    """One hand-written mutation."""

    @strawberry.mutation
    def file(self, number: str) -> Person:  # type: ignore[valid-type] # spliced by name
        return EntityRef("Person", "citizenId", (number,))


pytestmark = pytest.mark.usefixtures("nothing_is_logged_as_an_error")


@pytest.fixture
def city() -> City:
    return open_city(skeletons={"mutation": Mutation})


async def test_queries_and_mutations_are_answered_and_recorded(client: Client, city: City) -> None:
    found = await client.ask("query Look($i: CitizenId!) { person(id: $i) { name } }", {"i": rows.ZHANG})
    assert found["data"] == {"person": {"name": "张伟"}}
    found = await client.ask(f'mutation File {{ file(number: "{rows.ZHANG}") {{ name }} }}')
    assert found["data"] == {"file": {"name": "张伟"}}
    intents = [event for event in city.record.events if event.kind == "intent"]
    assert [event.operation for event in intents] == ["Look", "File"]
    assert len({event.request_id for event in intents}) == 2
    assert {event.caller.application for event in intents} == {"desk"}


async def test_a_refused_document_is_an_error_and_the_socket_goes_on(client: Client) -> None:
    for document in ("{ nonsense }", "{", "query($i: Int!) { catalogue { total } }", "subscription { a }"):
        (error,) = await client.ask(document)
        assert error["extensions"]["code"] in {"VALIDATION_FAILED", "SYNTAX_ERROR", "BAD_INPUT"}
    assert "total" in (await client.ask(TOTAL))["data"]["catalogue"]


async def test_an_operation_is_chosen_by_name(client: Client) -> None:
    document = "query A { catalogue { total } } query B { catalogue { __typename } }"
    await client.say(type="subscribe", id="1", payload={"query": document, "operationName": "B"})
    message = await client.hear()
    assert message["payload"]["data"] == {"catalogue": {"__typename": "CatalogueList"}}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_as_over_http(client: Client, city: City, name: str) -> None:
    for _ in range(2):
        errors = await client.ask(HOSTILE[name])
        assert {error["extensions"]["code"] for error in errors} <= {"LIMIT_EXCEEDED", "COST_EXCEEDED"}
        assert len(str(errors)) < 500
    assert city.loads == []
    assert city.gateway.snapshot.closed.documents.parsed <= 1


async def test_hostile_variables_are_refused_before_any_source(client: Client, city: City) -> None:
    document = "query($ids: [String!]!) { enterprises(ids: $ids) { code enterprise { name } } }"
    for ids, code in (([f"{n}" for n in range(9_000)], "COST_EXCEEDED"), ([[]] * 9_000, "BAD_INPUT")):
        errors = await client.ask(document, {"ids": ids})
        assert {error["extensions"]["code"] for error in errors} == {code}
        assert len(str(errors)) < 5_000
    assert city.loads == []


async def test_another_protocol_is_refused(graph: ServedGraph) -> None:
    async with open_client(graph.port, protocols=[]) as client:
        assert client.socket.subprotocol is None
        assert await client.closed() == 4406
    async with open_client(graph.port, protocols=["graphql-ws"]) as client:
        assert await client.closed() == 4406
    async with open_client(graph.port, protocols=["graphql-ws", "graphql-transport-ws"]) as client:
        assert client.socket.subprotocol == "graphql-transport-ws"


async def test_operations_need_the_first_message(graph: ServedGraph) -> None:
    async with open_client(graph.port) as client:
        await client.subscribe("1", TOTAL)
        assert await client.closed() == 4401


NO_PINGS: dict[str, Any] = {"ws_ping_interval": None}
"""Uvicorn's, which would take a clock that leaps for a client that is gone."""


@pytest.mark.asyncio(loop_factories=["leaping"])
async def test_the_first_message_is_waited_for_and_comes_once(city: City) -> None:
    async with open_graph(city.gateway, SocketLimits(init_seconds=1_000), **NO_PINGS) as graph:
        async with open_client(graph.port, ping_interval=None) as client:
            leap(900)
            await client.say(type="ping")
            assert await client.hear() == {"type": "pong"}
            leap(100)
            assert await client.closed() == 4408
        async with open_client(graph.port, ping_interval=None) as client:
            await client.init()
            await client.say(type="connection_init")
            assert await client.closed() == 4429


async def test_pings_are_answered(client: Client) -> None:
    for payload in ({}, {"of": "the client"}):
        await client.say(type="ping", payload=payload)
        assert await client.hear() == {"type": "pong"}
    await client.say(type="pong")
    assert "data" in await client.ask(TOTAL)


async def test_many_operations_share_a_socket() -> None:
    slow = Slow(seconds=0.2)
    async with open_graph(slow) as graph, open_client(graph.port) as client:
        await client.init()
        for number in range(50):
            await client.subscribe(f"{number}", TOTAL)
        heard = [await client.hear() for _ in range(100)]
    assert slow.started == 50
    for number in range(50):
        kinds = [message["type"] for message in heard if message["id"] == f"{number}"]
        assert kinds == ["next", "complete"]


async def test_an_id_under_way_closes_the_socket_and_one_that_ended_is_free(client: Client) -> None:
    for _ in range(3):
        assert "data" in await client.ask(TOTAL, id_="same")
    async with open_graph(Slow()) as graph, open_client(graph.port) as other:
        await other.init()
        await other.subscribe("same", TOTAL)
        await other.subscribe("same", TOTAL)
        assert await other.closed() == 4409


async def test_operations_past_the_bound_are_refused() -> None:
    slow = Slow()
    limits = SocketLimits(max_operations=3)
    async with open_graph(slow, limits) as graph, open_client(graph.port) as client:
        await client.init()
        for number in range(5):
            await client.subscribe(f"{number}", TOTAL)
        refused = [await client.hear(), await client.hear()]
        assert [(one["id"], one["type"]) for one in refused] == [("3", "error"), ("4", "error")]
        assert refused[0]["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert slow.started == 3
        await client.say(type="complete", id="0")
        await until(lambda: slow.cancelled == 1)
        await client.subscribe("5", TOTAL)
        await until(lambda: slow.started == 4)
    await until(lambda: slow.cancelled == 4)


@pytest.mark.asyncio(loop_factories=["leaping"])
async def test_completing_cancels_one_operation_and_leaves_the_others() -> None:
    slow = Slow(seconds=1_000)
    async with (
        open_graph(slow, timeout_seconds=10_000, **NO_PINGS) as graph,
        open_client(graph.port, ping_interval=None) as client,
    ):
        await client.init()
        await client.subscribe("goes", TOTAL)
        await client.subscribe("stays", TOTAL)
        await until(lambda: slow.started == 2)
        await client.say(type="complete", id="goes")
        await client.say(type="complete", id="nobody's")
        await until(lambda: slow.cancelled == 1)
        leap(1_000)
        assert [(await client.hear())["id"] for _ in range(2)] == ["stays", "stays"]
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}
    assert slow.cancelled == 1


@pytest.mark.parametrize("ends", ["close", "abort"])
async def test_a_client_that_goes_cancels_all(ends: str) -> None:
    slow = Slow()
    async with open_graph(slow) as graph, open_client(graph.port) as client:
        await client.init()
        for number in range(3):
            await client.subscribe(f"{number}", TOTAL)
        await until(lambda: slow.started == 3)
        if ends == "abort":
            client.socket.transport.abort()
        else:
            await client.socket.close()
        await until(lambda: slow.cancelled == 3)


async def test_an_operation_ends_at_its_deadline(city: City) -> None:
    seen: list[float] = []

    class Executor(Slow):
        async def answer(self, ask: Any) -> Any:
            seen.append(ask.deadline - asyncio.get_running_loop().time())
            return await super().answer(ask)

    async with open_graph(Executor(0), timeout_seconds=1_000) as graph:
        async with open_client(graph.port) as client:
            await client.init()
            await client.ask(TOTAL)
        async with open_client(graph.port) as client:
            await client.init(**{"jutong-timeout": "500"})
            await client.ask(TOTAL)
    assert 1_000 - PATIENCE_SECONDS < seen[0] < 1_001
    assert 500 - PATIENCE_SECONDS < seen[1] < 501


@pytest.mark.asyncio(loop_factories=["leaping"])
async def test_a_socket_for_which_nothing_is_asked_closes(city: City) -> None:
    limits = SocketLimits(idle_seconds=1_000)
    async with (
        open_graph(city.gateway, limits, **NO_PINGS) as graph,
        open_client(graph.port, ping_interval=None) as client,
    ):
        await client.init()
        for _ in range(3):
            leap(600)
            assert "data" in await client.ask(TOTAL)
        leap(600)
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}
        leap(600)
        assert await client.closed() == 1000


@pytest.mark.asyncio(loop_factories=["leaping"])
async def test_a_socket_is_not_idle_while_an_operation_is_under_way() -> None:
    slow = Slow(1_500)
    async with (
        open_graph(slow, SocketLimits(idle_seconds=1_000), **NO_PINGS) as graph,
        open_client(graph.port, ping_interval=None) as client,
    ):
        await client.init()
        await client.subscribe("a", TOTAL)
        await until(lambda: slow.started == 1)
        leap(1_200)
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}
        leap(400)
        assert [(await client.hear())["type"] for _ in range(2)] == ["next", "complete"]
        leap(700)  # past what was armed while it ran, and not idle for long enough
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}
        leap(400)
        assert await client.closed() == 1000


async def test_sockets_past_the_bound_are_refused(city: City) -> None:
    async with open_graph(city.gateway, SocketLimits(max_sockets=2)) as graph:
        async with open_client(graph.port) as first, open_client(graph.port):
            assert open_streams("websocket") == 2
            with pytest.raises(InvalidStatus) as caught:
                async with open_client(graph.port):
                    pass
            assert caught.value.response.status_code == 503
            assert b"LIMIT_EXCEEDED" in caught.value.response.body
            await first.init()
        async with open_client(graph.port) as client:
            await client.init()
            assert open_streams("websocket") == 1
        await until(lambda: open_streams("websocket") == 0)


async def test_each_operation_has_its_id_and_its_line_without_anything_of_a_message(city: City) -> None:
    asked = f'{{ person(id: "{rows.ZHANG}") {{ name }} }}'
    with capture_logs() as logged:
        async with open_graph(city.gateway) as graph:
            headers = {**KEY, "jutong-request-id": "look-2026.a"}
            async with open_client(graph.port, headers) as client:
                assert client.socket.response is not None
                assert client.socket.response.headers["jutong-request-id"] == "look-2026.a"
                await client.init(note=rows.ZHANG)
                await client.ask(asked, id_=rows.ZHANG)
                await client.ask("{ nonsense }", {"i": rows.ZHANG})
            await until(lambda: logged[-1]["event"] == "socket_closed")
    lines = [line for line in logged if line["event"] == "request"]
    assert [line["request_id"] for line in lines] == ["look-2026.a.1", "look-2026.a.2"]
    assert {(line["method"], line["status"], line["endpoint"]) for line in lines} == {
        ("WEBSOCKET", 200, "share")
    }
    assert (logged[-1]["operations"], logged[-1]["code"]) == (2, 1000)
    assert rows.ZHANG not in str(logged)
    assert {event.request_id for event in city.record.events} == {"look-2026.a.1"}


async def test_a_fault_of_ours_gives_an_id_and_no_text() -> None:
    class Broken:
        async def answer(self, ask: object) -> Any:
            raise RuntimeError("a secret of ours")

    async with open_graph(Broken()) as graph, open_client(graph.port) as client:
        await client.init()
        with capture_logs() as logged:
            (error,) = await client.ask(TOTAL)
        (fault,) = [line for line in logged if line["event"] == "fault"]
        assert error["extensions"] == {"code": "INTERNAL_ERROR", "errorId": fault["error_id"]}
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}


async def test_a_fault_outside_of_an_operation_closes_the_socket(city: City) -> None:
    with capture_logs() as logged:
        async with open_graph(city.gateway) as graph, open_client(graph.port, headers=None) as client:
            graph.policy.clear()
            await client.say(type="connection_init", payload=KEY)
            assert await client.closed() == 4500
            assert client.socket.close_reason == "Internal server error"
            graph.policy.append(POLICY)
    assert [line["event"] for line in logged] == ["fault", "socket_closed"]


async def test_a_client_that_closes_as_a_server_would_is_gone() -> None:
    slow = Slow()
    async with open_graph(slow) as graph, open_client(graph.port) as client:
        await client.init()
        await client.subscribe("1", TOTAL)
        await until(lambda: slow.started == 1)
        await client.socket.close(1012)
        await until(lambda: slow.cancelled == 1)


async def test_a_server_that_stops_finishes_what_is_under_way() -> None:
    slow = Slow(seconds=1)
    async with open_graph(slow) as graph, open_client(graph.port) as busy, open_client(graph.port) as idle:
        await busy.init()
        await idle.init()
        await busy.subscribe("1", TOTAL)
        await until(lambda: slow.started == 1)
        graph.server.should_exit = True
        assert await idle.closed() == 1012
        assert [(await busy.hear())["type"] for _ in range(2)] == ["next", "complete"]
        assert await busy.closed() == 1012
    assert slow.cancelled == 0
