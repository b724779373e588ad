"""Who waits for the end of a connection leaves nothing behind."""

import asyncio
import gc
import weakref
from typing import Any

from gateway.http.disconnect import unless_gone
from tests.patience import until


class _Silent:
    """A client that stays and says nothing."""

    def __init__(self) -> None:
        self.was_asked = asyncio.Event()

    async def __call__(self) -> dict[str, Any]:
        self.was_asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")


async def test_what_is_answered_is_kept_for_no_tick() -> None:
    """The coarse timer has the watch for a tick more; a task and a connection hold all that a request has."""
    client = _Silent()
    task = asyncio.ensure_future(unless_gone(asyncio.sleep(0), client))
    await task
    gone = weakref.ref(task), weakref.ref(client)
    del task, client
    await asyncio.sleep(0)  # the loop holds it while it wakes us
    assert [one() for one in gone] == [None, None]


async def test_a_watch_goes_without_the_collector() -> None:
    gc.disable()
    try:
        client = _Silent()
        await unless_gone(client.was_asked.wait(), client)
        gone = weakref.ref(client)
        del client
        await until(lambda: gone() is None)  # once the watch has been cancelled
    finally:
        gc.enable()
