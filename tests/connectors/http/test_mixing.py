"""Calls over few connections to a service that misbehaves in many ways: no call gets another's answer.

What HTTP/1.1 cannot tell apart is left out: an answer too many that arrives when the next call was sent.
"""

import asyncio
from random import Random

import pytest

from connectors.errors import SourceError
from connectors.http.clients import Call, Client
from tests.connectors.http.liar import whole
from tests.connectors.http.test_clients import client_of, serving
from tests.patience import PATIENCE_SECONDS, soon

CALLS = 300


class Moods:
    """A service that echoes the target of a call, in moods drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            echo = head.split(b" ")[1]
            answer = whole(echo)
            match self._draw.randrange(9):
                case 0:
                    return  # hang up without an answer
                case 1:
                    writer.write(answer[: self._draw.randrange(len(answer))])
                    return
                case 2:
                    await asyncio.sleep(self._draw.random() / 50)
                    writer.write(answer)
                case 3:
                    writer.write(answer + whole(b"for nobody"))
                case 4:
                    for byte in answer:
                        writer.write(bytes([byte]))
                        await asyncio.sleep(0)
                case 5:
                    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(echo), echo)
                    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
                case 6:
                    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + echo)
                    return
                case _:
                    writer.write(answer)
            await writer.drain()


async def send(client: Client, target: str, seconds: float) -> bytes | None:
    """The body, or nothing where the call failed."""
    try:
        return (await client.send(Call("GET", target), soon(seconds))).content
    except SourceError:
        return None


@pytest.mark.parametrize("seed", range(3))
async def test_no_call_gets_the_answer_of_another(seed: int) -> None:
    draw = Random(seed)
    async with serving(Moods(seed).talk) as url, client_of(url, max_connections=4) as client:
        calls = []
        for number in range(CALLS):
            calls.append(
                asyncio.create_task(
                    send(client, f"/{number}", 0.005 if draw.random() < 0.1 else PATIENCE_SECONDS)
                )
            )
            if draw.random() < 0.1:
                asyncio.get_running_loop().call_later(draw.random() / 20, calls[-1].cancel)
        found = await asyncio.gather(*calls, return_exceptions=True)
    answered = {number: body for number, body in enumerate(found) if isinstance(body, bytes)}
    assert len(answered) > CALLS / 3
    assert answered == {number: f"/{number}".encode() for number in answered}
    assert all(body is None or isinstance(body, bytes | asyncio.CancelledError) for body in found)
