"""Places: no more than there are, in order, and none is lost where somebody leaves."""

import asyncio

import pytest

from connectors.places import Places


async def waiting(places: Places) -> "asyncio.Task[None]":
    task = asyncio.create_task(places.wait())
    await asyncio.sleep(0)
    return task


async def test_those_who_wait_come_in_order_before_who_comes_now() -> None:
    places = Places(1)
    assert places.take_free()
    first, second = await waiting(places), await waiting(places)
    places.give()
    assert not places.take_free()
    await first
    assert not second.done()
    places.give()
    await second
    places.give()
    assert places.take_free()
    assert not places.take_free()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_place_of_who_leaves_goes_to_the_next(when: str) -> None:
    places = Places(1)
    assert places.take_free()
    first, second = await waiting(places), await waiting(places)
    if when == "before":
        first.cancel()
        places.give()
    else:
        places.give()
        first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    places.give()
    assert places.take_free()
