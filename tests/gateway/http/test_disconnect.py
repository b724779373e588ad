"""Who waits for the end of a connection leaves nothing behind."""

import asyncio
import gc
import weakref
from typing import Any

from connectors.coarse_timer import TICK_SECONDS
from gateway.http.disconnect import unless_gone


class _Silent:
    """A client that stays and says nothing."""

    def __init__(self) -> None:
        self.was_asked = False

    async def __call__(self) -> dict[str, Any]:
        self.was_asked = True
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")


async def test_a_watch_goes_without_the_collector() -> None:
    gc.disable()
    try:
        client = _Silent()
        await unless_gone(asyncio.sleep(4 * TICK_SECONDS), client)
        assert client.was_asked
        gone = weakref.ref(client)
        del client
        await asyncio.sleep(0.01)  # the watch is cancelled
        assert gone() is None
    finally:
        gc.enable()
