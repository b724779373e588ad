"""A second level: its entries answer and never stand in the way, and its loss slows nobody twice."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from connectors.caching.cached import Cached
from connectors.caching.second import SecondLevel, open_second_level
from connectors.caching.store import MemoryStore
from connectors.errors import SourceError, SourceUnavailable
from connectors.memory import MemoryConnector
from connectors.recording import RecordingConnector
from connectors.requests import KeyBinding, Load
from schema.catalogue.model import Resource
from tests.certificates import certificate, write
from tests.cities.harbour_rows import FLEET, SHOP, TABLES
from tests.kit import read_city
from tests.patience import AGES_SECONDS, comes, leap, soon
from tests.services import miss, require

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


async def test_what_came_from_another_process_may_stand_in() -> None:
    shared = Shared()
    read = await Process(shared).cache.load(penalties("decisionNo"))
    ours = Process(shared)
    assert (await ours.cache.load(penalties("decisionNo"))).from_cache
    shared.values.clear()
    ours.faults[PENALTY.code] = SourceUnavailable("down")
    leap(PENALTY.cache_seconds + 1)
    answer = await ours.cache.load(penalties("decisionNo", allows_stale=True))
    assert (answer.stale, answer.entries) == (True, read.entries)
    leap(PENALTY.stale_seconds)
    with pytest.raises(SourceUnavailable):
        await ours.cache.load(penalties("decisionNo", allows_stale=True))


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


async def test_a_silent_redis_leaves_nothing_behind() -> None:
    """A task of the library's would fail when the connection ends, with nobody left to read how."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        level = open_second_level(url, b"secret", AGES_SECONDS)
        asked = asyncio.create_task(level.get(["name"], asyncio.get_running_loop().time()))
        await asyncio.sleep(0.02)
        assert asyncio.all_tasks() == {asked, asyncio.current_task()}
        leap(AGES_SECONDS)
        assert await comes(asked) == {}
        await level.aclose()


@asynccontextmanager
async def secured_redis(folder: Path) -> AsyncIterator[int]:
    """A Redis of our own that takes one user, over TLS; its port."""
    program = require("redis-server")
    authority = certificate("authority", None, "127.0.0.1")
    files = [write(folder / "authority.pem", authority)]
    files.append(write(folder / "server.pem", certificate("server", authority, "127.0.0.1")))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    declared = folder / "redis.conf"
    declared.write_text(
        f"port 0\ntls-port {port}\ntls-auth-clients no\ntls-ca-cert-file {files[0]}\n"
        f"tls-cert-file {files[1]}\ntls-key-file {files[1]}\n"
        'user default off\nuser gw on >p@ss/word ~* &* +@all\nsave ""\n'
    )
    server = await asyncio.create_subprocess_exec(program, str(declared), stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    try:
        async for line in server.stdout:
            if b"Ready to accept connections" in line:
                break
        else:
            miss("redis-server knows no TLS")
        yield port
    finally:
        with suppress(ProcessLookupError):
            server.kill()
        await server.wait()


async def test_a_redis_with_a_user_is_reached_over_tls(tmp_path: Path) -> None:
    async with secured_redis(tmp_path) as port:
        address = f"127.0.0.1:{port}/1?ssl_ca_certs={tmp_path}/authority.pem"
        for user, is_let_in in (("gw:p%40ss%2Fword", True), ("gw:p%40ss", False), (":p%40ss%2Fword", False)):
            second = open_second_level(f"rediss://{user}@{address}", b"secret")
            cache: Any = second._cache
            try:
                await cache.multi_set([("a", b"1")], ttl=5)
                assert is_let_in
                assert await cache.multi_get(["a", "b"]) == [b"1", None]
            except RedisError:
                assert not is_let_in
            finally:
                await second.aclose()


async def test_a_redis_whose_certificate_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    async with secured_redis(tmp_path) as port:
        second = open_second_level(f"rediss://gw:p%40ss%2Fword@127.0.0.1:{port}/1", b"secret")
        cache: Any = second._cache
        with pytest.raises(RedisConnectionError):
            await cache.multi_get(["a"])
        await second.aclose()
