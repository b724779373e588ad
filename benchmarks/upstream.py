"""The departments' service: its own process, as fast as Python is, with a delay if one is asked for.

POST /<table>  {"keys": ["key", ...]}       ->  {"data": [row, ...]}
GET  /<table>?key=…&key=…                   ->  [row, ...], days written as ISO has them
GET  /<table>/<key>                         ->  row, the first of the key's, written so
POST /graphql  {"query": …, "variables": …} ->  {"data": {…: [row, ...]}}, one root field `<table>(keys: $…)`
GET  /calls                                 ->  {"calls": n}, since the start, without these
"""

import argparse
import asyncio
import re
from functools import cache, partial
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson
import uvloop

from benchmarks.world import dated_rows_of, rows_of

QUERY = re.compile(r"\{\s*(?:(\w+)\s*:\s*)?(\w+)\s*\(\s*keys\s*:\s*\$(\w+)\s*\)\s*\{([\w\s]+)\}\s*\}\s*$")


class Service(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as much of it as our clients speak."""

    calls = 0

    def __init__(self, delay_seconds: float) -> None:
        self._delay = delay_seconds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._received += data
        while True:
            head, found, rest = self._received.partition(b"\r\n\r\n")
            if not found:
                return
            length = _length(head)
            if len(rest) < length:
                return
            self._received = rest[length:]
            method, path, _ = head.split(b" ", 2)
            self._answer(method.decode(), path.decode(), rest[:length])

    def _answer(self, method: str, path: str, body: bytes) -> None:
        if path == "/calls":
            self._send({"calls": Service.calls})
            return
        Service.calls += 1
        answer = _get(path) if method == "GET" else _post(path, orjson.loads(body))
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: object) -> None:
        body = orjson.dumps(answer)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _post(path: str, asked: dict[str, Any]) -> object:
    return {"data": _graphql(asked) if path == "/graphql" else rows_of(path[1:], asked["keys"])}


def _get(path: str) -> object:
    table, _, query = path[1:].partition("?")
    if query:
        return dated_rows_of(table, [key for _, key in parse_qsl(query)])
    table, _, key = table.partition("/")
    return dated_rows_of(table, [key])[0]


def _graphql(asked: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    name, table, variable, columns = _read(asked["query"])
    rows = rows_of(table, asked["variables"][variable])
    return {name: [{column: row[column] for column in columns} for row in rows]}


@cache
def _read(query: str) -> tuple[str, str, str, list[str]]:
    """Name in the answer, table, variable and columns: the one form of query that is spoken here."""
    found = QUERY.search(query)
    if found is None:
        raise ValueError(query)
    return found[1] or found[2], found[2], found[3], found[4].split()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port: int, delay_seconds: float) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Service, delay_seconds), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Read arguments and serve."""
    parser = argparse.ArgumentParser(description="the service of the benchmarks")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay-ms", type=float, default=0)
    given = parser.parse_args()
    uvloop.run(serve(given.port, given.delay_ms / 1000))


if __name__ == "__main__":
    main()
