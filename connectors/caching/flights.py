"""Calls to a source that are under way: who asks the same at once waits together.

A call belongs to none of those who wait for it: one's deadline or cancellation never ends another's. It is
cancelled when the last of them has left.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import Struct

from connectors.deadline import Until
from connectors.errors import SourceTimeout, SourceUnavailable
from connectors.requests import Load
from connectors.results import Loaded


class Flight(Struct, eq=False):
    """One call, and how many wait for it."""

    _task: "asyncio.Task[Loaded]"
    _key: Any
    _flights: "dict[Any, Flight]"
    _waiters: int = 0

    @property
    def has_landed(self) -> bool:
        """Whether the source has answered, or never will."""
        return self._task.done()

    def board(self, landed: Callable[[Any], None]) -> None:
        """Wait, too: `landed` is called when the call is over. Who has boarded leaves in the end."""
        self._waiters += 1
        self._task.add_done_callback(landed)

    def leave(self, landed: Callable[[Any], None]) -> None:
        """Wait no longer."""
        self._task.remove_done_callback(landed)
        self._waiters -= 1
        if self._waiters == 0:
            self._task.cancel()
            if self._flights.get(self._key) is self:
                del self._flights[self._key]

    def end(self) -> None:
        """Cancel the call, whoever waits for it."""
        self._task.cancel()

    def loaded(self) -> Loaded:
        """What the source answered, once it has. Raises `SourceError`."""
        if self._task.cancelled():
            raise SourceUnavailable("the source was closed")
        return self._task.result()

    async def wait(self) -> Loaded:
        """Board, wait and leave."""
        landing = asyncio.get_running_loop().create_future()

        def landed(_: Any) -> None:
            if not landing.done():
                landing.set_result(None)

        self.board(landed)
        try:
            await landing
        finally:
            self.leave(landed)
        return self.loaded()


class Flights:
    """The calls of one source."""

    def __init__(self) -> None:
        self._flights: dict[Any, Flight] = {}

    def start(
        self, key: Any, load: Load, call: Callable[[Load], Coroutine[Any, Any, Loaded]]
    ) -> Flight | None:
        """Start a call; `None` where the same one is under way."""
        flight = self._flights.get(key)
        if flight is not None and not flight.has_landed:
            return None
        task = asyncio.get_running_loop().create_task(call(load))
        flight = self._flights[key] = Flight(task, key, self._flights)
        return flight

    async def share(
        self, key: Any, load: Load, call: Callable[[Load], Coroutine[Any, Any, Loaded]]
    ) -> Loaded:
        """The answer of the call that is under way, or of one that begins now.

        Who starts it is bounded by the call itself, which has the same deadline. Who joined and has more
        time left when that passes asks again.
        """
        clock = asyncio.get_running_loop().time
        while True:
            started = self.start(key, load, call)
            if started is not None:
                return await started.wait()
            try:
                with Until(load.deadline):
                    return await self._flights[key].wait()
            except TimeoutError as error:
                raise SourceTimeout("the deadline passed") from error
            except SourceTimeout:
                if load.deadline <= clock():
                    raise

    def end(self) -> None:
        """Cancel all of them."""
        for flight in list(self._flights.values()):
            flight.end()
