"""Looks at the drops of a source again and again, in one thread of its own."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from threading import Event, Lock, Thread
from time import monotonic

import structlog

from connectors.files.follower import Follower

log = structlog.get_logger()

CLOSE_SECONDS = 5.0
"""How long the end of a thread is waited for."""


class Watch:
    """Takes in one drop after the other, then what changes. It begins when somebody asks."""

    def __init__(self, followers: Sequence[Follower], check_seconds: float, settle_seconds: float) -> None:
        self._followers = followers
        self._check_seconds = check_seconds
        self._soon_seconds = min(check_seconds, max(settle_seconds / 2, 0.05))
        self._is_closed = Event()
        self._lock = Lock()
        self._thread: Thread | None = None
        self.looked: Mapping[str, Future[None]] = {one.resource.code: Future() for one in followers}
        """By code of a resource: done once its drop was looked for and could be taken in."""

    def start(self) -> None:
        """Begin, unless it has begun."""
        with self._lock:
            if self._thread is None and not self._is_closed.is_set():
                self._thread = Thread(target=self._run, name="jutong-drops", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread, and what it is taking in; a copy under way may outlast it, and is thrown away."""
        self._is_closed.set()
        with self._lock:
            thread = self._thread
        until = monotonic() + CLOSE_SECONDS
        while thread is not None and thread.is_alive() and monotonic() < until:
            for follower in self._followers:
                follower.stop()
            thread.join(timeout=0.1)

    def _run(self) -> None:
        while not self._is_closed.is_set():
            quiet = [self._look(follower) for follower in self._followers]
            self._is_closed.wait(self._check_seconds if all(quiet) else self._soon_seconds)

    def _look(self, follower: Follower) -> bool:
        if self._is_closed.is_set():
            return True
        is_quiet = True
        try:
            is_quiet = follower.look()
        except Exception as error:  # noqa: BLE001 - one drop ends no other
            log.error("drop_not_looked_at", resource=follower.resource.code, error=type(error).__name__)
        looked = self.looked[follower.resource.code]
        if (is_quiet or follower.served.has_drop) and not looked.done():
            looked.set_result(None)
        return is_quiet
