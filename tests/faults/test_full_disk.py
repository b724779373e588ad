"""A disk that is full for a while: a gateway that runs says so, is not ready meanwhile, and needs no restart."""

import resource
from pathlib import Path

import pytest

from tests.faults.city import citizen, name_of, write_city
from tests.faults.served import Served, serve
from tests.patience import until
from tests.plain_http import CLIENT

pytestmark = pytest.mark.xdist_group("faults")

LOOK = "query Look($i: CitizenId!) { person(id: $i) { name } }"


def status(served: Served) -> int:
    return CLIENT.get(f"{served.url}/readyz").status_code


def ask(served: Served) -> tuple[int, bytes]:
    body = {"query": LOOK, "variables": {"i": citizen(1)}}
    answer = CLIENT.post(f"{served.url}/graphql", json=body, headers={"authorization": "Bearer desk"})
    return answer.status_code, answer.content


def said(served: Served) -> list[object]:
    return [line["event"] for line in served.log_lines() if str(line["event"]).startswith("record_")]


async def test_a_full_disk_makes_a_gateway_unready_until_there_is_room(tmp_path: Path) -> None:
    settings = {"JUTONG_DEMO_DATA": str(tmp_path), "JUTONG_DEMO_LICENCES": "http://127.0.0.1:9"}
    with serve(tmp_path, write_city(tmp_path, 10), **settings) as served:
        assert ask(served)[0] == 200
        room = (served.state / "record.sqlite-wal").stat().st_size
        before = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        for _ in range(3):
            code, body = ask(served)
            assert code == 503
            assert name_of(1).encode() not in body
        assert status(served) == 503
        assert "jutong_record_unwritable 1.0" in CLIENT.get(f"{served.url}/metrics").text
        resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, before)
        await until(lambda: status(served) == 200)
        assert said(served) == ["record_unwritable", "record_writable"]
        assert ask(served)[0] == 200
