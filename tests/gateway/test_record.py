"""The record: durable, shared syncs, append-only, and nothing answered is lost to kill -9."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from connectors.errors import SourceError, SourceUnavailable
from gateway.audit import sqlite
from gateway.audit.event import Event, RecordUnavailable
from gateway.audit.outcome import CLIENT_GONE
from gateway.audit.sqlite import MAX_GROUP, MAX_READ, SqliteRecorder, Timing, read_events
from gateway.telemetry.metrics import REGISTRY_OF_ALL
from tests.calls import calls_made
from tests.cities import harbour_rows as rows
from tests.kit import ANONYMOUS, DESK, City, Silent, open_city
from tests.patience import AGES_SECONDS, comes, leap, until


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
    assert len(list(read_events(tmp_path / "record.sqlite"))) == 200
    assert recorder.groups < 100


async def test_a_record_is_read_in_pieces(tmp_path: Path) -> None:
    """What is written meanwhile is read as well."""
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path)
    await asyncio.gather(*(recorder.record(event(number)) for number in range(2 * MAX_READ)))
    events = read_events(path)
    first = next(events)
    await recorder.record(event(2 * MAX_READ))
    assert [one["number"] for one in (first, *events)] == list(range(1, 2 * MAX_READ + 2))
    await recorder.aclose()


async def test_who_begins_in_a_later_round_of_the_loop_shares_the_transaction(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite", Timing(gather_seconds=AGES_SECONDS))

    async def record_in(rounds: int) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)
        await recorder.record(event(rounds))

    await asyncio.gather(*map(record_in, range(50)))  # each round brings one; then one brings none
    assert recorder.groups == 1
    await recorder.aclose()


def test_what_one_loop_has_left_goes_in_the_next(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")

    async def leave() -> None:
        recorder.note(event(1))
        recorder.record(event(2))  # gathered in the next round, which does not come

    async def go_on() -> None:
        await comes(recorder.record(event(3)))

    with asyncio.Runner() as first:
        loop = first.get_loop()
        loop.call_soon(loop.stop)
        leaving = loop.create_task(leave())
        loop.run_forever()
        assert leaving.done()
    with asyncio.Runner() as second:
        second.run(go_on())
    recorder.close()
    assert [found["request_id"] for found in read_events(tmp_path / "record.sqlite")] == ["r-1", "r-2", "r-3"]


@pytest.mark.parametrize(("seconds", "together"), [(0.0, 1), (AGES_SECONDS, MAX_GROUP)])
async def test_nobody_waits_for_ever_for_those_who_come(
    tmp_path: Path, seconds: float, together: int
) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path, Timing(gather_seconds=seconds, note_seconds=AGES_SECONDS))
    first = recorder.record(event(0))
    number = 0
    while not first.done():  # every round of the loop brings another one
        await asyncio.sleep(0)
        recorder.note(event(number := number + 1))
    assert len(list(read_events(path))) == together
    await recorder.aclose()


async def test_the_record_is_append_only(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path)
    await recorder.record(event(1))
    await recorder.aclose()
    _cannot_be_changed(path)


def _cannot_be_changed(path: Path) -> None:
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM record", "UPDATE record SET event = ''"):
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            connection.execute(statement)
    connection.close()


ONCE = (
    "CREATE TABLE event (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, request_id TEXT NOT NULL,"
    " at TEXT NOT NULL, application TEXT NOT NULL, audience TEXT NOT NULL, purpose TEXT, operator TEXT,"
    " unit TEXT, case_no TEXT, operation TEXT NOT NULL, items TEXT NOT NULL, detail TEXT NOT NULL{subjects}) STRICT;"
    "CREATE TRIGGER event_keeps BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'no'); END;"
    "CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'no'); END;"
    "INSERT INTO event (kind, request_id, at, application, audience, operation, items, detail) VALUES"
    " ('intent', 'r-0', '2026-01-02T03:04:05+00:00', 'desk', 'share', 'Q', '[\"a.b.c:show\"]', '{{\"a\":1}}');"
)
IN_THE_TABLE = ONCE.format(subjects=""", subjects TEXT NOT NULL DEFAULT '["Person:1:a","Person:1:b"]'""")
IN_A_TABLE_OF_THEIR_OWN = ONCE.format(subjects="") + (
    "CREATE TABLE subject (name TEXT NOT NULL, number INTEGER NOT NULL REFERENCES event(number),"
    " PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER subject_stays BEFORE DELETE ON subject BEGIN SELECT RAISE(ABORT, 'no'); END;"
    "INSERT INTO subject VALUES ('Person:1:b', 1), ('Person:1:a', 1);"
)


@pytest.mark.parametrize("once", [IN_THE_TABLE, IN_A_TABLE_OF_THEIR_OWN], ids=["with", "without"])
async def test_a_record_that_was_begun_in_tables_goes_on(tmp_path: Path, once: str) -> None:
    path = tmp_path / "record.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(once)
    connection.close()
    recorder = SqliteRecorder(path)
    await recorder.record(event(1))
    await recorder.aclose()
    old, new = read_events(path)
    assert (old["number"], old["request_id"], old["at"]) == (1, "r-0", "2026-01-02T03:04:05+00:00")
    assert (old["items"], old["detail"], old["purpose"]) == (["a.b.c:show"], {"a": 1}, None)
    assert old["subjects"] == ["Person:1:a", "Person:1:b"]
    assert (new["number"], new["request_id"], new["subjects"]) == (2, "r-1", ["Person:1:1"])
    _cannot_be_changed(path)


async def test_a_closed_record_refuses(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    await recorder.aclose()
    with pytest.raises(RecordUnavailable):
        await recorder.record(event(1))


async def test_a_note_that_comes_after_the_end_is_told(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    await recorder.aclose()
    with capture_logs() as logged:
        recorder.note(event(1))
    assert [(one["event"], one["request_id"]) for one in logged] == [("note_lost", "r-1")]


async def test_a_noted_event_is_written_soon_and_nobody_waits(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path)
    for number in range(100):
        recorder.note(event(number))
    assert recorder.groups == 0
    await recorder.record(event(100))  # takes the notes along: one transaction, in order
    assert [found["request_id"] for found in read_events(path)] == [f"r-{n}" for n in range(101)]
    assert recorder.groups == 1
    recorder.note(event(101))
    leap(Timing().note_seconds)
    await until(lambda: len(list(read_events(path))) == 102)
    recorder.note(event(102))
    await recorder.aclose()
    assert len(list(read_events(path))) == 103


async def test_an_event_that_cannot_be_written_is_refused_and_the_next_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path)
    with pytest.raises(RecordUnavailable):
        await recorder.record(structs.replace(event(1), operation="\ud800"))
    await recorder.record(event(2))
    await recorder.aclose()
    assert [found["request_id"] for found in read_events(path)] == ["r-2"]


async def test_an_event_that_cannot_be_written_fails_nobody_else_of_its_group(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path)
    recorder.note(structs.replace(event(0), request_id="\ud800"))
    bad, wrong = (
        structs.replace(event(1), operation="\ud800"),
        structs.replace(event(2), detail={"no": object()}),
    )
    done = await asyncio.gather(
        *(recorder.record(one) for one in (event(3), bad, wrong, event(4))), return_exceptions=True
    )
    await recorder.aclose()
    assert recorder.groups == 1
    assert [type(one) for one in done] == [type(None), RecordUnavailable, RecordUnavailable, type(None)]
    assert [found["request_id"] for found in read_events(path)] == ["r-3", "r-4"]


async def test_a_locked_record_refuses_in_time(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    recorder = SqliteRecorder(path, Timing(lock_seconds=0.2))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordUnavailable):
        await comes(recorder.record(event(1)))
    other.execute("ROLLBACK")
    other.close()
    await recorder.record(event(2))
    await recorder.aclose()


async def test_what_is_moved_or_removed_is_no_record_until_it_is_back(tmp_path: Path) -> None:
    path, aside = tmp_path / "record.sqlite", tmp_path / "aside"
    recorder = SqliteRecorder(path, Timing(probe_seconds=0.01))
    await comes(recorder.record(event(1)))
    path.replace(aside)
    with capture_logs() as logged:
        with pytest.raises(RecordUnavailable):
            await comes(recorder.record(event(2)))
        path.touch()
        with pytest.raises(RecordUnavailable):
            await comes(recorder.record(event(3)))
        aside.replace(path)
        await until(lambda: recorder.is_writable)
    assert [(one["event"], one.get("error")) for one in logged] == [
        ("record_unwritable", "RecordMoved"),
        ("record_writable", None),
    ]
    await comes(recorder.record(event(4)))
    await recorder.aclose()
    assert {"r-1", "r-4"} <= {found["request_id"] for found in read_events(path)}


async def test_that_it_cannot_be_written_and_can_again_is_said_once_each(tmp_path: Path) -> None:
    timing = Timing(lock_seconds=0.01, probe_seconds=0.01)
    recorder = SqliteRecorder(tmp_path / "record.sqlite", timing)
    other = sqlite3.connect(tmp_path / "record.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with capture_logs() as logged:
        for number in range(3):
            with pytest.raises(RecordUnavailable):
                await comes(recorder.record(event(number)))
        assert not recorder.is_writable
        assert REGISTRY_OF_ALL.get_sample_value("jutong_record_unwritable") == 1
        other.execute("ROLLBACK")
        other.close()
        await until(lambda: recorder.is_writable)  # nobody has to ask
    assert [(one["event"], one.get("error")) for one in logged] == [
        ("record_unwritable", "SQLITE_BUSY"),
        ("record_writable", None),
    ]
    assert REGISTRY_OF_ALL.get_sample_value("jutong_record_unwritable") == 0
    await recorder.record(event(3))
    await recorder.aclose()
    assert [found["request_id"] for found in read_events(tmp_path / "record.sqlite")] == ["r-3"]


async def ended(document: str, city: City, **options: Any) -> Event:
    """Ask, and give the one outcome."""
    await city.answer(document, **options)
    (outcome,) = city.record.notes
    assert outcome.kind == "outcome"
    assert {found.request_id for found in city.record.events} == {outcome.request_id}
    return outcome


async def test_the_outcome_says_how_it_ended() -> None:
    faults: dict[str, SourceError] = {"registry.marriage": SourceUnavailable("down")}
    city = open_city(faults=faults)
    outcome = await ended(
        f"""query Q {{ person(id: "{rows.ZHANG}") {{ name address registry {{ marriages {{ certificateNo }} }}
              qualifications(first: 2) {{ number }} education {{ enrolments {{ school }} }} }} }}""",
        city,
    )
    detail = dict(outcome.detail)
    assert detail.pop("milliseconds") >= 0
    assert detail == {
        "status": 200,
        "states": {"DENIED": 1, "NO_RECORD": 1, "SOURCE_DOWN": 1},
        "rows": {"education.enrolment": 0, "registry.household": 1, "transport.qualification": 2},
        "failed": {"registry.marriage": {"SOURCE_DOWN": 1}},
    }
    assert outcome.operation == "Q"


async def test_what_is_only_used_is_not_counted_as_disclosed() -> None:
    outcome = await ended(
        f'{{ person(id: "{rows.CHILD}") {{ education {{ enrolments {{ school }} }} }} }}', open_city()
    )
    assert outcome.detail["rows"] == {"education.enrolment": 3}


async def test_an_answer_nobody_waits_for_has_its_outcome_too() -> None:
    city = open_city()
    source = city.sources["registryDb"]
    silent = source.inner = Silent(source.inner)
    asking = asyncio.ensure_future(city.answer(f'{{ person(id: "{rows.ZHANG}") {{ name }} }}'))
    await comes(silent.asked.wait())
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (outcome,) = city.record.notes
    assert outcome.detail["status"] == CLIENT_GONE
    assert outcome.detail["rows"] == {}


async def test_notes_of_many_requests_share_one_timer(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    clock = asyncio.get_running_loop().time
    began = clock()
    with calls_made(sqlite.__file__) as made:
        for number in range(50):
            await recorder.record(event(number))
            recorder.note(event(number))
        await asyncio.sleep(2 * Timing().note_seconds)
    spent = clock() - began
    await recorder.aclose()
    assert len(list(read_events(tmp_path / "record.sqlite"))) == 100
    rounds = made.count("SqliteRecorder._hand_over_noted")
    assert 1 <= rounds <= 1 + spent / Timing().note_seconds


async def test_what_needs_no_record_has_no_outcome() -> None:
    city = open_city()
    await city.answer(f'{{ enterprise(uscc: "{rows.FLEET}") {{ name }} }}', caller=ANONYMOUS)
    await city.answer("{ nonsense }")
    assert city.record.notes == []


async def test_the_docs_name_every_column_and_kind(tmp_path: Path) -> None:
    recorder = SqliteRecorder(tmp_path / "record.sqlite")
    await recorder.record(event(1))
    await recorder.aclose()
    (found,) = read_events(tmp_path / "record.sqlite")
    text = (Path(__file__).parents[2] / "docs/audit.md").read_text(encoding="utf-8")
    table = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {name for cell in table for name in re.findall(r"`(\w+)`", cell)} == {
        *found,
        *get_args(get_type_hints(Event)["kind"]),
    }


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
