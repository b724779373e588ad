"""A pool of database sessions: taking one that is idle costs next to nothing.

SQLAlchemy's pool crosses into a greenlet and begins and ends a transaction for each statement, three
round trips for one. Ours only keeps what is open; statements commit by themselves.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from connectors.semaphore import Semaphore

OVERFLOW = 10
"""Sessions besides those that are kept, while there is work for them."""
IDLE_SECONDS = 30.0
"""After which sessions beyond those that are kept are closed."""


class Closable(Protocol):
    """A session at a database."""

    def is_closed(self) -> bool:
        """Whether it can be used no more, as far as is known."""
        ...

    async def aclose(self) -> None:
        """End what it is doing, at the server too, and close it; never raises."""
        ...


Session = TypeVar("Session", bound=Closable)


class Pool(Generic[Session]):
    """`kept` sessions stay open, `OVERFLOW` more are opened when they are needed; others wait."""

    def __init__(self, open_session: Callable[[], Awaitable[Session]], kept: int) -> None:
        self._open = open_session
        self._kept = kept
        self._semaphore = Semaphore(kept + OVERFLOW)
        self._idle: deque[tuple[Session, float]] = deque()
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def take(self) -> Session:
        """An idle session, the one used last, or a new one. Raises what opening raises."""
        if not self._semaphore.try_acquire():
            await self._semaphore.acquire_in_turn()
        try:
            while self._idle:
                session, _ = self._idle.pop()
                if not session.is_closed():
                    return session
                self._close(session)
            return await self._open()
        except BaseException:
            self._semaphore.release()
            raise

    def give(self, session: Session) -> None:
        """A session whose statement ended."""
        self._semaphore.release()
        if self._is_closed:
            self._close(session)
            return
        loop = asyncio.get_running_loop()
        self._idle.append((session, loop.time()))
        if len(self._idle) > self._kept and self._timer is None:
            self._timer = loop.call_later(IDLE_SECONDS, self._trim)

    def drop(self, session: Session) -> None:
        """A session that cannot be used again; its place is free once it has ended."""
        self._close(session).add_done_callback(lambda _done: self._semaphore.release())

    def clear(self) -> None:
        """Close what is idle: the server that these sessions were at is gone."""
        while self._idle:
            self._close(self._idle.pop()[0])

    async def aclose(self) -> None:
        """Close every session, those that are in use when they are given back."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.clear()
        if self._closing:
            await asyncio.wait(self._closing)

    def _trim(self) -> None:
        """Close what has been idle for long, down to those that are kept."""
        loop = asyncio.get_running_loop()
        self._timer = None
        while len(self._idle) > self._kept and loop.time() - self._idle[0][1] >= IDLE_SECONDS:
            self._close(self._idle.popleft()[0])
        if len(self._idle) > self._kept:
            self._timer = loop.call_later(IDLE_SECONDS, self._trim)

    def _close(self, session: Session) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(session.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task
