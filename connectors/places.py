"""Places at a source, of which there are only so many: those who come too late wait in order.

What `asyncio.Semaphore` does, but taking a place that is free, the usual case, is one plain call.
"""

import asyncio
from collections import deque


class Places:
    """At most `count` are taken at once."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take_free(self) -> bool:
        """Take a place if one is free, which is never so while somebody waits."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Take the next place that is given back, after those who waited before."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():  # it was given to us when we had already left
                self.give()
            raise

    def give(self) -> None:
        """Give a place back: to the one who waited longest and did not leave."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1
