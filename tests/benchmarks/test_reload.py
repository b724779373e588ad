"""Edits of a served city are seen one by one, none fails a request, and the watch tells who kept the loop."""

import asyncio
import time
from pathlib import Path

import orjson
import pytest

from benchmarks import reload
from benchmarks.big_catalogue import write_city
from benchmarks.reload_report import Answered, parts_of
from benchmarks.watched import Watch


def test_every_edit_is_seen_and_no_request_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "GRACE_SECONDS", 1)
    monkeypatch.setattr(reload, "CALM_SECONDS", 0.5)
    results = reload.measure(write_city(tmp_path / "city", 8, 40), tmp_path, rounds=1)
    assert results["failed"] == []
    assert [one["kind"] for one in results["edits"]] == [
        "a title",
        "an item more",
        "a broken file",
        "a repaired file",
    ]
    assert all(one["requests"] > 50 for one in results["parts"])


def test_requests_and_ticks_are_put_to_their_parts() -> None:
    ticks = [8.8, 0.1, 0.2, 0.3, 10.5, 1.0, 2.0, 3.0, 13.5, 0.4, 5, 6]
    watched = {"reloads": [(10.0, 11.0)], "ticks": ticks}
    requests = [Answered(8.5, 9.0), Answered(9.9, 10.1), Answered(13.2, 13.4), Answered(20.0, 21.0)]
    calm, working, going = parts_of(requests, watched, grace_seconds=2, calm_seconds=2)
    assert (calm.requests, working.requests, going.requests) == (2, 1, 1)
    assert (calm.stalls, working.stalls, going.stalls) == ((1, 2, 3), (1, 2, 3), (0.4, 5, 6))
    assert working.longest == pytest.approx(0.2)


async def test_a_loop_that_works_is_told_from_one_that_sleeps(tmp_path: Path) -> None:
    watch = Watch()
    ticking = asyncio.create_task(watch.tick())
    await asyncio.sleep(0.01)
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    await asyncio.sleep(0.01)
    time.sleep(0.05)
    await asyncio.sleep(0.01)
    ticking.cancel()
    watch.write(tmp_path / "notes.json")
    ticks = orjson.loads((tmp_path / "notes.json").read_bytes())["ticks"]
    works = max(ticks[3::4])
    asleep = max(clock - process for clock, process in zip(ticks[1::4], ticks[2::4], strict=True))
    assert works >= 0.05
    assert asleep >= 0.04
