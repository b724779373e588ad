"""Bytes that a request copies into the cache, counted: none in this process, each once where it is shared."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from sys import getsizeof
from typing import Any

import pytest
from redis.asyncio import Redis

from connectors.caching.cached import Cached
from connectors.caching.entry import Entry, Rows
from connectors.caching.sealed import seal, wall_clock
from connectors.caching.second import AsyncCache, SecondLevel, open_second_level
from connectors.caching.store import MemoryStore
from connectors.memory import MemoryConnector
from connectors.requests import Load, OrderTerm
from connectors.results import Loaded
from schema.predicate import Compare
from tests.cities import harbour_rows as rows
from tests.connectors.test_cache import ITEMS, NAMES, PEOPLE, SIGNING, penalties, request
from tests.kit import NOW
from tests.patience import PATIENCE_SECONDS
from tests.services import require

pytestmark = pytest.mark.xdist_group("redis")


@dataclass
class Giving(MemoryConnector):
    """A source that remembers the very tuples it gave."""

    given: list[Rows] = field(default_factory=list)

    async def load(self, load: Load) -> Loaded:
        loaded = await super().load(load)
        self.given += [entry for entry in loaded.entries if isinstance(entry, tuple)]
        return loaded


def opened() -> tuple[Cached, Giving, MemoryStore]:
    source, store = Giving(rows.TABLES, now=lambda: NOW), MemoryStore()
    return Cached(source, store, NAMES.cache_keys), source, store


def copied(entries: Iterable[Any], given: Iterable[Rows]) -> int:
    """Bytes of rows, and of what holds them, that are not the source's own."""
    own = {id(entry) for entry in given} | {id(row) for entry in given for row in entry}
    objects = [one for entry in entries for one in (entry, *entry)]
    return sum(getsizeof(one) for one in objects if id(one) not in own and one != ())


def kept(cache: Cached, load: Load) -> list[Rows]:
    """What is in the store for a request's keys."""
    held, _ = cache.store.get(cache.recall(load).names)
    return [rows for rows in held if rows is not None]


async def test_rows_are_kept_and_given_as_the_source_gave_them() -> None:
    cache, source, store = opened()
    load = request(PEOPLE, ITEMS)
    answers = [await cache.load(load), await cache.load(load)]
    assert [one.from_cache for one in answers] == [False, True]
    assert len(kept(cache, load)) == len(PEOPLE)
    assert sum(map(len, kept(cache, load))) > len(PEOPLE)  # there are rows to copy
    assert copied(kept(cache, load), source.given) == 0
    assert [copied(one.entries, source.given) for one in answers] == [0, 0]
    assert store.bytes > 0


@pytest.mark.parametrize(
    "options", [{"limit_per_key": 1}, {"predicate": Compare("points", "gt", 0)}], ids=["limit", "predicate"]
)
async def test_an_answer_of_fewer_rows_shares_the_rows(options: dict[str, Any]) -> None:
    cache, source, store = opened()
    load = request(PEOPLE, ITEMS)
    await cache.load(load)
    before = store.bytes
    answer = await cache.load(request(PEOPLE, ITEMS, **options))
    assert answer.from_cache
    given = [entry for entry in answer.entries if isinstance(entry, tuple)]
    assert any(given)
    holders = sum(getsizeof(entry) for entry in given if entry)
    assert copied(given, source.given) <= holders  # what holds the rows may be new, the rows are not
    assert (store.bytes, copied(kept(cache, load), source.given)) == (before, 0)


async def test_fewer_columns_are_copied_for_the_answer_and_not_kept() -> None:
    cache, source, store = opened()
    load = request(PEOPLE, ITEMS)
    await cache.load(load)
    before = store.bytes
    answer = await cache.load(request(PEOPLE, ITEMS[:1]))
    assert answer.from_cache
    assert (store.bytes, copied(kept(cache, load), source.given)) == (before, 0)


@dataclass
class Counting:
    """A shared cache that counts what goes through it."""

    inner: AsyncCache
    written: list[tuple[str, bytes]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    async def multi_get(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        self.calls.append("get")
        return await self.inner.multi_get(keys)

    async def multi_set(self, pairs: Sequence[tuple[str, bytes]], ttl: float | None = None) -> Any:
        self.calls.append("set")
        self.written += pairs
        return await self.inner.multi_set(pairs, ttl=ttl)


@pytest.fixture
async def counted() -> AsyncIterator[tuple[Redis, Counting, SecondLevel]]:
    """A Redis without entries of ours, and the second level in it, which is waited for patiently."""
    url = require("redis").rsplit("/", 1)[0] + "/9"  # a database of its own: it is emptied
    client, real = Redis.from_url(url), open_second_level(url, SIGNING)
    for name in await client.keys("jutong:*"):
        await client.delete(name)
    counting = Counting(real._cache)
    yield client, counting, SecondLevel(counting, SIGNING, PATIENCE_SECONDS)
    await client.aclose()
    await real.aclose()


async def test_what_is_shared_is_written_once_as_it_is_sealed(
    counted: tuple[Redis, Counting, SecondLevel],
) -> None:
    """One call for all keys, no byte beside the sealed entries, and nothing written back by who reads them."""
    client, counting, second = counted
    cache, source, store = opened()
    cache.second = second
    load = penalties(order=(OrderTerm("decidedOn"),))
    await cache.load(load)
    assert counting.calls == ["get", "set"]
    assert len(counting.written) == len(load.keys) == len(source.given)
    names = [name for name, _ in counting.written]
    moment = wall_clock() + timedelta(seconds=60)
    sealed = {
        name: len(seal(name, Entry(reading, held), SIGNING, moment))
        for name, held, reading in zip(names, *store.get(names), strict=True)
        if held is not None and reading is not None
    }
    assert {name: len(value) for name, value in counting.written} == sealed
    in_redis = [await client.strlen(name) for name in await client.keys("jutong:*")]
    assert sorted(in_redis) == sorted(sealed.values())

    other, asked, _ = opened()
    other.second = second
    await other.load(load)
    await other.load(load)
    assert (counting.calls, asked.given) == (["get", "set", "get"], [])
