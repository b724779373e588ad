"""How long tests wait for what must happen, and a clock that they move on by themselves.

A wait ends when what it waits for is there, so that patience costs nothing while all is well. Nothing that a
test wants to see ended may end by itself meanwhile: it lasts until it is ended, or longer than `AGES_SECONDS`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_SECONDS = 120
"""On a machine that is slow, busy, or both."""
AGES_SECONDS = 1_000
"""Longer than anybody waits: what takes so long is over in time only if somebody ends it."""

T = TypeVar("T")


def soon(seconds: float = PATIENCE_SECONDS) -> float:
    """A deadline in the loop that runs; who is to meet it is not meant to be late."""
    return asyncio.get_running_loop().time() + seconds


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def comes(awaited: Awaitable[T]) -> T:
    """What is awaited, which comes."""
    return await asyncio.wait_for(awaited, PATIENCE_SECONDS)


class LeapingLoop(asyncio.SelectorEventLoop):
    """asyncio's loop, whose clock can be moved on."""

    ahead_seconds = 0.0

    def time(self) -> float:
        """What the clock says, and what was leapt over."""
        return super().time() + self.ahead_seconds


def leap(seconds: float) -> None:
    """Move on the clock of the loop that runs, and with it all its timers."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    loop.ahead_seconds += seconds
