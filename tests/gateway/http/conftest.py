"""A graph with a client on a socket, and the loop that `jutong serve` has: its buffers and its reads are not those of asyncio."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import pytest
import uvloop

from tests.gateway.http.served import Client, ServedGraph, open_client, open_graph
from tests.kit import City
from tests.patience import LeapingLoop


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """uvloop's for every test of this folder, but for those that name the one whose clock can leap."""
    mark = item.get_closest_marker("asyncio")
    if mark is not None and "loop_factories" in mark.kwargs:
        return {"leaping": LeapingLoop}
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def graph(city: City) -> AsyncIterator[ServedGraph]:
    """The city of the test, served."""
    async with open_graph(city.gateway) as opened:
        yield opened


@pytest.fixture
async def client(graph: ServedGraph) -> AsyncIterator[Client]:
    """A socket whose caller has been named."""
    async with open_client(graph.port) as opened:
        await opened.init()
        yield opened


@pytest.fixture
def nothing_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """By uvicorn or asyncio: traces are not for a production's log, and no client is to make one."""
    yield
    texts = [record.getMessage() for when in ("setup", "call") for record in caplog.get_records(when)
             if record.levelno >= logging.WARNING]  # fmt: skip
    assert texts == []
