"""A semaphore: never more places than there are, first come first served, and none is lost."""

import asyncio
import random

from connectors.semaphore import Semaphore


async def stand(semaphore: Semaphore, seen: list[str], name: str) -> None:
    """Take a place, whenever there is one, and keep it."""
    if not semaphore.try_acquire():
        await semaphore.acquire_in_turn()
    seen.append(name)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_first_in_line_is_the_next() -> None:
    semaphore, seen = Semaphore(1), list[str]()
    tasks = [asyncio.create_task(stand(semaphore, seen, name)) for name in "abc"]
    await settle()
    assert seen == ["a"]
    semaphore.release()
    assert not semaphore.try_acquire()  # it is given already
    await settle()
    assert seen == ["a", "b"]
    semaphore.release()
    await asyncio.gather(*tasks)
    semaphore.release()
    assert semaphore.try_acquire()


async def test_who_leaves_the_line_loses_no_place() -> None:
    semaphore, seen = Semaphore(1), list[str]()
    _, second, third = [asyncio.create_task(stand(semaphore, seen, name)) for name in "abc"]
    await settle()
    second.cancel()
    await settle()
    semaphore.release()
    await third
    assert seen == ["a", "c"]


async def test_a_place_that_is_given_to_who_just_left_goes_on() -> None:
    semaphore, seen = Semaphore(1), list[str]()
    _, second, third = [asyncio.create_task(stand(semaphore, seen, name)) for name in "abc"]
    await settle()
    semaphore.release()  # to the second
    second.cancel()
    await third
    assert seen == ["a", "c"]
    assert second.cancelled()


async def test_there_are_never_more_at_once_than_may_be() -> None:
    semaphore, random_, inside, most = Semaphore(3), random.Random(7), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        if not semaphore.try_acquire():
            await semaphore.acquire_in_turn()
        try:
            inside += 1
            most = max(most, inside)
            for _ in range(random_.randrange(4)):
                await asyncio.sleep(0)
        finally:
            inside -= 1
            semaphore.release()

    tasks = [asyncio.create_task(visit()) for _ in range(200)]
    while not all(task.done() for task in tasks):
        random_.choice(tasks).cancel()
        await asyncio.sleep(0)
    assert most == 3
    assert [semaphore.try_acquire() for _ in range(4)] == [True, True, True, False]
