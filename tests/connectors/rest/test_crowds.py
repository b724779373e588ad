"""More requests than a service is asked at once: how many go, who waits, and what is told of the service."""

import asyncio
import json

import pytest

from connectors.errors import SourceError, SourceTimeout
from connectors.requests import KeyBinding, Load
from connectors.resilience.resilient import Resilience, Resilient
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.model import Resource
from tests.connectors.http.declared import NO
from tests.connectors.http.liar import Liar, chosen_transport, lying, whole
from tests.connectors.rest.liar import declared

MANY = declared({"path": "/r", "keys": "repeated", "parameter": "no"}, NO)
ROW = json.dumps([{"no": "A", "name": "x"}])


def connector_to(liar: Liar, max_connections: int, resource: Resource = MANY) -> Resilient:
    settings = {"base_url": liar.url, "transport": chosen_transport.get(), "max_connections": max_connections}
    resilience = Resilience(breaker_failures=3, breaker_pause_seconds=60, retries=0)
    return Resilient(RestConnector(RestSettings.model_validate(settings), (resource,)), resilience)


def load(seconds: float = 5) -> Load:
    deadline = asyncio.get_running_loop().time() + seconds
    return Load(MANY, KeyBinding((NO,), (None,)), (("A",),), ("no", "name"), deadline)


@pytest.mark.parametrize("max_connections", [3, 40])
async def test_as_many_requests_are_under_way_as_the_source_says(max_connections: int) -> None:
    """The service answers nobody before the last that it may be asked by has come."""
    is_full = asyncio.Event()
    come = 0

    async def answer(writer: asyncio.StreamWriter, _head: str) -> None:
        nonlocal come
        come += 1
        if come == max_connections:
            is_full.set()
        await is_full.wait()
        writer.write(whole(ROW))

    async with lying(answer) as liar:
        connector = connector_to(liar, max_connections)
        asked = [asyncio.create_task(connector.load(load())) for _ in range(max_connections + 2)]
        async with asyncio.timeout(5):
            await is_full.wait()
            found = await asyncio.gather(*asked)
        await connector.aclose()
    assert {one.entries for one in found} == {((("A", "x"),),)}


async def test_who_waited_in_vain_for_a_place_says_nothing_of_the_service() -> None:
    """Otherwise a crowd would take a service that answers away from everybody."""
    goes_on = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter, _head: str) -> None:
        await goes_on.wait()
        writer.write(whole(ROW))

    async with lying(answer) as liar:
        connector = connector_to(liar, 1)
        first = asyncio.create_task(connector.load(load()))
        await liar.asked.wait()
        late = await asyncio.gather(*(connector.load(load(0.05)) for _ in range(10)), return_exceptions=True)
        assert [type(one) for one in late] == [SourceTimeout] * 10
        assert {one.detail for one in late if isinstance(one, SourceError)} == {
            "the deadline passed before a place was free"
        }
        goes_on.set()
        assert (await first).entries == (await connector.load(load())).entries == ((("A", "x"),),)
        assert len(liar.heads) == 2
        await connector.aclose()


async def test_a_service_that_keeps_everybody_waiting_is_left_alone() -> None:
    """Those that had a place tell of it."""
    async with lying(lambda *_: asyncio.sleep(20)) as liar:
        connector = connector_to(liar, 1)
        for _ in range(3):
            with pytest.raises(SourceTimeout):
                await connector.load(load(0.05))
        with pytest.raises(SourceError):
            await connector.load(load())
        assert len(liar.heads) == 3
        await connector.aclose()
