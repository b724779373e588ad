"""The native client asks where a host is."""

import asyncio
from typing import Any

from connectors.errors import SourceTimeout
from connectors.http.clients import open_client, read_endpoint
from connectors.http.settings import HttpSettings
from tests.connectors.http.liar import whole
from tests.connectors.http.test_clients import GET, lasting
from tests.patience import soon


async def test_a_name_that_is_not_found_out_is_asked_for_once() -> None:
    """However many wait, and stop to: each question holds a thread that all other sources need."""
    loop, asked, answered = asyncio.get_running_loop(), 0, asyncio.Event()
    find = loop.getaddrinfo

    async def find_late(*given: Any, **options: Any) -> Any:
        nonlocal asked
        asked += 1
        await answered.wait()
        return await find(*given, **options)

    async with lasting(whole("one")) as (url, _):
        settings = HttpSettings(transport="native")
        client = open_client(settings, read_endpoint(settings, url))
        loop.getaddrinfo = find_late  # type: ignore[method-assign] # a name server that is silent
        try:
            for _ in range(3):
                late = [client.send(GET, soon(0.05)) for _ in range(4)]
                found = await asyncio.gather(*late, return_exceptions=True)
                assert [type(one) for one in found] == [SourceTimeout] * 4
            assert asked == 1
            answered.set()
            assert (await client.send(GET, soon())).content == b"one"
            assert asked == 1
        finally:
            del loop.getaddrinfo
            await client.aclose()
