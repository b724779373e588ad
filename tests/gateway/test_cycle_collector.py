"""What is young is looked at while requests are served, although as much goes as comes."""

import asyncio
import gc
import sys
from collections import deque

import pytest

from gateway.cycle_collector import SWITCH_SECONDS, aside, serving, yielding
from tests.patience import until


def _young() -> int:
    return len(gc.get_objects(generation=0))


async def test_rows_of_a_full_cache_do_not_pile_up_unseen() -> None:
    kept = deque(
        ([n] for n in range(100_000)), maxlen=100_000
    )  # as a cache does: one goes for each that comes
    gc.collect()
    seen = []
    async with serving():
        for _ in range(20):
            kept.extend([n] for n in range(4_000))
            seen.append(_young())
            await asyncio.sleep(0.05)
    assert max(seen) < 60_000


async def test_rows_that_stay_are_soon_nothing_to_the_collector() -> None:
    """And whatever stays, everything else is not looked at for it."""
    kept = [((number, "a"),) for number in range(10)]
    async with serving():
        whole = gc.get_stats()[2]["collections"]
        for number in range(300):
            kept += [((number, f"{one}"),) for one in range(1_000)]
            await asyncio.sleep(0)
        await until(lambda: not gc.is_tracked(kept[-1]))
        assert not any(map(gc.is_tracked, kept))
        assert gc.get_stats()[2]["collections"] == whole


async def test_serving_leaves_the_collector_as_it_was() -> None:
    before, tasks = gc.get_threshold(), asyncio.all_tasks()
    async with serving():
        assert gc.get_threshold()[0] > before[0]
    await asyncio.sleep(0)
    assert (gc.get_threshold(), asyncio.all_tasks()) == (before, tasks)


def test_work_that_ends_lets_other_work_go_on_uncollected() -> None:
    first, second = aside(), aside()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_who_yields_leaves_the_collector_on() -> None:
    before = sys.getswitchinterval()
    with yielding():
        assert gc.isenabled()
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS, rel=0.01)
        with aside():
            assert not gc.isenabled()
    assert gc.isenabled()
    assert sys.getswitchinterval() == before


async def test_what_is_made_aside_is_not_looked_at() -> None:
    async with serving():
        gc.disable()
        try:
            made = [[n] for n in range(1_000)]
            await asyncio.sleep(0.1)
            young = _young()
        finally:
            gc.enable()
    assert young > len(made)
