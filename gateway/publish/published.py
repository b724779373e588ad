"""Bytes about one view, made once each, in a thread, when somebody asks for the first time."""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.cycle_collector import aside

MAX_BYTES = 64 * 1_048_576
"""Of all answers kept for one view; the whole of a city is 14 MB in both forms."""
GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Published:
    """One answer."""

    body: bytes
    packed: bytes
    """The same, gzip."""
    etag: str
    """Quoted, as the header has it."""

    @classmethod
    def of(cls, body: bytes) -> "Published":
        """Pack an answer."""
        digest = hashlib.sha256(body).hexdigest()[:32]
        return cls(body, gzip.compress(body, GZIP_LEVEL, mtime=0), f'"{digest}"')


class Shelf:
    """Keeps what was asked for last; whoever asks for what is being made waits for it.

    One answer is made at a time: a slice of a city takes a second of a core, and there are as many slices as
    there are sets of departments.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Published] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Published]] = {}
        self._turn = asyncio.Lock()
        self.made = 0
        """Answers made so far; what the shelf is held to in tests."""

    async def get(self, key: Hashable, make: Callable[[], bytes]) -> Published:
        """The answer of a key, made in a thread if there is none. One who gives up ends it for no other."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, make))
            making.add_done_callback(lambda _task: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def _make(self, key: Hashable, make: Callable[[], bytes]) -> Published:
        async with self._turn:
            self.made += 1
            made = await asyncio.to_thread(_pack_aside, make)
        self._kept[key] = made
        self._bytes += _size(made)
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        return made


def _pack_aside(make: Callable[[], bytes]) -> Published:
    with aside():
        return Published.of(make())


def _size(one: Published) -> int:
    return len(one.body) + len(one.packed)


def write_apart(value: Any) -> bytes:
    """The JSON of a large answer, written and let go piece by piece: at once, either would stop every thread
    for a while. Lists in `value` are empty afterwards."""
    if isinstance(value, dict):
        members = (orjson.dumps(name) + b":" + write_apart(inner) for name, inner in value.items())
        return b"{" + b",".join(members) + b"}"
    if not isinstance(value, list):
        return orjson.dumps(value)
    value.reverse()
    pieces = []
    while value:
        pieces.append(orjson.dumps(value.pop()))
    return b"[" + b",".join(pieces) + b"]"
