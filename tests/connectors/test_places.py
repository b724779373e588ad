"""Places at a source: never more than there are, first come first served, and none is lost."""

import asyncio
import random

from connectors.places import Places


async def stand(places: Places, seen: list[str], name: str) -> None:
    """Take a place, whenever there is one, and keep it."""
    if not places.take():
        await places.wait()
    seen.append(name)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_first_in_line_is_the_next() -> None:
    places, seen = Places(1), list[str]()
    tasks = [asyncio.create_task(stand(places, seen, name)) for name in "abc"]
    await settle()
    assert seen == ["a"]
    places.leave()
    assert not places.take()  # it is given already
    await settle()
    assert seen == ["a", "b"]
    places.leave()
    await asyncio.gather(*tasks)
    places.leave()
    assert places.take()


async def test_who_leaves_the_line_loses_no_place() -> None:
    places, seen = Places(1), list[str]()
    _, second, third = [asyncio.create_task(stand(places, seen, name)) for name in "abc"]
    await settle()
    second.cancel()
    await settle()
    places.leave()
    await third
    assert seen == ["a", "c"]


async def test_a_place_that_is_given_to_who_just_left_goes_on() -> None:
    places, seen = Places(1), list[str]()
    _, second, third = [asyncio.create_task(stand(places, seen, name)) for name in "abc"]
    await settle()
    places.leave()  # to the second
    second.cancel()
    await third
    assert seen == ["a", "c"]
    assert second.cancelled()


async def test_there_are_never_more_at_once_than_places() -> None:
    places, random_, inside, most = Places(3), random.Random(7), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        if not places.take():
            await places.wait()
        try:
            inside += 1
            most = max(most, inside)
            for _ in range(random_.randrange(4)):
                await asyncio.sleep(0)
        finally:
            inside -= 1
            places.leave()

    tasks = [asyncio.create_task(visit()) for _ in range(200)]
    while not all(task.done() for task in tasks):
        random_.choice(tasks).cancel()
        await asyncio.sleep(0)
    assert most == 3
    assert [places.take() for _ in range(4)] == [True, True, True, False]
