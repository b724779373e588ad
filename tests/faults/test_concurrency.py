"""Hundreds at once over real HTTP: nobody's answer has anything of another's, and who leaves costs nothing."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest

from tests.faults.city import FLEET, citizen, name_of, write_city
from tests.faults.department import Department, open_department
from tests.faults.served import Served, serve
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, until

pytestmark = pytest.mark.xdist_group("faults")

PERSONS = 300
WHOLE = """query W($i: CitizenId!) { person(id: $i) {
  id name address licences { number operator { name fines { number } } } wages { month } } }"""
THROUGH_CORE = """query C($i: CitizenId!) { __schema { queryType { name } } catalogue { total }
  person(id: $i) { name licences { number } } }"""
TWO = """query T($i: CitizenId!, $j: CitizenId!) {
  a: person(id: $i) { id name wages { month } } b: person(id: $j) { name address } }"""
MANY = "query M($k: [String!]!) { persons(ids: $k) { code person { name licences { number } } } }"
REFUSED = "query R($i: CitizenId!) { person(id: $i) { name nonsense } }"
WRONG = "query X($i: CitizenId!) { person(id: $i) { name } }"


@dataclass(frozen=True)
class Asked:
    """One request, complete."""

    key: str
    body: bytes
    quiet: bool


def asked(count: int) -> list[Asked]:
    """Requests of all callers for all kinds of answers, no two about the same person and document."""
    chosen = random.Random(7)
    requests: list[Asked] = []
    for number in range(count):
        i, j = citizen(number), citizen(chosen.randrange(PERSONS + 50))
        document, variables = chosen.choice(
            [
                (WHOLE, {"i": i}),
                (WHOLE, {"i": i}),
                (THROUGH_CORE, {"i": i}),
                (TWO, {"i": i, "j": j}),
                (MANY, {"k": [i, j, "rubbish", i]}),
                (REFUSED, {"i": i}),
                (WRONG, {"i": number}),
            ]
        )
        key = chosen.choice(["desk", "desk", "clerk", "stranger", "nobody"])
        body = orjson.dumps({"query": document, "variables": variables})
        requests.append(Asked(key, body, chosen.random() < 0.3))
    return requests


@pytest.fixture(scope="module")
def department() -> Iterator[Department]:
    with open_department() as opened:
        yield opened


@pytest.fixture(scope="module", params=["rest-native", "rest-aiohttp", "graphql-native"])
def served(
    request: pytest.FixtureRequest, department: Department, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """With either HTTP client towards the department, whichever of both languages it speaks."""
    folder: Path = tmp_path_factory.mktemp("quay")
    kind, client = request.param.split("-")
    catalogue = write_city(folder, PERSONS, speaks_graphql=kind == "graphql")
    settings = {
        "JUTONG_DEMO_DATA": str(folder),
        "JUTONG_DEMO_LICENCES": department.url,
        "JUTONG_DEMO_CLIENT": client,
    }
    with serve(folder, catalogue, **settings) as opened:
        yield opened


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=served.url, limits=limits, timeout=PATIENCE_SECONDS) as opened:
        yield opened


MOMENT = re.compile(rb'"(asOf|fetchedAt)":"[^"]+"')
"""When a source was read: all that may differ between two answers."""


async def answer(client: httpx.AsyncClient, one: Asked) -> tuple[int, bytes]:
    headers = {"authorization": f"Bearer {one.key}", "content-type": "application/json"}
    if one.quiet:
        headers["jutong-errors"] = "states"
    found = await client.post("/graphql", content=one.body, headers=headers)
    return found.status_code, MOMENT.sub(rb'"\1":0', found.content)


async def leave(served: Served, one: Asked, when: float | Callable[[], bool]) -> None:
    """Ask, and close the connection after some seconds, or once something holds, without an answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head(one, len(one.body)) + one.body)
    await writer.drain()
    if isinstance(when, float):
        await asyncio.sleep(when)
    else:
        await until(when)
    writer.transport.abort()


def head(one: Asked, length: int) -> bytes:
    return (
        f"POST /graphql HTTP/1.1\r\nHost: quay\r\nAuthorization: Bearer {one.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def test_answers_at_once_equal_the_ones_given_alone(
    served: Served, client: httpx.AsyncClient, department: Department
) -> None:
    requests = asked(600)
    alone = [await answer(client, one) for one in requests]
    department.delay_seconds = 0.01
    order = list(range(len(requests)))
    random.Random(8).shuffle(order)
    leaving = [leave(served, requests[n], n % 9 / 300) for n in order[:150]]
    together, _ = await asyncio.gather(
        asyncio.gather(*(answer(client, requests[n]) for n in order)), asyncio.gather(*leaving)
    )
    department.delay_seconds = 0
    assert [n for n, found in zip(order, together, strict=True) if found != alone[n]] == []
    texts = b"".join(body for _, body in alone)
    assert {status for status, _ in alone} == {200, 401}
    for code in (b"SOURCE_DOWN", b"DENIED", b"VALIDATION_FAILED", b"BAD_INPUT", b"MALFORMED"):
        assert code in texts


async def test_an_answer_holds_nobody_but_whom_it_is_about(client: httpx.AsyncClient) -> None:
    def about(number: int) -> Asked:
        return Asked("desk", orjson.dumps({"query": WHOLE, "variables": {"i": citizen(number)}}), quiet=False)

    answers = await asyncio.gather(*(answer(client, about(number)) for number in range(PERSONS)))
    for number, (_, body) in enumerate(answers):
        person = orjson.loads(body)["data"]["person"]
        assert person["name"] == name_of(number)
        numbers = [licence["number"] for licence in person["licences"]]
        assert numbers == ([] if citizen(number).endswith("X") else [f"L-{citizen(number)[-5:]}"])


async def test_rights_never_mix(client: httpx.AsyncClient) -> None:
    body = orjson.dumps({"query": WHOLE, "variables": {"i": citizen(1)}})
    keys = ["desk", "clerk", "stranger"] * 60
    answers = await asyncio.gather(*(answer(client, Asked(key, body, quiet=True)) for key in keys))
    seen: dict[str, set[tuple[object, ...]]] = {}
    for key, (_, found) in zip(keys, answers, strict=True):
        person = orjson.loads(found)["data"]["person"]
        assert person["wages"] is None
        seen.setdefault(key, set()).add((person["id"], person["name"], person["address"]))
    ids = {id_ for ((id_, *_),) in (tuple(found) for found in seen.values())}
    assert len(ids) == len(seen)  # a pseudonym per application
    shown = {key: [values[1:] for values in found] for key, found in seen.items()}
    assert shown["desk"] == [(name_of(1), "某路1弄")]
    assert shown["clerk"] == [(name_of(1), None)]
    assert shown["stranger"] == [(None, None)]


async def test_a_client_that_leaves_ends_the_work_down_to_the_source(
    served: Served, client: httpx.AsyncClient, department: Department
) -> None:
    department.started.clear()
    department.abandoned.clear()
    department.delay_seconds = AGES_SECONDS
    document = "query L($i: CitizenId!) { person(id: $i) { licences { number } } }"
    leaving = [
        Asked("desk", orjson.dumps({"query": document, "variables": {"i": citizen(n)}}), quiet=False)
        for n in range(10)
    ]
    await asyncio.gather(*(leave(served, one, lambda: len(department.started) == 10) for one in leaving))
    await until(lambda: department.open == 0)
    department.delay_seconds = 0
    assert sorted(department.started) == sorted(department.abandoned) == sorted(map(citizen, range(10)))
    assert (await answer(client, leaving[0]))[0] == 200


async def test_one_of_two_that_wait_for_the_same_may_leave(
    served: Served, client: httpx.AsyncClient, department: Department
) -> None:
    department.started.clear()
    department.abandoned.clear()
    department.delay_seconds = 1.5
    body = orjson.dumps({"query": WHOLE, "variables": {"i": citizen(77)}})
    one = Asked("desk", body, quiet=False)
    stays = asyncio.ensure_future(answer(client, one))
    await asyncio.gather(*(leave(served, one, 0.5) for _ in range(5)))
    status, found = await stays
    department.delay_seconds = 0
    assert status == 200
    assert orjson.loads(found)["data"]["person"]["licences"][0]["operator"]["name"] == "码头运输"
    assert department.abandoned == []


async def test_no_identifier_is_in_log_or_record(served: Served, client: httpx.AsyncClient) -> None:
    await answer(client, asked(1)[0])
    stored = b"".join(path.read_bytes() for path in served.state.iterdir()) + served.log.read_bytes()
    for number in range(PERSONS):
        assert citizen(number).encode() not in stored
        assert f'"{name_of(number)}"'.encode() not in stored
    assert FLEET.encode() not in served.log.read_bytes()
