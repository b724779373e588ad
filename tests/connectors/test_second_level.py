"""A second level: its entries answer and never stand in the way, and its loss slows nobody twice."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from connectors.caching import second as second_level
from connectors.caching.cached import Cached
from connectors.caching.second import SecondLevel, open_second_level
from connectors.caching.store import MemoryStore
from connectors.errors import SourceError, SourceUnavailable
from connectors.memory import MemoryConnector
from connectors.recording import RecordingConnector
from connectors.requests import KeyBinding, Load
from schema.catalogue.model import Resource
from tests.cities.harbour_rows import FLEET, SHOP, TABLES
from tests.kit import read_city
from tests.patience import AGES_SECONDS, comes, leap, soon

PENALTY = replace(read_city("harbour")[0].resources["market.penalty"], cache_seconds=60, stale_seconds=60)
EXPIRED = replace(PENALTY, cache_seconds=1e-9)
"""The same, its rows good for no time, and to stand in for a source that is down."""


@dataclass
class Shared:
    """A shared cache without a server."""

    values: dict[str, bytes] = field(default_factory=dict)

    async def multi_get(self, keys: Sequence[str]) -> list[bytes | None]:
        return [self.values.get(key) for key in keys]

    async def multi_set(self, pairs: Sequence[tuple[str, bytes]], ttl: float | None = None) -> None:
        self.values.update(pairs)


class Process:
    """A gateway's cache in front of penalties, with a store of its own."""

    def __init__(self, shared: Shared, max_bytes: int = 1_048_576) -> None:
        self.faults: dict[str, SourceError] = {}
        self.wire = RecordingConnector(MemoryConnector(TABLES, faults=self.faults))
        self.cache = Cached(
            self.wire,
            MemoryStore(max_bytes=max_bytes),
            lambda of, about: lambda keys: tuple(f"{of}{about}{key}" for key in keys),
            SecondLevel(shared, b"secret"),
        )


def penalties(*items: str, resource: Resource = PENALTY, **options: Any) -> Load:
    (attachment,) = PENALTY.attachments
    binding = KeyBinding(attachment.by[:1], (None,))
    deadline = soon()
    return Load(resource, binding, ((FLEET,), (SHOP,)), items, deadline, **options)


async def test_an_entry_too_large_for_the_store_answers_all_the_same() -> None:
    shared = Shared()
    read = await Process(shared).cache.load(penalties("decisionNo"))
    small = Process(shared, max_bytes=10)
    answer = await small.cache.load(penalties("decisionNo"))
    assert answer.from_cache
    assert answer.entries == read.entries
    assert small.wire.calls == []


async def test_an_entry_that_answers_nothing_hides_none_that_may_stand_in() -> None:
    shared = Shared()
    ours = Process(shared)
    wide = await ours.cache.load(penalties("decisionNo", "fine", resource=EXPIRED))
    shared.values.clear()
    await Process(shared).cache.load(
        penalties("decisionNo")
    )  # of another process: too narrow for what comes now
    ours.faults[PENALTY.code] = SourceUnavailable("down")
    answer = await ours.cache.load(penalties("decisionNo", "fine", allows_stale=True))
    assert answer.stale
    assert answer.entries == wide.entries


async def test_a_loss_is_told_once_by_all_that_were_under_way() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    level = open_second_level(f"redis://127.0.0.1:{port}/0", b"secret")
    now = asyncio.get_running_loop().time()
    with capture_logs() as told:
        answers = await asyncio.gather(*(level.get([f"name{n}"], now + n / 1_000) for n in range(10)))
    assert answers == [{}] * 10
    assert [one["event"] for one in told] == ["second_level_lost"]
    await level.aclose()


async def test_a_silent_redis_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task of the library's would fail when the connection ends, with nobody left to read how."""
    monkeypatch.setattr(second_level, "TIMEOUT_SECONDS", AGES_SECONDS)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        level = open_second_level(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", b"secret")
        asked = asyncio.create_task(level.get(["name"], asyncio.get_running_loop().time()))
        await asyncio.sleep(0.02)
        assert asyncio.all_tasks() == {asked, asyncio.current_task()}
        leap(AGES_SECONDS)
        assert await comes(asked) == {}
        await level.aclose()
