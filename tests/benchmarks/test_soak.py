"""Answers are compared under load, and one that differs is told."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.field import open_field
from benchmarks.soak import Different, soak

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"data":{}}'


async def test_answers_are_compared(tmp_path: Path) -> None:
    with open_field("rest", tmp_path, "", 0, ("jutong", "fan-out")) as field:
        jutong, by_hand = (field.servers[name].port for name in ("jutong", "fan-out"))
        compared, left = await soak(jutong, by_hand, seconds=1)
        assert compared > 0
        assert left > 0
        other = await asyncio.start_server(answer_nothing, "127.0.0.1")
        with pytest.raises(Different, match=r"and\n\{'data': \{\}\}"):
            await soak(jutong, other.sockets[0].getsockname()[1], seconds=5)
        other.close()


async def answer_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65_536):
        writer.write(ANSWER)
    writer.close()
