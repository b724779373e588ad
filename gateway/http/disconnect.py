"""Work for a client that may go: when its connection closes, the work is cancelled down to the source."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.types import Receive

from connectors.coarse_timer import call_on_tick
from gateway.http.body import ClientGone

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
    """Begins to wait for the end of the connection where the work lasts, and then cancels it."""

    __slots__ = ("_receive", "_watching", "is_gone", "is_over", "working")

    def __init__(self, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        working = asyncio.current_task(loop)
        assert working is not None
        self.working: asyncio.Task[Any] = working
        self.is_gone = self.is_over = False
        self._receive = receive
        self._watching: asyncio.Task[None] | None = None
        call_on_tick(self, loop)

    def on_tick(self) -> None:
        """Begin."""
        self._watching = asyncio.ensure_future(self._wait())

    def end(self) -> None:
        self.is_over = True
        del self.working, self._receive  # the timer has this one yet: it would keep the request for a tick
        # A cancelled task keeps the error it ended with, whose traceback leads to `self` and so back to the
        # task: a circle for each request, if it were not forgotten here.
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        self.working.cancel()
