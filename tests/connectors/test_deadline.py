"""The deadline behaves as asyncio's own: it ends what takes too long, and hides nobody else's cancellation."""

import asyncio
import weakref

import pytest

from connectors.deadline import Until


def soon(seconds: float = 0.01) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_what_takes_too_long_ends_with_a_timeout_and_the_task_goes_on() -> None:
    with pytest.raises(TimeoutError), Until(soon()):
        await asyncio.sleep(60)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_is_over_keeps_nothing_of_its_task() -> None:
    """The coarse timer has it for a tick more, and a task holds all that a request has."""

    async def work() -> None:
        with Until(soon(60)):
            await asyncio.sleep(0)

    task = asyncio.create_task(work())
    await task
    gone = weakref.ref(task)
    del task
    await asyncio.sleep(0)  # the loop holds it while it wakes us
    assert gone() is None


async def test_a_moment_that_has_passed_ends_the_first_wait() -> None:
    with pytest.raises(TimeoutError), Until(soon(-1)):
        await asyncio.sleep(60)


async def test_what_is_done_in_time_is_left_alone() -> None:
    with Until(soon(0.05)):
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)


async def test_an_error_of_its_own_passes() -> None:
    with pytest.raises(LookupError), Until(soon()):
        raise LookupError


async def test_a_cancellation_by_others_stays_one() -> None:
    async def work() -> None:
        with Until(soon(60)):
            await asyncio.sleep(60)

    task = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_by_others_at_the_same_moment_stays_one() -> None:
    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        moment = soon()
        asyncio.get_running_loop().call_at(moment, task.cancel)
        with Until(moment):
            await asyncio.sleep(60)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.ensure_future(work())


async def test_the_inner_of_two_ends_first_and_alone() -> None:
    with Until(soon(60)):
        with pytest.raises(TimeoutError), Until(soon()):
            await asyncio.sleep(60)
        await asyncio.sleep(0)
