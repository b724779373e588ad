"""A semaphore: so many may be at one source, or use its connections, at once, and the others stand in line.

asyncio's own costs seven calls where nobody waits, which is nearly always.
"""

import asyncio
from collections import deque


class Semaphore:
    """A number of places; who leaves one gives it to the first in line."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._line: deque[asyncio.Future[None]] = deque()

    def try_acquire(self) -> bool:
        """Take a place that is free; whether there was one. Nobody in line is overtaken."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    async def acquire_in_turn(self) -> None:
        """Stand in line until a place is given."""
        given = asyncio.get_running_loop().create_future()
        self._line.append(given)
        try:
            await given
        except BaseException:
            if not given.cancel() and not given.cancelled():  # given in this very moment: not to us
                self.release()
            raise

    def release(self) -> None:
        """Give a place back."""
        while self._line:
            given = self._line.popleft()
            if not given.done():  # else its request was cancelled while it stood there
                given.set_result(None)
                return
        self._free += 1
