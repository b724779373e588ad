"""An answer is made while the disk writes the record, and leaves when that is done; or never, if it cannot be."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.audit.event import Event, RecordUnavailable
from gateway.errors import LimitExceeded
from gateway.plan.cost import CostLimits
from gateway.request import Answer
from tests.calls import calls_made
from tests.cities.harbour_rows import ZHANG
from tests.kit import City, KeptRecord, open_city

ONE = f'{{ person(id: "{ZHANG}") {{ name qualifications {{ number }} }} }}'
ASSEMBLY = "<assembly of a plan>"


@dataclass
class SlowRecord(KeptRecord):
    """A recorder whose disk waits to be told."""

    pending: list["asyncio.Future[None]"] = field(default_factory=list)

    def record(self, event: Event) -> asyncio.Future[None]:
        self.events.append(event)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pending.append(done)
        return done


async def asked(city: City, until: Callable[[], bool]) -> "asyncio.Task[Answer]":
    asking = asyncio.ensure_future(city.answer(ONE))
    while not (until() or asking.done()):
        await asyncio.sleep(0)
    return asking


def slow_city() -> tuple[City, SlowRecord]:
    city, record = open_city(), SlowRecord()
    city.gateway.recorder = record
    return city, record


async def test_an_answer_is_made_before_the_disk_is_done_and_leaves_afterwards() -> None:
    city, record = slow_city()
    with calls_made(ASSEMBLY) as made:
        asking = await asked(city, until=lambda: bool(made))
    assert made
    await asyncio.sleep(0.01)
    assert not asking.done()
    for one in record.pending:
        one.set_result(None)
    assert (await asking).status == 200


async def test_an_answer_that_is_made_and_cannot_be_recorded_leaves_nothing_of_itself() -> None:
    city, record = slow_city()
    with calls_made(ASSEMBLY) as made:
        asking = await asked(city, until=lambda: bool(made))
    for one in record.pending:
        one.set_exception(RecordUnavailable("disk full"))
    answer = await asking
    assert answer.status == 503
    assert b'"data"' not in answer.body


async def test_an_answer_that_is_too_large_waits_for_no_disk() -> None:
    city, record = slow_city()
    city.gateway.limits = CostLimits(max_nodes=1)
    answer = await city.answer(ONE)
    assert answer.status == LimitExceeded.status
    for one in record.pending:
        one.set_exception(RecordUnavailable("disk full"))
