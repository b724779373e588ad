"""What a request costs in tasks: one for each call to a source, and none for what the cache holds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from connectors.caching.cached import Cached
from connectors.caching.store import MemoryStore
from connectors.resilience.resilient import Resilient
from tests.cities.harbour_rows import TABLES, ZHANG
from tests.kit import ALL, City, open_catalogue, read_city

ALONE = f'{{ person(id: "{ZHANG}") {{ name }} }}'
SIDE_BY_SIDE = f"""{{ person(id: "{ZHANG}") {{
    name qualifications {{ number }} registry {{ marriages {{ certificateNo }} }}
}} }}"""
ONE_AFTER_THE_OTHER = f"""{{ person(id: "{ZHANG}") {{
    name qualifications {{ number operator {{ name tax {{ grade }} }} }}
}} }}"""


def city() -> City:
    """The harbour behind the wrappers that a served gateway has."""
    catalogue, policy = read_city("harbour")
    resources = {code: replace(one, cache_seconds=60) for code, one in catalogue.resources.items()}
    opened = open_catalogue(replace(catalogue, resources=resources), policy, ALL, TABLES)
    store = MemoryStore()
    wrapped = {
        name: Cached(
            Resilient(source), store, lambda of, about: lambda keys: tuple(f"{about}{key}" for key in keys)
        )
        for name, source in opened.sources.items()
    }
    opened.gateway.connector = wrapped.get
    return opened


@contextmanager
def tasks_made() -> Iterator[list[str]]:
    """Names of the coroutines that become tasks."""
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, call: Any, **more: Any) -> Any:
        made.append(call.cr_code.co_qualname)
        return asyncio.Task(call, loop=loop, **more)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(factory)
    try:
        yield made
    finally:
        loop.set_task_factory(None)


async def test_each_call_is_one_task_and_what_is_held_is_none() -> None:
    for document, calls in ((ALONE, 1), (SIDE_BY_SIDE, 3), (ONE_AFTER_THE_OTHER, 4)):
        opened = city()
        with tasks_made() as made:
            answer = await opened.ask(document)
        assert "errors" not in answer
        assert len(opened.loads) == calls
        assert len(made) == calls, made
        with tasks_made() as made:
            assert await opened.ask(document) == answer
        assert made == []
        assert len(opened.loads) == calls


async def test_who_asks_the_same_at_once_shares_the_tasks() -> None:
    opened = city()
    with tasks_made() as made:
        answers = await asyncio.gather(*(opened.ask(SIDE_BY_SIDE) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert len(opened.loads) == 3
    assert made.count("Resilient.load") == 3
