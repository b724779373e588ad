"""Jutong as an ASGI application in this very process: no socket, no other process, its CPU alone."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

from gateway.app import App
from gateway.settings import read_settings
from gateway.telemetry.logs import set_up_logs

AT_ONCE = 4
"""Requests under way, as many as the load generator of the other benches keeps."""
ENOUGH_SECONDS = 0.1
"""CPU of one round: a hundred small requests, or five of the largest."""


class Inside:
    """A served application, and what asking it costs."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def ask(self, body: bytes, key: str) -> bytes:
        """One POST of a body with an API key; the answer's body. `SystemExit` if it is a refusal or holds
        an error."""
        sent: list[dict[str, Any]] = []
        received = iter(({"type": "http.request", "body": body, "more_body": False},))
        never = asyncio.get_running_loop().create_future()

        async def receive() -> dict[str, Any]:
            return next(received, None) or await never

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(_scope(body, key), receive, send)
        answer: bytes = sent[1]["body"]
        if sent[0]["status"] != 200 or b'"errors"' in answer:
            raise SystemExit(f"not the answer to measure: {answer[:300]!r}")
        return answer

    async def cpu_of(self, requests: Iterator[tuple[bytes, str]]) -> float:
        """CPU seconds of this process per request, all its threads, over one round."""
        began, done = time.process_time(), 0
        while (spent := time.process_time() - began) < ENOUGH_SECONDS:
            batch = [next(requests) for _ in range(AT_ONCE)]
            await asyncio.gather(*(self.ask(body, key) for body, key in batch))
            done += AT_ONCE
        return spent / done


@contextmanager
def log_to_nowhere() -> Iterator[None]:
    """Write the log, at its usual cost, to nowhere. Once in a process: a logger keeps its file."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        set_up_logs()
        yield


@asynccontextmanager
async def serve_inside(catalogue: Path, state: Path) -> AsyncIterator[Inside]:
    """Open the gateway over a catalogue and close it. Files are not watched: a look would be measured."""
    app = App(read_settings({}, catalogue=catalogue, state=state, reload_seconds=0))
    incoming: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    incoming.put_nowait({"type": "lifespan.startup"})
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        if not started.done():
            started.set_result(message["type"])

    serving = asyncio.create_task(app({"type": "lifespan", "asgi": {}, "state": {}}, incoming.get, send))
    if await started != "lifespan.startup.complete":
        raise SystemExit("the gateway did not start")
    try:
        yield Inside(app)
    finally:
        incoming.put_nowait({"type": "lifespan.shutdown"})
        await serving


def _scope(body: bytes, key: str) -> dict[str, Any]:
    return {
        "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "root_path": "",
        "query_string": b"", "http_version": "1.1", "scheme": "http",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
        "headers": [
            (b"host", b"bench"),
            (b"content-type", b"application/json"),
            (b"authorization", b"Bearer " + key.encode()),
            (b"content-length", str(len(body)).encode()),
        ],
    }  # fmt: skip
