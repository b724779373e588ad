"""Deadline, concurrency, chunks, breaker and one retry around any connector."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from connectors.capabilities import Capabilities
from connectors.deadline import Until
from connectors.errors import (
    SourceError,
    SourceLeftAlone,
    SourceMisbehaved,
    SourceTimeout,
    SourceUnavailable,
)
from connectors.protocol import Connector
from connectors.requests import Load, Scan
from connectors.resilience.breaker import Breaker
from connectors.results import Health, Loaded, Page
from connectors.semaphore import Semaphore

OF_DATA = (ValueError, TypeError, LookupError, ArithmeticError)
"""What a connector stumbles with over data, where it should not: one row takes no source away from others."""
Answer = TypeVar("Answer")
Request = TypeVar("Request", Load, Scan)


@dataclass(frozen=True, slots=True)
class Resilience:
    """Bounds on what we do to one source."""

    breaker_failures: int = 5
    breaker_pause_seconds: float = 5
    patience_seconds: float = 0
    """A timeout of who brought less time tells nothing of the source: a caller in a hurry would take it away
    from all others."""
    retries: int = 1
    """For failures that say they are transient; reads are safe to repeat."""


class Resilient:
    """A connector that keeps its promises about time whatever the source does. `source` is its name in the
    log."""

    def __init__(self, inner: Connector, resilience: Resilience | None = None, *, source: str = "") -> None:
        self._inner = inner
        self._resilience = resilience or Resilience()
        self._semaphore = Semaphore(inner.capabilities.max_concurrent)
        self._breaker = Breaker(
            lambda: asyncio.get_running_loop().time(),
            self._resilience.breaker_failures,
            self._resilience.breaker_pause_seconds,
            source,
        )

    @property
    def capabilities(self) -> Capabilities:
        """The inner connector's."""
        return self._inner.capabilities

    async def load(self, load: Load) -> Loaded:
        """Read rows by key, in as few calls as the source's bound on keys allows."""
        size = self._inner.capabilities.max_keys
        size = min(size, load.resource.limits.max_keys or size)
        if len(load.keys) > size:
            return await self._load_in_chunks(load, size)
        loaded = await self._guarded(self._inner.load, load)
        if len(loaded.entries) != len(load.keys):
            raise SourceMisbehaved("the connector gave another number of entries than keys")
        return loaded

    async def scan(self, scan: Scan) -> Page:
        """Read a page."""
        return await self._guarded(self._inner.scan, scan)

    async def probe(self, deadline: float) -> Health:
        """Ask for a sign of life; success closes the breaker."""
        health = await self._inner.probe(deadline)
        if health.is_up:
            self._breaker.succeeded()
        return health

    async def aclose(self) -> None:
        """Close the inner connector."""
        await self._inner.aclose()

    async def _load_in_chunks(self, load: Load, size: int) -> Loaded:
        starts = range(0, len(load.keys), size)
        chunks = [replace(load, keys=load.keys[start : start + size]) for start in starts]
        return _joined(chunks, await asyncio.gather(*map(self._try_load, chunks)))

    async def _try_load(self, load: Load) -> Loaded | SourceError:
        try:
            return await self.load(load)
        except SourceError as error:
            return error

    async def _guarded(self, ask: Callable[[Request], Awaitable[Answer]], request: Request) -> Answer:
        """Ask the source, if its breaker admits that, in its place and time, and tell the breaker."""
        if not self._breaker.admits():
            raise SourceLeftAlone
        until, is_there = Until(request.deadline), False
        try:
            with until:
                if not self._semaphore.try_acquire():
                    await self._semaphore.acquire_in_turn()
                is_there = True
                try:
                    answer = await ask(request)
                except SourceError as error:
                    if not (error.is_transient and self._resilience.retries):
                        raise
                    answer = await self._again(ask, request)
                finally:
                    self._semaphore.release()
        except TimeoutError as error:
            if not is_there:  # a long line is ours: that the source did not answer nobody has seen
                self._breaker.gave_up()
                raise SourceTimeout("the deadline passed before a place was free") from error
            late = SourceTimeout("the deadline passed")
            self._note(late, until.seconds)
            raise late from error
        except SourceError as error:
            self._note(error, until.seconds)
            raise
        except Exception as error:
            if isinstance(error, OF_DATA):
                self._breaker.gave_up()
            else:
                self._breaker.failed()
            raise SourceMisbehaved(f"unexpected {type(error).__name__}") from error
        except BaseException:  # cancelled
            self._breaker.gave_up()
            raise
        self._breaker.succeeded()
        return answer

    async def _again(self, ask: Callable[[Request], Awaitable[Answer]], request: Request) -> Answer:
        """Ask again, so often as is allowed; the first try has failed."""
        for _ in range(self._resilience.retries - 1):
            try:
                return await ask(request)
            except SourceError as error:
                if not error.is_transient:
                    raise
        return await ask(request)

    def _note(self, error: SourceError, seconds: float) -> None:
        """Tell the breaker how a request ended that brought so many seconds."""
        if isinstance(error, SourceTimeout) and seconds < self._resilience.patience_seconds:
            self._breaker.gave_up()
        elif isinstance(error, SourceUnavailable | SourceTimeout):
            self._breaker.failed()
        else:
            self._breaker.succeeded()


def _joined(chunks: list[Load], parts: list[Loaded | SourceError]) -> Loaded:
    """One answer from the answers of all chunks; a failed chunk fails its own keys."""
    loaded = [part for part in parts if isinstance(part, Loaded)]
    if not loaded:
        first = parts[0]
        assert isinstance(first, SourceError)
        raise first
    entries = [
        entry
        for chunk, part in zip(chunks, parts, strict=True)
        for entry in (part.entries if isinstance(part, Loaded) else (part,) * len(chunk.keys))
    ]
    moments = [part.as_of for part in loaded if part.as_of is not None]
    return Loaded(
        entries=tuple(entries),
        fetched_at=min(part.fetched_at for part in loaded),
        as_of=min(moments) if moments else None,
        from_cache=all(part.from_cache for part in loaded),
        stale=any(part.stale for part in loaded),
        partial=any(part.partial for part in loaded),
    )
