"""Work for a client that may go: when its connection closes, the work is cancelled down to the source."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.types import Receive

from gateway.http.body import ClientGone

WATCH_AFTER_SECONDS = 0.01
"""What is done before is not worth a task that waits for the end of the connection."""

Done = TypeVar("Done")


async def unless_gone(work: Awaitable[Done], receive: Receive) -> Done:
    """Work in this very task until done, or until the client closes the connection: `ClientGone`."""
    watch = _Watch(receive)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.is_gone:
            watch.working.uncancel()
            raise ClientGone from None
        raise
    finally:
        watch.end()


class _Watch:
    """Begins after a moment to wait for the end of the connection, and then cancels the work."""

    def __init__(self, receive: Receive) -> None:
        working = asyncio.current_task()
        assert working is not None
        self.working: asyncio.Task[Any] = working
        self.is_gone = False
        self._receive = receive
        self._watching: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER_SECONDS, self._begin)

    def end(self) -> None:
        self._timer.cancel()
        # A cancelled task keeps the error it ended with, whose traceback leads to `self` and so back to the
        # task: a circle for each request, if it were not forgotten here.
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()

    def _begin(self) -> None:
        self._watching = asyncio.ensure_future(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        self.working.cancel()
