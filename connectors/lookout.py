"""Sees to what lasts longer than a moment, with one timer for all that began in the same one.

Every request and every call may last too long, and nearly none does. To set a timer for each and to take it
back costs more than the rest of a deadline: 2 µs of CPU with uvloop, and a tenth of that here.
"""

import asyncio
from typing import Protocol

MOMENT_SECONDS = 0.01
"""What began is looked at after one moment to two."""


class Brief(Protocol):
    """What is mostly over in a moment."""

    is_over: bool

    def lasts(self) -> None:
        """Told once, where it is not. Raises nothing."""
        ...


def look_after(one: Brief, loop: asyncio.AbstractEventLoop) -> None:
    """Tell it in one moment to two, unless it is over by then. `loop` is the one that runs."""
    lookout = _lookouts.get(loop) or _new_lookout(loop)
    lookout.began.append(one)
    if not lookout.is_looking:
        lookout.look_later()


class _Lookout:
    """Of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began_before: list[Brief] = []
        self.began: list[Brief] = []
        """Since it looked last."""
        self.is_looking = False

    def look_later(self) -> None:
        self.is_looking = True
        self._loop.call_later(MOMENT_SECONDS, self._look)

    def _look(self) -> None:
        looked_at, self._began_before, self.began = self._began_before, self.began, []
        if self._began_before:
            self.look_later()
        else:
            self.is_looking = False
        for one in looked_at:
            if not one.is_over:
                one.lasts()


_lookouts: dict[asyncio.AbstractEventLoop, _Lookout] = {}


def _new_lookout(loop: asyncio.AbstractEventLoop) -> _Lookout:
    for other in list(_lookouts):
        if other.is_closed():
            _lookouts.pop(other, None)
    lookout = _lookouts[loop] = _Lookout(loop)
    return lookout
