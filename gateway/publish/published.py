"""Bytes about one view, made once each, in a thread, when somebody asks for the first time.

Making one takes up to seconds of a core, and whoever may ask may ask for many different ones. So one is made
at a time, few wait for their turn, and what nobody waits for any more is not made.
"""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.deadline import Until
from gateway.cycle_collector import aside
from gateway.errors import SchemaUnavailable

MAX_BYTES = 64 * 1_048_576
"""Of all answers kept for one view; the whole of a city is 14 MB in both forms."""
GZIP_LEVEL = 6
MAX_MAKING = 16
"""Answers of one view that are made or wait to be; in a city, more than are made while a request may wait."""


@dataclass(frozen=True, slots=True)
class Published:
    """One answer."""

    body: bytes
    packed: bytes | None
    """The same, gzip; `None` where it is given plain alone."""
    etag: str
    """Quoted, as the header has it."""

    @classmethod
    def of(cls, body: bytes, *, is_packed: bool) -> "Published":
        """Tag an answer, and pack it."""
        digest = hashlib.sha256(body).hexdigest()[:32]
        packed = gzip.compress(body, GZIP_LEVEL, mtime=0) if is_packed else None
        return cls(body, packed, f'"{digest}"')


@dataclass(slots=True, eq=False)
class _Making:
    """An answer that is made, or waits for its turn."""

    task: "asyncio.Task[Published]" = field(init=False)
    has_begun: bool = False
    waiting: int = 0
    """How many wait for it."""


class Shelf:
    """Keeps what was asked for last; whoever asks for what is being made waits for it."""

    def __init__(self, max_bytes: int = MAX_BYTES, max_making: int = MAX_MAKING) -> None:
        self._max_bytes = max_bytes
        self._max_making = max_making
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Published] = OrderedDict()
        self._making: dict[Hashable, _Making] = {}
        self._turn = asyncio.Lock()
        self.made = 0
        """Answers made so far; what the shelf is held to in tests."""

    async def get(
        self, key: Hashable, make: Callable[[], bytes], deadline: float, *, is_packed: bool = False
    ) -> Published:
        """The answer of a key, made in a thread if there is none. One who gives up ends it for no other.

        Raises `SchemaUnavailable` where too many wait to be made, and when the deadline has passed: what is
        being made then is made to its end and kept.
        """
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        making = self._making.get(key) or self._line_up(key, make, is_packed)
        making.waiting += 1
        try:
            with Until(deadline):
                return await asyncio.shield(making.task)
        except TimeoutError:
            raise SchemaUnavailable("This takes longer than the request may: try again later.") from None
        finally:
            making.waiting -= 1
            if not making.waiting and not making.has_begun:
                del self._making[key]
                making.task.cancel()

    def _line_up(self, key: Hashable, make: Callable[[], bytes], is_packed: bool) -> _Making:
        if len(self._making) >= self._max_making:
            raise SchemaUnavailable("Too much is asked about the schema at once: try again later.")
        making = self._making[key] = _Making()
        making.task = asyncio.create_task(self._make(making, key, make, is_packed))
        return making

    async def _make(
        self, making: _Making, key: Hashable, make: Callable[[], bytes], is_packed: bool
    ) -> Published:
        async with self._turn:
            making.has_begun = True
            self.made += 1
            try:
                made = await asyncio.to_thread(_publish_aside, make, is_packed)
            finally:
                del self._making[key]
        self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: Published) -> None:
        self._kept[key] = made
        self._bytes += _size(made)
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _publish_aside(make: Callable[[], bytes], is_packed: bool) -> Published:
    with aside():
        return Published.of(make(), is_packed=is_packed)


def _size(one: Published) -> int:
    return len(one.body) + len(one.packed or b"")


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
