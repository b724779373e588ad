"""A service that drags or never ends is left, whichever driver asks it, and sees that it is left."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from connectors.errors import SourceMisbehaved, SourceTimeout
from tests.connectors.graphql import asked as graphql
from tests.connectors.http.liar import dripping, endless, lying, silent
from tests.connectors.rest import liar as rest
from tests.patience import comes

Ask = Callable[..., Awaitable[Any]]
ORIGINS: dict[str, tuple[Ask, dict[str, Any]]] = {
    "rest, a key a request": (rest.ask, {"path": "/r/{key}"}),
    "rest, many keys": (rest.ask, {"path": "/r", "keys": "repeated", "parameter": "no", "records": "list"}),
    "graphql, a list": (graphql.ask, graphql.LIST),
    "graphql, aliases": (graphql.ask, graphql.ALIASES),
}
pytestmark = pytest.mark.parametrize(("ask", "origin"), ORIGINS.values(), ids=ORIGINS)


async def test_an_endless_body_is_left_at_its_bound(ask: Ask, origin: dict[str, Any]) -> None:
    async with lying(endless) as liar:
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, origin, "A", max_body_bytes=1_000_000)
        await comes(liar.left.wait())


@pytest.mark.parametrize("answer", [silent, dripping])
async def test_the_deadline_holds(ask: Ask, origin: dict[str, Any], answer: Any) -> None:
    async with lying(answer) as liar:
        with pytest.raises(SourceTimeout):
            await ask(liar.url, origin, "A", seconds=0.2)
        await comes(liar.left.wait())


@pytest.mark.parametrize("answer", [silent, dripping])
async def test_a_cancelled_caller_leaves(ask: Ask, origin: dict[str, Any], answer: Any) -> None:
    async with lying(answer) as liar:
        task = asyncio.ensure_future(ask(liar.url, origin, "A"))
        await comes(liar.asked.wait())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        await comes(liar.left.wait())
