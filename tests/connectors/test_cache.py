"""The cache of rows and single flight, over the memory connector."""

import asyncio
import os
import pickle
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from redis.asyncio import Redis

from connectors.caching.cached import Cached
from connectors.caching.entry import Entry, Reading, Rows, size_of
from connectors.caching.remembered import read_kept
from connectors.caching.sealed import seal, unseal, wall_clock
from connectors.caching.second import SecondLevel, open_second_level
from connectors.caching.store import MemoryStore
from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable
from connectors.memory import MemoryConnector
from connectors.plain import NotPlain
from connectors.recording import RecordingConnector
from connectors.requests import KeyBinding, Load, OrderTerm
from connectors.resilience.resilient import Resilience, Resilient
from connectors.results import Loaded
from gateway.identity.pseudonyms import Pseudonyms
from schema.predicate import And, Compare, Not, Or
from schema.values import Invalid
from tests.cities import harbour_rows as rows
from tests.connectors.kept import reading
from tests.kit import NOW, read_city
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, comes, leap, soon, until
from tests.services import require

RESOURCE = replace(read_city("harbour")[0].resources["transport.qualification"], cache_seconds=60)
OPEN = replace(read_city("harbour")[0].resources["market.penalty"], cache_seconds=60)
"""Of enterprises: its rows may be shared with other processes."""
pytestmark = pytest.mark.xdist_group("redis")
NAMES = Pseudonyms(b"secret")
SIGNING = NAMES.key_for("second level")
PEOPLE = [(one,) for one in (rows.ZHANG, rows.UNKNOWN, rows.X_CHECK, rows.LI)]
ITEMS = ("number", "category", "validTo", "points")


def request(
    keys: list[Any], items: tuple[str, ...] = ("number",), seconds: float = PATIENCE_SECONDS, **options: Any
) -> Load:
    deadline = soon(seconds)
    binding = KeyBinding(RESOURCE.attachments[0].by, (None,))
    return Load(RESOURCE, binding, tuple(keys), items, deadline, **options)


def cached(**memory: Any) -> tuple[Cached, RecordingConnector]:
    source = RecordingConnector(MemoryConnector(rows.TABLES, now=lambda: NOW, **memory))
    return Cached(source, MemoryStore(), NAMES.cache_keys), source


async def test_only_missing_keys_are_loaded() -> None:
    cache, source = cached()
    await cache.load(request(PEOPLE[:2]))
    answer = await cache.load(request(PEOPLE[:3]))
    assert [load.keys for load in source.loads] == [tuple(PEOPLE[:2]), tuple(PEOPLE[2:3])]
    assert answer.entries == (await source.inner.load(request(PEOPLE[:3]))).entries


@pytest.mark.parametrize("mark", ["stale", "partial"])
async def test_what_a_source_calls_less_than_all_is_not_remembered(mark: str) -> None:
    """A mark of the moment: the next answer may be whole, and a remembered one could not say so."""

    class Marked(MemoryConnector):
        async def load(self, load: Load) -> Loaded:
            loaded = await super().load(load)
            return structs.replace(loaded, stale=mark == "stale", partial=mark == "partial")

    source = RecordingConnector(Marked(rows.TABLES, now=lambda: NOW))
    cache = Cached(source, MemoryStore(), NAMES.cache_keys)
    for number in (1, 2):
        answer = await cache.load(request(PEOPLE[:1]))
        assert getattr(answer, mark)
        assert len(source.loads) == number


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


@pytest.mark.parametrize("is_null", [True, False])
async def test_what_cannot_be_read_is_compared_by_its_source_alone(is_null: bool) -> None:
    """A day 0000-00-00, say: to a database it is there and before all others, to us it is no day."""

    class Database(MemoryConnector):
        async def load(self, load: Load) -> Loaded:
            loaded = await super().load(structs.replace(load, predicate=None))
            rows: Rows = () if load.predicate == Compare("number", "isNull", True) else ((Invalid(),),)
            return structs.replace(loaded, entries=(rows,) * len(load.keys))

    source = Database(rows.TABLES, now=lambda: NOW)
    cache = Cached(source, MemoryStore(), NAMES.cache_keys)
    await cache.load(request(PEOPLE))
    narrower = request(PEOPLE, predicate=Compare("number", "isNull", is_null))
    assert (await cache.load(narrower)).entries == (await source.load(narrower)).entries


async def test_the_same_question_at_once_is_one_call() -> None:
    cache, source = cached(latency_seconds=0.02)
    await asyncio.gather(*(cache.load(request(PEOPLE)) for _ in range(50)))
    assert len(source.calls) == 1


async def test_one_waiter_s_deadline_never_ends_another_s() -> None:
    cache, source = cached(latency_seconds=1_000)
    short = asyncio.ensure_future(cache.load(request(PEOPLE, seconds=100)))
    await asyncio.sleep(0)
    long = asyncio.ensure_future(cache.load(request(PEOPLE, seconds=10_000)))
    cancelled = asyncio.ensure_future(cache.load(request(PEOPLE, seconds=10_000)))
    await asyncio.sleep(0.01)
    cancelled.cancel()
    leap(100)
    with pytest.raises(SourceTimeout):
        await comes(short)
    await until(lambda: len(source.calls) == 1)  # the one that was given up: what is left asks again
    leap(1_000)
    assert len((await comes(long)).entries) == len(PEOPLE)


async def test_a_source_that_is_closed_meanwhile_is_unavailable() -> None:
    cache, _ = cached(latency_seconds=AGES_SECONDS)
    waiting = [asyncio.ensure_future(cache.load(request(PEOPLE))) for _ in range(2)]
    await asyncio.sleep(0.01)
    await cache.aclose()
    for one in waiting:
        with pytest.raises(SourceUnavailable):
            await one


async def test_errors_are_never_kept() -> None:
    faults: dict[str, SourceError] = {RESOURCE.code: SourceUnavailable("down")}
    cache, _ = cached(faults=faults)
    with pytest.raises(SourceUnavailable):
        await cache.load(request(PEOPLE))
    faults.clear()
    assert len((await cache.load(request(PEOPLE))).entries) == len(PEOPLE)


async def test_what_has_ended_answers_nothing() -> None:
    load = request([("1",), ("2",)], (), allows_stale=True)
    rows: list[Rows | None] = [(), ()]
    readings: list[Reading | None] = [reading(ends_at=100), reading(ends_at=200)]
    for now, held in ((50, [(), ()]), (150, [None, ()]), (250, [None, None])):
        found = read_kept(load, now, ("a", "b"), (rows, readings))
        assert (found.held, found.stale) == (held, {})


@pytest.fixture
async def shared() -> AsyncIterator[tuple[Redis, SecondLevel]]:
    """A Redis without entries of ours, and the second level in it, which is waited for patiently."""
    url = require("redis").rsplit("/", 1)[0] + "/9"  # a database of its own: it is emptied
    second = open_second_level(url, SIGNING, PATIENCE_SECONDS)
    client: Redis = Redis.from_url(url)
    for name in await client.keys("jutong:*"):
        await client.delete(name)
    yield client, second
    await client.aclose()
    await second.aclose()


def penalties(keys: list[str] | None = None, **options: Any) -> Load:
    """Ask for penalties: dates and decimals, a predicate, an order, an unreadable value."""
    items = ("decisionNo", "decidedOn", "fine")
    asked = request([(key,) for key in keys or [rows.FLEET, rows.SHOP]], items, **options)
    (attachment,) = OPEN.attachments
    return structs.replace(asked, resource=OPEN, key=KeyBinding(attachment.by[:1], (None,)))


async def other_process(second: SecondLevel) -> tuple[Cached, RecordingConnector]:
    """What another process has: the same Redis, and a first level of its own."""
    other, source = cached()
    other.second = second
    return other, source


async def test_redis_is_shared_and_no_identifier_is_in_its_keys(shared: tuple[Redis, SecondLevel]) -> None:
    client, second = shared
    predicate = And((Not(Compare("fine", "eq", Decimal(1))), Or((Compare("decisionNo", "startsWith", "P"),))))
    for load in (
        penalties(order=(OrderTerm("decidedOn", descending=True),), limit_per_key=2),
        penalties([rows.SHOP], predicate=predicate),
    ):
        first, _ = await other_process(second)
        await first.load(load)
        other, source = await other_process(second)
        answer = await other.load(load)
        assert source.calls == []
        assert answer.entries == (await source.inner.load(load)).entries
        assert isinstance(answer.entries[0][0][2], Decimal)  # type: ignore[index] # rows
    names = str(await client.keys("jutong:*"))
    assert OPEN.code in names
    assert rows.FLEET not in names


async def test_rows_of_persons_never_reach_redis(shared: tuple[Redis, SecondLevel]) -> None:
    client, second = shared
    cache, _ = await other_process(second)
    await cache.load(request(PEOPLE))
    assert (await cache.load(request(PEOPLE))).from_cache
    assert await client.keys(f"jutong:*{RESOURCE.code}:*") == []


class Trap:
    """What an attacker would have us unpickle."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path(os.environ["TRAP"]),))


async def test_a_redis_that_an_attacker_writes_is_a_miss(
    shared: tuple[Redis, SecondLevel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, second = shared
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    first, _ = await other_process(second)
    await first.load(penalties())
    stored: list[Any] = [await client.get(name) for name in sorted(await client.keys("jutong:*"))]
    fleet, shop = stored
    young = first.store._young
    name = min(young.rows)
    entry = Entry(young.readings[name], young.rows[name])
    later = wall_clock() + timedelta(minutes=1)
    assert unseal(name, seal(name, entry, SIGNING, later), SIGNING, wall_clock(), 0)
    forged = seal(name, structs.replace(entry, rows=(("forged", None, None),)), b"wrong", later)
    written = [
        pickle.dumps(Trap()),
        b"",
        b"x",
        fleet[:40],
        fleet[:-1] + b" ",
        b"\0" * 32 + fleet[32:],
        forged,
    ]
    for value in written:
        for stored_name in await client.keys("jutong:*"):
            await client.set(stored_name, value)
        other, source = await other_process(second)
        assert (await other.load(penalties())).entries == (await source.inner.load(penalties())).entries
        assert len(source.loads) == 1
    fleet_name, _ = sorted(await client.keys("jutong:*"))
    await client.set(fleet_name, shop)  # one enterprise's rows under another's name
    other, source = await other_process(second)
    assert (await other.load(penalties())).entries == (await source.inner.load(penalties())).entries
    assert not (tmp_path / "sprung").exists()


async def test_an_entry_does_not_grow_younger_on_its_way(shared: tuple[Redis, SecondLevel]) -> None:
    _, second = shared
    first, _ = await other_process(second)
    clock = asyncio.get_running_loop().time
    await first.load(penalties())
    await asyncio.sleep(0.5)
    other, source = await other_process(second)
    asked = clock()
    assert (await other.load(penalties())).from_cache
    assert not source.loads
    took = clock() - asked
    expiries = [one.expires_at for of in (first, other) for one in of.store._young.readings.values()]
    assert max(expiries) - min(expiries) < 0.25 + took


@given(
    value=st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(allow_nan=False), st.text(),
        st.decimals(allow_nan=False), st.dates(), st.datetimes(timezones=st.just(UTC)), st.binary(),
        st.text().map(Invalid),
    )
)  # fmt: skip
def test_sealed_values_come_back_equal_and_of_their_type(value: Any) -> None:
    rows = ((value,),)
    reading = Reading(("a",), Compare("a", "in", (value,)), (), None, NOW, None, 60.0, 60.0, size_of([rows]))
    entry = Entry(reading, rows)
    sealed = seal("n", entry, SIGNING, NOW + timedelta(seconds=60))
    found = unseal("n", sealed, SIGNING, NOW, 0.0)
    assert found == entry
    assert found is not None
    assert type(found.rows[0][0]) is type(value)


async def test_a_value_without_a_sealed_form_stays_at_home() -> None:
    entry = Entry(Reading(("a",), None, (), None, NOW, None, 60.0, 60.0), ((object(),),))
    with pytest.raises(NotPlain):
        seal("n", entry, SIGNING, NOW)


async def test_the_loss_of_redis_fails_nothing() -> None:
    cache, _ = cached()
    cache.second = open_second_level("redis://127.0.0.1:1/0", SIGNING)
    assert len((await cache.load(penalties())).entries) == 2
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
    resilient = Resilient(source, Resilience(breaker_failures=3, breaker_pause_seconds=1_000))
    for _ in range(6):
        with pytest.raises(SourceUnavailable):
            await resilient.load(request(PEOPLE))
    assert len(source.calls) == 3
    faults.clear()
    leap(1_000)
    assert len((await resilient.load(request(PEOPLE))).entries) == len(PEOPLE)


@pytest.mark.parametrize("surprise", [ValueError, KeyError, TypeError, OverflowError, UnicodeError])
async def test_what_a_connector_stumbles_with_over_data_takes_no_source_away(
    surprise: type[Exception],
) -> None:
    class Stumbling(MemoryConnector):
        async def load(self, load: Load) -> Loaded:
            if load.keys == ((rows.UNKNOWN,),):
                raise surprise("year 20230 is out of range")
            return await super().load(load)

    resilient = Resilient(Stumbling(rows.TABLES), Resilience(breaker_failures=2))
    for _ in range(4):
        with pytest.raises(SourceMisbehaved) as caught:
            await resilient.load(request([(rows.UNKNOWN,)]))
        assert caught.value.detail == f"unexpected {surprise.__name__}"
    assert len((await resilient.load(request([(rows.ZHANG,)]))).entries) == 1


@pytest.mark.parametrize(("patience_seconds", "is_left_alone"), [(0, True), (1, False)])
async def test_callers_in_a_hurry_take_no_source_away_from_others(
    patience_seconds: float, is_left_alone: bool
) -> None:
    source = RecordingConnector(MemoryConnector(rows.TABLES, now=lambda: NOW))

    class Slow(RecordingConnector):
        async def load(self, load: Load) -> Loaded:
            if load.deadline < soon(1):
                await asyncio.Event().wait()
            return await super().load(load)

    resilient = Resilient(Slow(source), Resilience(breaker_failures=3, patience_seconds=patience_seconds))
    for _ in range(4):
        with pytest.raises(SourceError):
            await resilient.load(request(PEOPLE, seconds=0.001))
    if is_left_alone:
        with pytest.raises(SourceUnavailable):
            await resilient.load(request(PEOPLE))
    else:
        assert len((await resilient.load(request(PEOPLE))).entries) == len(PEOPLE)
