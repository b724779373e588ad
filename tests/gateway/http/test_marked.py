"""A sandbox over the other transports: marked wherever it answers, and with its switches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.exceptions import InvalidStatus

from tests.faults.city import citizen, write_city
from tests.faults.served import Served, serve
from tests.gateway.http.served import KEY, open_client
from tests.plain_http import CLIENT

pytestmark = pytest.mark.xdist_group("faults")

NAME = "query Name($i: CitizenId!) { person(id: $i) { name licences { number } } }"
PERSON = {"i": citizen(1)}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("quay")
    with serve(folder, write_city(folder, 1), "--sandbox") as opened:
        yield opened


def stream(served: Served, query: str, path: str = "/graphql", **headers: str) -> httpx.Response:
    given = {**KEY, "accept": "text/event-stream", **headers}
    body = {"query": query, "variables": PERSON}
    return CLIENT.post(f"{served.url}{path}", json=body, headers=given)


def data_of(answer: httpx.Response) -> Any:
    event, last = answer.text.split("\n\n")[:2]
    assert last == "event: complete\ndata: "
    return orjson.loads(event.removeprefix("event: next\ndata: "))


def test_each_event_is_marked(sandbox: Served) -> None:
    for query in (NAME, "{ nonsense }"):
        answer = stream(sandbox, query)
        assert answer.headers["jutong-sandbox"] == "synthetic"
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert data_of(answer)["extensions"]["sandbox"] is True
    assert data_of(stream(sandbox, NAME))["data"]["person"]["name"]
    refused = stream(sandbox, NAME, authorization="Bearer wrong")
    assert (refused.status_code, refused.json()["extensions"]["sandbox"]) == (401, True)
    down = data_of(stream(sandbox, NAME, **{"jutong-sandbox": "traffic.licence=down"}))
    assert [error["extensions"]["code"] for error in down["errors"]] == ["SOURCE_DOWN"]


async def test_each_message_is_marked(sandbox: Served) -> None:
    async with open_client(sandbox.port) as client:
        assert client.socket.response is not None
        assert client.socket.response.headers["jutong-sandbox"] == "synthetic"
        await client.init()
        found = await client.ask(NAME, PERSON)
        assert found["data"]["person"]["name"]
        assert found["extensions"]["sandbox"] is True
        (error,) = await client.ask("{ nonsense }")
        assert error["extensions"] == {"code": "VALIDATION_FAILED", "sandbox": True}


async def test_a_refused_handshake_is_marked(sandbox: Served) -> None:
    for path, status in (("/graphql", 401), ("/nowhere", 404)):
        with pytest.raises(InvalidStatus) as caught:
            async with open_client(sandbox.port, {"authorization": "Bearer wrong"}, path=path):
                pass
        answer = caught.value.response
        assert answer.status_code == status
        assert answer.headers["jutong-sandbox"] == "synthetic"
        assert orjson.loads(answer.body)["extensions"] == {"sandbox": True}


async def test_states_are_switched_on_for_a_socket(sandbox: Served) -> None:
    async with open_client(sandbox.port, headers=None) as client:
        await client.init(authorization="Bearer desk", headers={"Jutong-Sandbox": "traffic.licence=down"})
        for _ in range(2):
            found = await client.ask(NAME, PERSON)
            assert [error["extensions"]["code"] for error in found["errors"]] == ["SOURCE_DOWN"]
    async with open_client(sandbox.port) as client:
        await client.init(**{"jutong-sandbox": "nothing.there=down"})
        (error,) = await client.ask(NAME, PERSON)
        assert error["extensions"]["code"] == "BAD_INPUT"


async def test_the_open_graph_is_marked_too(sandbox: Served) -> None:
    total = "{ catalogue { total } }"
    assert data_of(stream(sandbox, total, "/open/graphql"))["extensions"]["sandbox"] is True
    async with open_client(sandbox.port, headers=None, path="/open/graphql") as client:
        await client.init()
        assert (await client.ask(total))["extensions"]["sandbox"] is True
