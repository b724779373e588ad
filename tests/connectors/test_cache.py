"""The cache of rows and single flight, over the memory connector."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.caching.cached import Cached
from connectors.caching.second import open_second_level
from connectors.caching.store import MemoryStore
from connectors.errors import SourceError, SourceTimeout, SourceUnavailable
from connectors.memory import MemoryConnector
from connectors.recording import RecordingConnector
from connectors.requests import KeyBinding, Load, OrderTerm
from connectors.resilience.resilient import Resilience, Resilient
from gateway.identity.pseudonyms import Pseudonyms
from schema.predicate import Compare
from tests.cities import harbour_rows as rows
from tests.kit import NOW, read_city
from tests.services import require

RESOURCE = replace(read_city("harbour")[0].resources["transport.qualification"], cache_seconds=60)
NAMES = Pseudonyms(b"secret")
PEOPLE = [(one,) for one in (rows.ZHANG, rows.UNKNOWN, rows.X_CHECK, rows.LI)]
ITEMS = ("number", "category", "validTo", "points")


def request(
    keys: list[Any], items: tuple[str, ...] = ("number",), seconds: float = 5, **options: Any
) -> Load:
    deadline = asyncio.get_running_loop().time() + seconds
    binding = KeyBinding(RESOURCE.attachments[0].by, (None,))
    return Load(RESOURCE, binding, tuple(keys), items, deadline, **options)


def cached(**memory: Any) -> tuple[Cached, RecordingConnector]:
    source = RecordingConnector(MemoryConnector(rows.TABLES, now=lambda: NOW, **memory))
    return Cached(source, MemoryStore(), NAMES.cache_key), source


async def test_only_missing_keys_are_loaded() -> None:
    cache, source = cached()
    await cache.load(request(PEOPLE[:2]))
    answer = await cache.load(request(PEOPLE[:3]))
    assert [load.keys for load in source.loads] == [tuple(PEOPLE[:2]), tuple(PEOPLE[2:3])]
    assert answer.entries == (await source.inner.load(request(PEOPLE[:3]))).entries


async def test_an_empty_answer_is_remembered_and_more_columns_are_read_anew() -> None:
    cache, source = cached()
    await cache.load(request([(rows.LI,)]))
    assert (await cache.load(request([(rows.LI,)]))).from_cache
    await cache.load(request([(rows.LI,)], ("number", "points")))
    assert [load.items for load in source.loads] == [("number",), ("number", "points")]


LOADS = st.fixed_dictionaries(
    {
        "keys": st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True),
        "items": st.lists(st.sampled_from(ITEMS), min_size=1, unique=True).map(tuple),
        "predicate": st.sampled_from(
            [None, Compare("points", "gt", 5), Compare("number", "startsWith", "Q")]
        ),
        "order": st.sampled_from([(), (OrderTerm("points"),), (OrderTerm("number", descending=True),)]),
        "limit_per_key": st.sampled_from([None, 1, 2, 5]),
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(loads=st.lists(LOADS, min_size=2, max_size=6))
async def test_a_cached_answer_equals_the_source_s(loads: list[dict[str, Any]]) -> None:
    cache, source = cached()
    for load in loads:
        assert (await cache.load(request(**load))).entries == (
            await source.inner.load(request(**load))
        ).entries


async def test_the_same_question_at_once_is_one_call() -> None:
    cache, source = cached(latency_seconds=0.02)
    await asyncio.gather(*(cache.load(request(PEOPLE)) for _ in range(50)))
    assert len(source.calls) == 1


async def test_one_waiter_s_deadline_never_ends_another_s() -> None:
    cache, _ = cached(latency_seconds=0.1)
    short = asyncio.ensure_future(cache.load(request(PEOPLE, seconds=0.02)))
    await asyncio.sleep(0)
    long = asyncio.ensure_future(cache.load(request(PEOPLE)))
    cancelled = asyncio.ensure_future(cache.load(request(PEOPLE)))
    await asyncio.sleep(0.01)
    cancelled.cancel()
    with pytest.raises(SourceTimeout):
        await short
    assert len((await long).entries) == len(PEOPLE)


async def test_errors_are_never_kept() -> None:
    faults: dict[str, SourceError] = {RESOURCE.code: SourceUnavailable("down")}
    cache, _ = cached(faults=faults)
    with pytest.raises(SourceUnavailable):
        await cache.load(request(PEOPLE))
    faults.clear()
    assert len((await cache.load(request(PEOPLE))).entries) == len(PEOPLE)


async def test_the_store_keeps_to_its_bounds() -> None:
    cache, _ = cached()
    cache.store = MemoryStore(max_bytes=1_000, max_entries=2)
    await cache.load(request(PEOPLE, ITEMS))
    assert len(cache.store) <= 2
    assert cache.store.bytes <= 1_000


async def test_redis_is_shared_and_no_identifier_is_in_its_keys() -> None:
    from redis.asyncio import Redis

    url = require("redis")
    second = open_second_level(url)
    first, _ = cached()
    first.second = second
    await first.load(request(PEOPLE))
    other, source = cached()
    other.second = second
    answer = await other.load(request(PEOPLE))
    assert source.calls == []
    assert answer.entries == (await source.inner.load(request(PEOPLE))).entries
    client: Redis = Redis.from_url(url)
    names = str(await client.keys("*"))
    assert RESOURCE.code in names
    assert not any(key[0] in names for key in PEOPLE)
    await client.delete(*await client.keys("jutong:*"))
    await client.aclose()
    await second.aclose()


async def test_the_loss_of_redis_fails_nothing() -> None:
    cache, _ = cached()
    cache.second = open_second_level("redis://127.0.0.1:1/0")
    assert len((await cache.load(request(PEOPLE))).entries) == len(PEOPLE)
    await cache.second.aclose()


async def test_keys_go_in_as_few_calls_as_the_bound_allows() -> None:
    source = RecordingConnector(
        MemoryConnector(rows.TABLES, capabilities=replace(MemoryConnector({}).capabilities, max_keys=3))
    )
    answer = await Resilient(source).load(request([(str(n),) for n in range(8)]))
    assert sorted(len(load.keys) for load in source.loads) == [2, 3, 3]
    assert len(answer.entries) == 8


async def test_a_source_that_keeps_failing_is_left_alone_for_a_while() -> None:
    faults: dict[str, SourceError] = {RESOURCE.code: SourceUnavailable("down")}
    source = RecordingConnector(MemoryConnector(rows.TABLES, faults=faults))
    resilient = Resilient(source, Resilience(breaker_failures=3, breaker_pause_seconds=0.05))
    for _ in range(6):
        with pytest.raises(SourceUnavailable):
            await resilient.load(request(PEOPLE))
    assert len(source.calls) == 3
    faults.clear()
    await asyncio.sleep(0.06)
    assert len((await resilient.load(request(PEOPLE))).entries) == len(PEOPLE)
