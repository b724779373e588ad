"""A deadline around some lines, for a fourth of what `asyncio.timeout_at` costs.

Every request and every call to a source has one. asyncio's own is made of coroutines, can be moved, and sets
its timer at once; here it is set for what outlasts a tick (`connectors/coarse_timer.py`).
"""

import asyncio
from types import TracebackType

from connectors.coarse_timer import TICK_SECONDS, call_on_tick


class Until:
    """`with Until(moment):` raises `TimeoutError` there when the moment, on the loop's clock, has passed."""

    __slots__ = ("_cancelling", "_has_passed", "_moment", "_task", "_timer", "is_over", "seconds")

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._has_passed = self.is_over = False
        self._timer: asyncio.Handle | None = None
        self.seconds = 0.0
        """How many there were at the beginning."""

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None, "a deadline is a task's"
        self._task = task
        self._cancelling = task.cancelling()
        self.seconds = left = self._moment - loop.time()
        if left > 2 * TICK_SECONDS:
            call_on_tick(self, loop)
        elif left > 0:
            self.on_tick()
        else:
            self._timer = loop.call_soon(self._pass)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over, task = True, self._task
        del self._task  # the coarse timer has this one yet: it would keep the task for a tick
        if self._timer is not None:
            self._timer.cancel()
        if not self._has_passed:
            return
        is_ours = task.uncancel() <= self._cancelling  # else somebody else cancelled the task, too
        if is_ours and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def on_tick(self) -> None:
        """Set the timer."""
        self._timer = self._task.get_loop().call_at(self._moment, self._pass)

    def _pass(self) -> None:
        self._has_passed = True
        self._task.cancel()
