"""The optional second level: Redis through aiocache, shared by processes.

Its loss never fails a request: every call has a short timeout, and after a failure it is left alone
for a while. It is trusted with nothing: keys are hashed before they come here, entries are signed
and not one of them is run, and `Cached` keeps personal resources away from it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import structlog

from connectors.caching.entry import Entry, Kept
from connectors.caching.redis_url import check_redis_url
from connectors.caching.sealed import seal, unseal, wall_clock
from connectors.plain import NotPlain

log = structlog.get_logger()

TIMEOUT_SECONDS = 0.1
"""How long a request waits for the second level at most."""
PAUSE_SECONDS = 10.0
"""How long it is left alone after a failure."""


class AsyncCache(Protocol):
    """The part of aiocache's interface that is used."""

    async def multi_get(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Values by key, `None` where there is none."""
        ...

    async def multi_set(self, pairs: Sequence[tuple[str, bytes]], ttl: float | None = None) -> Any:
        """Keep values."""
        ...


class SecondLevel:
    """Entries in a shared cache, signed with a secret that all processes share."""

    def __init__(self, cache: AsyncCache, secret: bytes, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._cache = cache
        self._secret = secret
        self._timeout_seconds = timeout_seconds
        self._paused_until = 0.0

    async def get(self, names: list[str], now: float) -> Mapping[str, Entry]:
        """The entries that are there; none where the cache is not."""
        if not names or now < self._paused_until:
            return {}
        try:
            async with asyncio.timeout(self._timeout_seconds):
                values = await self._cache.multi_get(names)
        except Exception as error:  # noqa: BLE001 - whatever the client raises, the request goes on
            self._pause(now, error)
            return {}
        found = {
            name: self._read(name, value, now) for name, value in zip(names, values, strict=True) if value
        }
        return {name: entry for name, entry in found.items() if entry is not None}

    async def put(self, kept: Kept, seconds: float) -> None:
        """Keep entries of one reading, if the cache is there."""
        now = asyncio.get_running_loop().time()
        if now < self._paused_until:
            return
        expires_at = wall_clock() + timedelta(seconds=kept.reading.expires_at - now)
        try:
            pairs = [
                (name, seal(name, Entry(kept.reading, rows), self._secret, expires_at))
                for name, rows in kept.rows.items()
            ]
        except NotPlain as error:
            log.warning("entry_not_shared", detail=str(error))
            return
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._cache.multi_set(pairs, ttl=max(1, int(seconds)))
        except Exception as error:  # noqa: BLE001 - whatever the client raises, the request goes on
            self._pause(now, error)

    async def aclose(self) -> None:
        """Close the pool; aiocache 0.12.3's own `close` leaves it open and calls what is deprecated."""
        pool = getattr(getattr(self._cache, "client", None), "connection_pool", None)
        if pool is not None:
            await pool.disconnect()

    def _read(self, name: str, value: bytes, now: float) -> Entry | None:
        try:
            return unseal(name, value, self._secret, wall_clock(), now)
        except Exception as error:  # noqa: BLE001 - whatever stands there, the request goes on
            log.warning("entry_not_read", error=type(error).__name__)
            return None

    def _pause(self, now: float, error: Exception) -> None:
        was_paused = now < self._paused_until  # by another that was under way with this one
        self._paused_until = now + PAUSE_SECONDS
        if not was_paused:
            log.warning("second_level_lost", error=type(error).__name__)


def open_second_level(url: str, secret: bytes, timeout_seconds: float = TIMEOUT_SECONDS) -> SecondLevel:
    """Open a Redis by URL; `secret` signs what is kept there. Raises `ValueError` for a URL that is none."""
    from aiocache import RedisCache
    from aiocache.serializers import NullSerializer
    from redis.asyncio import Redis

    check_redis_url(url)
    cache = RedisCache(
        serializer=NullSerializer(encoding=None),
        namespace="jutong:",
        timeout=0,  # ours counts; theirs is a task more, whose error nobody reads where we are the first
    )
    cache.client = Redis.from_url(url)  # aiocache itself takes neither users nor TLS from a URL
    return SecondLevel(cache, secret, timeout_seconds)
