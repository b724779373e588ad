"""The record: durable, shared syncs, append-only, and nothing answered is lost to kill -9."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.audit.event import Event, RecordUnavailable
from gateway.audit.sqlite import SqliteRecorder, read_events
from tests.kit import DESK


def event(number: int) -> Event:
    return Event(
        "intent", f"r-{number}", datetime.now(UTC), DESK, "Q", ("a.b.c:show",), (f"Person:1:{number}",)
    )


async def test_what_was_recorded_is_there(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    await recorder.record(event(1))
    await recorder.aclose()
    (found,) = read_events(tmp_path / "record.sqlite")
    assert found["request_id"] == "r-1"
    assert found["application"] == "desk"
    assert found["purpose"] == "PERMIT"
    assert found["items"] == ["a.b.c:show"]
    assert found["subjects"] == ["Person:1:1"]


async def test_many_share_one_transaction(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    await asyncio.gather(*(recorder.record(event(number)) for number in range(200)))
    await recorder.aclose()
    assert len(read_events(tmp_path / "record.sqlite")) == 200
    assert recorder.groups < 100


async def test_the_record_is_append_only(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path)
    await recorder.record(event(1))
    await recorder.aclose()
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM event", "UPDATE event SET operation = ''", "DELETE FROM subject"):
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            connection.execute(statement)
    connection.close()


async def test_a_closed_record_refuses(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    await recorder.aclose()
    with pytest.raises(RecordUnavailable):
        await recorder.record(event(1))


WRITER = """
import asyncio, sys
from pathlib import Path
from gateway.audit.sqlite import SqliteRecorder
from tests.gateway.test_record import event

async def main():
    recorder = SqliteRecorder(Path(sys.argv[1]))
    async def one(worker):
        number = worker
        while True:
            await recorder.record(event(number))
            print(number, flush=True)
            number += 8
    await asyncio.gather(*(one(worker) for worker in range(8)))

asyncio.run(main())
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(300)]
    os.kill(process.pid, signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()
    kept = {str(found["request_id"]) for found in read_events(path)}
    assert {f"r-{number}" for number in acknowledged} <= kept
