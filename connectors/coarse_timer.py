"""A coarse timer: one for all that began in the same tick, instead of one for each.

Every request and every call may last too long, and nearly none does. To set a timer for each and to take it
back costs more than the rest of a deadline: 2 µs of CPU with uvloop, and a tenth of that here.
"""

import asyncio
from typing import Protocol

TICK_SECONDS = 0.01


class Timed(Protocol):
    """What is mostly over before its tick comes."""

    is_over: bool

    def on_tick(self) -> None:
        """Called once, where it is not over. Raises nothing."""
        ...


def call_on_tick(one: Timed, loop: asyncio.AbstractEventLoop) -> None:
    """Call its `on_tick` in one tick to two, unless it is over by then. `loop` is the one that runs."""
    timer = _timers.get(loop) or _new_timer(loop)
    timer.began.append(one)
    if not timer.is_set:
        timer.set()


class _CoarseTimer:
    """Of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: list[Timed] = []
        """At the next tick."""
        self.began: list[Timed] = []
        """Since the last tick: due at the one after the next."""
        self.is_set = False

    def set(self) -> None:
        self.is_set = True
        self._loop.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        due, self._due, self.began = self._due, self.began, []
        if self._due:
            self.set()
        else:
            self.is_set = False
        for one in due:
            if not one.is_over:
                one.on_tick()


_timers: dict[asyncio.AbstractEventLoop, _CoarseTimer] = {}


def _new_timer(loop: asyncio.AbstractEventLoop) -> _CoarseTimer:
    for other in list(_timers):
        if other.is_closed():
            _timers.pop(other, None)
    timer = _timers[loop] = _CoarseTimer(loop)
    return timer
