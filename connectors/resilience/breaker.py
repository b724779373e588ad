"""A circuit breaker: a source that keeps failing is left alone for a while."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()


@dataclass(slots=True)
class Breaker:
    """Opens after `failures` in a row for `pause_seconds`, then lets one request try. The log hears when it
    opens, and when it closes."""

    clock: Callable[[], float]
    failures: int = 5
    pause_seconds: float = 5
    source: str = ""
    """For the log."""
    _count: int = field(default=0, init=False)
    _opened_at: float | None = field(default=None, init=False)
    _is_trying: bool = field(default=False, init=False)

    def admits(self) -> bool:
        """Whether a request may go to the source now."""
        if self._opened_at is None:
            return True
        if self._is_trying or self.clock() - self._opened_at < self.pause_seconds:
            return False
        self._is_trying = True
        return True

    def succeeded(self) -> None:
        """The source answered."""
        if self._opened_at is not None:
            log.info("breaker_closed", source=self.source)
        self._count, self._opened_at, self._is_trying = 0, None, False

    def failed(self) -> None:
        """The source did not answer."""
        self._count += 1
        if self._is_trying or self._count >= self.failures:
            if self._opened_at is None:
                log.warning("breaker_opened", source=self.source, failures=self._count)
            self._opened_at = self.clock()
        self._is_trying = False

    def gave_up(self) -> None:
        """The request ended without telling anything about the source."""
        self._is_trying = False
