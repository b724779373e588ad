"""Several worker processes: one is killed under load, and nothing that was answered is lost."""

import asyncio
import os
import re
import signal
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from uvicorn.config import STARTUP_FAILURE

from gateway.audit.sqlite import read_events
from gateway.identity.pseudonyms import Pseudonyms
from tests.faults.city import citizen, name_of, write_city
from tests.faults.served import Served, serve
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, until

pytestmark = pytest.mark.xdist_group("faults")

PERSONS = 2_000
CLIENTS = 8
LOOK = "query Look($i: CitizenId!) { person(id: $i) { id name address } }"
PAGE = "query Page($after: String) { fines(first: 1, after: $after) { nodes { number } pageInfo { endCursor } } }"
KEY = {"authorization": "Bearer desk"}
PATIENT_WITH_THE_BUSY = (
    sys.executable,
    "-c",
    f"from gateway.cli import main, workers\nworkers.START_SECONDS = {AGES_SECONDS}\nmain.app()",
)


def workers_of(served: Served) -> set[int]:
    """Processes of ours that the supervisor has started."""
    found = set()
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            parent = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == served.process.pid and b"spawn_main" in command:
            found.add(int(path.name))
    return found


async def more_answers(answered: dict[str, int], looking: list[asyncio.Task[None]]) -> None:
    """Wait until twenty more are answered. Nobody stops looking before."""
    count = len(answered)
    await until(lambda: len(answered) >= count + 20 or any(task.done() for task in looking))
    for task in looking:
        assert not task.done(), task.result()


async def replaced(served: Served, killed: int) -> None:
    """Wait until as many workers as before answer, without the killed one."""
    async with asyncio.timeout(2 * PATIENCE_SECONDS):
        while killed in workers_of(served) or len(workers_of(served)) < 2:
            await asyncio.sleep(0.05)


async def post(served: Served, document: str, variables: dict[str, Any], **headers: str) -> Any:
    """Ask on a connection of its own, and again where the worker behind it has gone."""
    async with asyncio.timeout(2 * PATIENCE_SECONDS):
        while True:
            try:
                async with httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client:
                    body = {"query": document, "variables": variables}
                    return (await client.post("/graphql", json=body, headers=KEY | headers)).json()
            except httpx.TransportError:
                await asyncio.sleep(0.05)


def city_with_pages(folder: Path) -> tuple[Path, dict[str, str]]:
    catalogue = write_city(folder, PERSONS)
    fine = catalogue / "departments/traffic/fine.yaml"
    text = fine.read_text(encoding="utf-8") + "collection: { field: fines }\n"
    fine.write_text(text, encoding="utf-8")
    return catalogue, {"JUTONG_DEMO_DATA": str(folder), "JUTONG_DEMO_LICENCES": "http://127.0.0.1:9"}


async def test_a_killed_worker_is_replaced_and_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    catalogue, settings = city_with_pages(tmp_path)
    answered: dict[str, int] = {}
    with serve(tmp_path, catalogue, "--workers", "2", **settings) as served:
        first = await post(served, PAGE, {})
        assert [node["number"] for node in first["data"]["fines"]["nodes"]] == ["F-0"]
        pseudonym = (await post(served, LOOK, {"i": citizen(0)}))["data"]["person"]["id"]

        async def look_on(number: int) -> None:
            while not stop.is_set():
                request_id, person = f"look-{number:06}", number % PERSONS
                body = await post(served, LOOK, {"i": citizen(person)}, **{"jutong-request-id": request_id})
                assert body["data"]["person"]["name"] == name_of(person)
                answered[request_id] = person
                number += CLIENTS

        stop = asyncio.Event()
        looking = [asyncio.create_task(look_on(number)) for number in range(CLIENTS)]
        before = workers_of(served)
        assert len(before) == 2
        for worker in before:
            await more_answers(answered, looking)
            os.kill(worker, signal.SIGKILL)
            await replaced(served, worker)
        stop.set()
        await asyncio.gather(*looking)
        assert not before & workers_of(served)
        # Cursors and pseudonyms of workers that are gone are good at those that came.
        after = first["data"]["fines"]["pageInfo"]["endCursor"]
        second = await post(served, PAGE, {"after": after})
        assert [node["number"] for node in second["data"]["fines"]["nodes"]] == ["F-1"]
        assert (await post(served, LOOK, {"i": citizen(0)}))["data"]["person"]["id"] == pseudonym
        async with httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client:
            metrics = (await client.get("/metrics")).text
        counted = re.findall(
            r'^jutong_requests_total\{endpoint="share",status="200"\} (\S+)$', metrics, re.MULTILINE
        )
        assert float(counted[0]) >= len(answered)
    names = Pseudonyms((tmp_path / "state/secret").read_bytes())
    subjects: dict[str, set[str]] = defaultdict(set)
    for event in read_events(tmp_path / "state/record.sqlite"):
        subjects[str(event["request_id"])] |= set(event["subjects"])  # type: ignore[call-overload] # texts
    assert len(answered) >= 40
    for request_id, number in answered.items():
        assert names.subject("Person", (citizen(number),)) in subjects[request_id]


async def test_a_worker_that_dies_while_it_is_asked_whether_it_lives_is_replaced_at_once(
    tmp_path: Path,
) -> None:
    """One that is busy is waited for; one that is dead answers no more."""
    catalogue, settings = city_with_pages(tmp_path)
    with serve(tmp_path, catalogue, "--workers", "2", program=PATIENT_WITH_THE_BUSY, **settings) as served:
        worker = workers_of(served).pop()
        os.kill(worker, signal.SIGSTOP)
        await asyncio.sleep(2)  # they are asked twice a second
        assert worker in workers_of(served)
        os.kill(worker, signal.SIGKILL)
        await replaced(served, worker)
        assert (await post(served, PAGE, {}))["data"]


async def test_who_cannot_be_replaced_ends_nobody_else_and_is_tried_again(tmp_path: Path) -> None:
    catalogue, settings = city_with_pages(tmp_path)
    with serve(tmp_path, catalogue, "--workers", "2", **settings) as served:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len([one for one in served.log_lines() if one["event"] == "serving"]) < 2:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)  # until the parent has heard of it, too
        secret, aside = tmp_path / "state/secret", tmp_path / "aside"
        secret.rename(aside)
        worker, other = workers_of(served)
        os.kill(worker, signal.SIGKILL)

        def codes() -> list[object]:
            return [one["exit_code"] for one in served.log_lines() if one["event"] == "worker_died"]

        await until(lambda: STARTUP_FAILURE in codes())
        assert codes()[0] == -signal.SIGKILL
        assert other in workers_of(served)
        assert (await post(served, PAGE, {}))["data"]
        aside.rename(secret)
        await until(lambda: len([one for one in served.log_lines() if one["event"] == "serving"]) == 3)
        assert other in workers_of(served)
        assert served.process.poll() is None


async def test_a_worker_that_hangs_keeps_nobody_from_stopping(tmp_path: Path) -> None:
    catalogue, settings = city_with_pages(tmp_path)
    with serve(tmp_path, catalogue, "--workers", "2", program=PATIENT_WITH_THE_BUSY, **settings) as served:
        workers = workers_of(served)
        os.kill(min(workers), signal.SIGSTOP)
        os.kill(served.process.pid, signal.SIGTERM)
        await asyncio.to_thread(served.process.wait, PATIENCE_SECONDS)
        await until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_workers_end_with_their_parent(tmp_path: Path, end: signal.Signals) -> None:
    catalogue, settings = city_with_pages(tmp_path)
    with serve(tmp_path, catalogue, "--workers", "2", **settings) as served:
        assert (await post(served, PAGE, {}))["data"]
        workers = workers_of(served)
        assert len(workers) == 2
        os.kill(served.process.pid, end)
        served.process.wait(timeout=PATIENCE_SECONDS)
        await until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


async def test_every_worker_follows_the_files(tmp_path: Path) -> None:
    catalogue, settings = city_with_pages(tmp_path)
    with serve(tmp_path, catalogue, "--workers", "2", JUTONG_RELOAD_SECONDS="0.1", **settings) as served:
        company = catalogue / "departments/registry/company.yaml"
        text = company.read_text(encoding="utf-8")
        new = "items:\n  brand: { title: 品牌 — Brand, column: NAME, level: 1 }"
        company.write_text(text.replace("items:", new, 1), encoding="utf-8")
        asked = '{ enterprise(uscc: "91500000DEM000129B") { brand } }'
        in_a_row = 0
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            while in_a_row < 12:  # on connections of their own: of both workers, all but surely
                body = await post(served, asked, {})
                in_a_row = in_a_row + 1 if "errors" not in body else 0
        assert body["data"]["enterprise"]["brand"] == "码头运输"
