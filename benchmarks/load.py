"""The load generator: a few keep-alive connections, each with one request at a time, no HTTP library.

It lives in the runner's process, on another core than the server.
"""

import asyncio
import time
from dataclasses import dataclass

from benchmarks.cases import Case

CONNECTIONS = 4
"""Enough that the server never waits for the client; latencies hold the queue of the three others."""
AT_LEAST = 8
"""Requests of a burst, however short."""


class Refused(Exception):
    """An answer that is not 200, or that has errors."""


@dataclass(frozen=True)
class Burst:
    """What a burst of requests measured."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]
    """Seconds, sorted."""
    next_person: int

    def quantile(self, part: float) -> float:
        """Seconds within which this part of the requests was answered."""
        return self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))]


class Connection:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 22))

    async def post(self, body: bytes, path: str = "/graphql") -> bytes:
        """Send a body and give the answer's. Raises `Refused`."""
        head = (
            b"POST %s HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer bench\r\n"
            b"content-type: application/json\r\naccept: application/json\r\ncontent-length: %d\r\n\r\n"
        )
        self._writer.write(head % (path.encode(), len(body)) + body)
        answer_head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        answer = await self._read_body(answer_head)
        if not answer_head.startswith(b"http/1.1 200"):
            raise Refused(f"{answer_head[:12]!r} {answer[:300]!r}")
        return answer

    async def _read_body(self, head: bytes) -> bytes:
        _, found, rest = head.partition(b"\r\ncontent-length:")
        if found:
            return await self._reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
        parts = []
        while True:
            size = int(await self._reader.readline(), 16)
            parts.append((await self._reader.readexactly(size + 2))[:-2])
            if size == 0:
                return b"".join(parts)

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


async def burst(
    port: int, case: Case, first_person: int, seconds: float, population: int = 10_000_000
) -> Burst:
    """Ask for some seconds, a new person each time unless the case is hot. Raises `Refused`."""
    person = first_person
    latencies: list[float] = []
    started = time.perf_counter()

    async def ask_on() -> None:
        nonlocal person
        connection = await Connection.open(port)
        try:
            while time.perf_counter() - started < seconds or len(latencies) < AT_LEAST:
                if person + case.persons > population:
                    person = 0
                body = case.body(person)
                person += case.persons
                sent = time.perf_counter()
                answer = await connection.post(body)
                latencies.append(time.perf_counter() - sent)
                if b'"errors"' in answer:
                    raise Refused(answer[:300].decode())
        finally:
            connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(ask_on())
    return Burst(len(latencies), time.perf_counter() - started, tuple(sorted(latencies)), next_person=person)


async def ask(port: int, body: bytes, path: str = "/graphql") -> bytes:
    """One request."""
    connection = await Connection.open(port)
    try:
        return await connection.post(body, path)
    finally:
        connection.close()
