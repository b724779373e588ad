"""Law 9, kill -9: of every answer with personal data that a client got, the record knows who and whose."""

import asyncio
from collections import defaultdict
from pathlib import Path

import httpx
import pytest

from gateway.audit.sqlite import read_events
from gateway.identity.pseudonyms import Pseudonyms
from tests.faults.city import citizen, name_of, write_city
from tests.faults.department import open_department
from tests.faults.served import Served, serve
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.xdist_group("faults")

PERSONS = 2_000
CLIENTS = 16
ROUNDS = 3
DOCUMENT = """query Look($i: CitizenId!) {
  person(id: $i) { name address licences { number operator { name fines { number } } } } }"""


async def _ask_on(client: httpx.AsyncClient, worker: int, answered: dict[str, int], start: int) -> None:
    """Ask for one person after the other until the gateway is gone; keep what was answered whole."""
    for number in range(start + worker, PERSONS, CLIENTS):
        request_id = f"look-{number}-{start}"
        headers = {"authorization": "Bearer desk", "jutong-request-id": request_id}
        body = {"query": DOCUMENT, "variables": {"i": citizen(number)}}
        try:
            answer = await client.post("/graphql", json=body, headers=headers)
        except httpx.TransportError:
            return
        assert answer.json()["data"]["person"]["name"] == name_of(number)
        answered[request_id] = number


async def _look_until_killed(served: Served, kill_after: int, start: int) -> dict[str, int]:
    answered: dict[str, int] = {}
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=served.url, limits=limits, timeout=PATIENCE_SECONDS) as client:
        asking = [asyncio.ensure_future(_ask_on(client, one, answered, start)) for one in range(CLIENTS)]
        while len(answered) < kill_after:
            await asyncio.sleep(0.005)
            for task in asking:
                if task.done():
                    task.result()
        served.kill()
        await asyncio.gather(*asking)
    return answered


async def test_kill_9_under_load_loses_no_event_of_an_answer(tmp_path: Path) -> None:
    catalogue = write_city(tmp_path, PERSONS)
    answered: dict[str, int] = {}
    with open_department() as department:
        settings = {"JUTONG_DEMO_DATA": str(tmp_path), "JUTONG_DEMO_LICENCES": department.url}
        for round_ in range(ROUNDS):  # the next gateway goes on with the record of the killed one
            with serve(tmp_path, catalogue, **settings) as served:
                answered |= await _look_until_killed(served, 60 + 35 * round_, 500 * round_)
    names = Pseudonyms((tmp_path / "state/secret").read_bytes())
    events = list(read_events(tmp_path / "state/record.sqlite"))
    items: dict[str, set[str]] = defaultdict(set)
    subjects: dict[str, set[str]] = defaultdict(set)
    for event in events:
        request_id = str(event["request_id"])
        items[request_id] |= set(event["items"])  # type: ignore[call-overload] # a list of texts
        subjects[request_id] |= set(event["subjects"])  # type: ignore[call-overload] # a list of texts
        assert (event["application"], event["purpose"], event["operation"]) == ("desk", "PERMIT", "Look")
    assert len(answered) >= 60 + 95 + 130
    for request_id, number in answered.items():
        assert {"registry.household.name:show", "registry.household.address:show"} <= items[request_id]
        assert names.subject("Person", (citizen(number),)) in subjects[request_id]
    assert len(set(answered.values())) > 60 + 95


async def test_what_stops_in_order_has_every_outcome(tmp_path: Path) -> None:
    asked = [f"ordered-{number}" for number in range(20)]
    catalogue = write_city(tmp_path, 20)
    with open_department() as department:
        settings = {"JUTONG_DEMO_DATA": str(tmp_path), "JUTONG_DEMO_LICENCES": department.url}
        with serve(tmp_path, catalogue, **settings) as served:
            async with httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client:
                for number, request_id in enumerate(asked):
                    body = {"query": DOCUMENT, "variables": {"i": citizen(number)}}
                    headers = {"authorization": "Bearer desk", "jutong-request-id": request_id}
                    assert (await client.post("/graphql", json=body, headers=headers)).status_code == 200
    kinds: dict[str, list[str]] = defaultdict(list)
    for event in read_events(tmp_path / "state/record.sqlite"):
        kinds[str(event["request_id"])].append(str(event["kind"]))
    assert list(kinds) == asked
    linked = [
        ["intent", "subjects", "outcome"],
        ["intent", "outcome"],
    ]  # with a licence to follow, and without
    assert all(some in linked for some in kinds.values())
    assert linked[0] in kinds.values()
