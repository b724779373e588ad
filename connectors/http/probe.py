"""Whether a service over HTTP gives a sign of life."""

import asyncio

from connectors.errors import SourceError
from connectors.http.clients.client import Call, Client
from connectors.results import Health


async def probe(client: Client, call: Call, deadline: float) -> Health:
    """Send a call: any answer below 500 is a sign of life. Never raises a `SourceError`."""
    clock = asyncio.get_running_loop().time
    started = clock()
    try:
        answer = await client.send(call, deadline)
        is_up, detail = answer.status < 500, f"status {answer.status}"
    except SourceError as error:
        is_up, detail = False, error.detail
    return Health(is_up=is_up, latency_seconds=clock() - started, detail=detail)
