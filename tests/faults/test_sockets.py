"""Sockets and streams of a served gateway: cancelled down to the source, revoked, stopped, in several processes."""

import asyncio
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from websockets.exceptions import InvalidStatus

from gateway.audit.sqlite import read_events
from gateway.identity.identify import key_hash
from gateway.identity.pseudonyms import Pseudonyms
from tests.faults.city import citizen, name_of, write_city
from tests.faults.department import Department, open_department
from tests.faults.served import Served, serve
from tests.gateway.http.served import KEY, open_client
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, until
from tests.plain_http import CLIENT

pytestmark = pytest.mark.xdist_group("faults")

LICENCES = "query Licences($i: CitizenId!) { person(id: $i) { licences { number } } }"
NAME = "query Name($i: CitizenId!) { person(id: $i) { name } }"


@pytest.fixture(scope="module")
def department() -> Iterator[Department]:
    with open_department() as opened:
        yield opened


@pytest.fixture
def slow(department: Department) -> Iterator[Department]:
    """The department takes its time for the length of a test."""
    department.started.clear()
    department.abandoned.clear()
    department.delay_seconds = AGES_SECONDS
    yield department
    department.delay_seconds = 0


def settings_of(folder: Path, department: Department) -> dict[str, str]:
    return {"JUTONG_DEMO_DATA": str(folder), "JUTONG_DEMO_LICENCES": department.url}


@pytest.fixture(scope="module")
def served(department: Department, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("quay")
    settings = {**settings_of(folder, department), "JUTONG_RELOAD_SECONDS": "0.2"}
    with serve(folder, write_city(folder, 50), **settings) as opened:
        yield opened


async def test_completing_ends_the_work_down_to_the_source(served: Served, slow: Department) -> None:
    async with open_client(served.port) as client:
        await client.init()
        for number in range(5):
            await client.subscribe(f"{number}", LICENCES, {"i": citizen(number)})
        await until(lambda: len(slow.started) == 5)
        for number in range(4):
            await client.say(type="complete", id=f"{number}")
        await until(lambda: len(slow.abandoned) == 4)
        assert slow.open == 1
        found = await client.ask(NAME, {"i": citizen(1)})  # and the socket goes on
        assert found["data"]["person"]["name"] == name_of(1)
    await until(lambda: slow.open == 0)
    assert sorted(slow.abandoned) == sorted(map(citizen, range(5)))


@pytest.mark.parametrize("transport", ["socket", "stream"])
async def test_a_client_that_is_killed_ends_the_work_down_to_the_source(
    served: Served, slow: Department, transport: str
) -> None:
    if transport == "socket":
        async with open_client(served.port) as client:
            await client.init()
            await client.subscribe("1", LICENCES, {"i": citizen(7)})
            await until(lambda: slow.open == 1)
            client.socket.transport.abort()
    else:
        _, writer = await asyncio.open_connection("127.0.0.1", served.port)
        body = orjson.dumps({"query": LICENCES, "variables": {"i": citizen(7)}})
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: quay\r\nAuthorization: Bearer desk\r\nAccept: text/event-stream\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        await until(lambda: slow.open == 1)
        writer.transport.abort()
    await until(lambda: slow.open == 0)
    assert slow.abandoned == [citizen(7)]


async def test_the_open_graph_needs_no_key(served: Served) -> None:
    async with open_client(served.port, headers=None, path="/open/graphql") as client:
        await client.init()
        found = await client.ask("{ catalogue { total } }")
        assert found["data"]["catalogue"]["total"] == 2
        errors = await client.ask(NAME, {"i": citizen(1)})
        assert {error["extensions"]["code"] for error in errors} == {"VALIDATION_FAILED"}


async def test_a_path_that_is_no_graph_opens_no_socket(served: Served) -> None:
    for path in ("/", "/graphql/", "/livez", "/metrics", "/graphiql"):
        with pytest.raises(InvalidStatus) as caught:
            async with open_client(served.port, path=path):
                pass
        assert caught.value.response.status_code == 404


async def test_operations_are_counted_and_logged_as_over_http(served: Served) -> None:
    before = await counted(served)
    async with open_client(served.port) as client:
        await client.init()
        await client.ask(NAME, {"i": citizen(2)}, id_=citizen(3))
        await client.ask("{ nonsense }")
    assert await counted(served) == before + 2
    text = served.log.read_text(encoding="utf-8")
    assert citizen(2) not in text
    assert citizen(3) not in text
    assert "Traceback" not in text
    assert '"socket_closed"' in text


async def counted(served: Served) -> float:
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        text = (await client.get(f"{served.url}/metrics")).text
    found = re.findall(r'^jutong_requests_total\{endpoint="share",status="200"\} (\S+)', text, re.MULTILINE)
    return float(found[0]) if found else 0


async def test_a_key_that_is_revoked_is_refused_on_an_open_socket(served: Served) -> None:
    path = served.state.parent / "catalogue/access/clerk.yaml"
    text = path.read_text(encoding="utf-8")
    async with (
        open_client(served.port, {"authorization": "Bearer clerk"}) as client,
        open_client(served.port) as other,
    ):
        await client.init()
        await other.init()
        found = await client.ask(NAME, {"i": citizen(1)})
        assert found["data"]["person"]["name"] == name_of(1)
        _put(path, text.replace(key_hash("clerk"), key_hash("another key")))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while "data" in (found := await client.ask(NAME, {"i": citizen(1)})):
                    await asyncio.sleep(0.05)
            assert found[0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert await client.closed() == 4401
            found = await other.ask(NAME, {"i": citizen(1)})
            assert found["data"]["person"]["name"] == name_of(1)
        finally:
            _put(path, text)


async def test_a_right_that_is_taken_away_counts_at_once(served: Served) -> None:
    path = served.state.parent / "catalogue/access/clerk.yaml"
    text = path.read_text(encoding="utf-8")
    await _until_known(served)
    async with open_client(served.port, {"authorization": "Bearer clerk"}) as client:
        await client.init()
        _put(path, text.replace('"registry.household.name"', '"traffic.fine.*"'))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (found := await client.ask(NAME, {"i": citizen(1)}))["data"]["person"]["name"]:
                    await asyncio.sleep(0.05)
            assert found["errors"][0]["extensions"]["code"] == "DENIED"
        finally:
            _put(path, text)


def _put(path: Path, text: str) -> None:
    """Put a file in place at once: who reads half of it takes the clerk for nobody."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


async def _until_known(served: Served) -> None:
    """Wait until the clerk's key is good again."""

    def is_known() -> bool:
        body = {"query": "{ catalogue { total } }"}
        headers = {"authorization": "Bearer clerk"}
        return CLIENT.post(f"{served.url}/graphql", json=body, headers=headers).status_code == 200

    await until(is_known)


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


async def _stop(folder: Path, department: Department, *arguments: str) -> list[int]:
    """Ask on a socket, stop the gateway, and give the codes of the closes. Others are refused at once: what is
    asked of nobody would be lost with an answer due.
    """
    with serve(folder, write_city(folder, 20), *arguments, **settings_of(folder, department)) as served:
        department.delay_seconds = 3
        try:
            async with open_client(served.port) as busy, open_client(served.port) as idle:
                await busy.init()
                await idle.init()
                await busy.subscribe("1", LICENCES, {"i": citizen(1)})
                await until(lambda: department.open > 0)
                served.process.send_signal(signal.SIGTERM)
                codes = [await idle.closed()]
                await until(lambda: _refuses(served.port))
                assert department.open > 0
                found = await busy.hear()
                assert found["payload"]["data"]["person"]["licences"] is not None
                codes.append(await busy.closed())
        finally:
            department.delay_seconds = 0
        assert served.process.wait(timeout=PATIENCE_SECONDS) in {0, -signal.SIGTERM}
    return codes


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_gateway_that_stops_answers_what_is_under_way(
    tmp_path: Path, department: Department, workers: int
) -> None:
    assert await _stop(tmp_path, department, "--workers", f"{workers}") == [1012, 1012]
    outcomes = [one for one in read_events(tmp_path / "state/record.sqlite") if one["kind"] == "outcome"]
    assert len(outcomes) == 1


async def test_several_processes_answer_and_record(tmp_path: Path, department: Department) -> None:
    catalogue = write_city(tmp_path, 50)
    settings = settings_of(tmp_path, department)
    with serve(tmp_path, catalogue, "--workers", "2", **settings) as served:

        async def look(number: int) -> None:
            headers = {**KEY, "jutong-request-id": f"look-{number:06}"}
            async with open_client(served.port, headers) as client:
                await client.init()
                found = await client.ask(NAME, {"i": citizen(number)})
                assert found["data"]["person"]["name"] == name_of(number)

        await asyncio.gather(*(look(number) for number in range(50)))
    names = Pseudonyms((tmp_path / "state/secret").read_bytes())
    events = {str(one["request_id"]): one for one in read_events(tmp_path / "state/record.sqlite") if one["kind"] == "intent"}  # fmt: skip
    assert set(events) == {f"look-{number:06}.1" for number in range(50)}
    for number in range(50):
        assert events[f"look-{number:06}.1"]["subjects"] == [names.subject("Person", (citizen(number),))]
