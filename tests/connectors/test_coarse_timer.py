"""What lasts is told so, once; what is over is left alone, and kept by nobody."""

import asyncio
import gc
import weakref

from connectors.coarse_timer import TICK_SECONDS, call_on_tick


class Work:
    def __init__(self) -> None:
        self.is_over = False
        self.told_at: list[float] = []

    def on_tick(self) -> None:
        self.told_at.append(asyncio.get_running_loop().time())


def begin() -> Work:
    work = Work()
    call_on_tick(work, asyncio.get_running_loop())
    return work


async def test_what_lasts_is_told_once_and_what_is_over_never() -> None:
    began = asyncio.get_running_loop().time()
    lasting, over = begin(), begin()
    over.is_over = True
    await asyncio.sleep(5 * TICK_SECONDS)
    (told,) = lasting.told_at
    assert TICK_SECONDS * 0.9 <= told - began < TICK_SECONDS * 4
    assert over.told_at == []


async def test_it_looks_again_after_a_pause_and_while_others_go_on_beginning() -> None:
    for _ in range(2):
        first = begin()
        for _ in range(10):
            begin().is_over = True
            await asyncio.sleep(TICK_SECONDS / 2)
        assert len(first.told_at) == 1
        await asyncio.sleep(4 * TICK_SECONDS)


async def test_what_fails_when_told_does_not_end_the_looking() -> None:
    loop, failed = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, about: failed.append(about["exception"]))

    class Broken(Work):
        def on_tick(self) -> None:
            raise LookupError

    call_on_tick(Broken(), loop)
    await asyncio.sleep(TICK_SECONDS * 1.5)
    work = begin()
    await asyncio.sleep(4 * TICK_SECONDS)
    assert len(failed) == 1
    assert len(work.told_at) == 1


async def test_nothing_is_kept() -> None:
    gc.disable()
    try:
        work = begin()
        gone = weakref.ref(work)
        del work
        await asyncio.sleep(4 * TICK_SECONDS)
        assert gone() is None
    finally:
        gc.enable()


def test_each_loop_has_its_own() -> None:
    async def lasts() -> bool:
        work = begin()
        await asyncio.sleep(4 * TICK_SECONDS)
        return len(work.told_at) == 1

    async def leaves_at_once() -> None:
        begin()

    for run in (lasts, leaves_at_once, lasts):
        assert asyncio.run(run()) is not False
