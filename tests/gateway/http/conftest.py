"""The loop that `jutong serve` has: its buffers and its reads are not those of asyncio."""

import asyncio
from collections.abc import Callable, Mapping

import uvloop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """For every test of this folder."""
    return {"uvloop": uvloop.new_event_loop}
