"""A deadline around some lines, for about half of what `asyncio.timeout_at` costs.

Every request and every call to a source has one. asyncio's own is made of coroutines and can be moved;
neither is needed here (measured on Python 3.11 with uvloop: 1.4 µs of CPU against 2.5).
"""

import asyncio
from types import TracebackType


class Until:
    """`with Until(moment):` raises `TimeoutError` there when the moment, on the loop's clock, has passed."""

    __slots__ = ("_cancelling", "_has_passed", "_moment", "_task", "_timer")

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._has_passed = False
        self._timer: asyncio.Handle

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None, "a deadline is a task's"
        self._task = task
        self._cancelling = task.cancelling()
        has_come = self._moment <= loop.time()
        self._timer = loop.call_soon(self._pass) if has_come else loop.call_at(self._moment, self._pass)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if not self._has_passed:
            return
        is_ours = self._task.uncancel() <= self._cancelling  # else somebody else cancelled the task, too
        if is_ours and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _pass(self) -> None:
        self._has_passed = True
        self._task.cancel()
