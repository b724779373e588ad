"""A gateway is stopped while it waits for a department that takes longer than it waits itself."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from tests.faults.city import citizen, write_city
from tests.faults.department import open_department
from tests.faults.served import serve
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, until

pytestmark = pytest.mark.xdist_group("faults")

DOCUMENT = "query Look($i: CitizenId!) { person(id: $i) { licences { number } } }"


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_who_waits_is_told_to_ask_again(tmp_path: Path, workers: str) -> None:
    catalogue = write_city(tmp_path, 4)
    with open_department() as department:
        department.delay_seconds = AGES_SECONDS
        settings = {"JUTONG_DEMO_DATA": str(tmp_path), "JUTONG_DEMO_LICENCES": department.url}
        with serve(tmp_path, catalogue, "--workers", workers, **settings) as served:
            async with httpx.AsyncClient(
                base_url=served.url, timeout=PATIENCE_SECONDS, headers={"authorization": "Bearer desk"}
            ) as client:
                asking = [
                    asyncio.create_task(
                        client.post("/graphql", json={"query": DOCUMENT, "variables": {"i": citizen(number)}})
                    )
                    for number in range(4)
                ]
                await until(lambda: len(department.started) == 4)
                served.process.send_signal(signal.SIGTERM)
                answers = await asyncio.gather(*asking)
            assert await asyncio.to_thread(served.process.wait, PATIENCE_SECONDS) == 0
            for answer in answers:
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
                assert answer.json()["errors"][0]["extensions"]["code"] == "STOPPING"
            lines = served.log_lines()
            assert [line["status"] for line in lines if line["event"] == "request"] == [503] * 4
            assert "Traceback" not in served.log.read_text(encoding="utf-8")
