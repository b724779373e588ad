"""A department's service over HTTP that a test holds in its hands: slow on demand, counting who left."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from tests.faults.city import FLEET


@dataclass
class Department:
    """Answers `/licences/{citizen id}`, and operations of GraphQL with a variable for each id.

    The person whose id ends in X has no licence.
    """

    url: str = ""
    delay_seconds: float = 0
    started: list[str] = field(default_factory=list)
    """Ids that were asked for."""
    abandoned: list[str] = field(default_factory=list)
    """Ids whose asker closed the connection before the answer."""
    open: int = 0
    """Requests that are being worked on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the gateway."""
        if scope["type"] != "http":
            return
        is_graphql = scope["method"] == "POST"
        ids = await _variables(receive) if is_graphql else [scope["path"].rsplit("/", 1)[-1]]
        self.started += ids
        self.open += 1
        try:
            if self.delay_seconds and await _left_within(receive, self.delay_seconds):
                self.abandoned += ids
                return
        finally:
            self.open -= 1
        named = {f"licences_{number}": licences_of(id_) for number, id_ in enumerate(ids)}
        body = {"data": named} if is_graphql else {"licences": named["licences_0"]}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": orjson.dumps(body)})


def licences_of(id_: str) -> list[dict[str, str]]:
    """What is known of a person."""
    return [] if id_.endswith("X") else [{"number": f"L-{id_[-5:]}", "holder": id_, "operator": FLEET}]


async def _variables(receive: Receive) -> list[str]:
    """The ids that an operation asks for, in the order of their aliases."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    given: dict[str, str] = orjson.loads(body)["variables"]
    return [given[f"key_{number}"] for number in range(len(given))]


async def _left_within(receive: Receive, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


@contextmanager
def open_department() -> Iterator[Department]:
    """A department that answers on a port of its own."""
    department = Department()
    server = uvicorn.Server(uvicorn.Config(department, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    department.url = f"http://127.0.0.1:{port}"
    try:
        yield department
    finally:
        server.should_exit = True
        thread.join()
