"""A shelf makes one answer at a time, for those who wait, and keeps what was asked for last."""

import asyncio
import gzip
import threading
import time
from copy import deepcopy

import orjson
import pytest

from gateway.errors import SchemaUnavailable
from gateway.publish.published import Shelf, write_apart
from tests.patience import PATIENCE_SECONDS, soon, until


class Slow:
    """Something that takes as long to make as a test wants."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> bytes:
        self.began.set()
        assert self.may_end.wait(PATIENCE_SECONDS)
        return b"slow"


async def test_a_shelf_makes_once_for_all_who_wait_and_keeps_its_bound() -> None:
    shelf = Shelf(max_bytes=5_000)
    waiting = [asyncio.create_task(shelf.get("a", lambda: b"a" * 100, soon())) for _ in range(5)]
    waiting[0].cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {one.body for one in found[1:] if not isinstance(one, BaseException)} == {b"a" * 100}
    assert shelf.made == 1
    await shelf.get("b", lambda: b"b" * 4_950, soon())
    await shelf.get("a", lambda: b"a" * 100, soon())
    assert shelf.made == 3


async def test_a_shelf_makes_one_answer_at_a_time() -> None:
    shelf, at_work, most = Shelf(), 0, 0

    def make() -> bytes:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.005)
        at_work -= 1
        return b"x"

    await asyncio.gather(*(shelf.get(key, make, soon()) for key in range(10)))
    assert (shelf.made, most) == (10, 1)


async def test_what_nobody_waits_for_any_more_is_not_made() -> None:
    shelf, slow = Shelf(), Slow()
    first = asyncio.create_task(shelf.get("slow", slow, soon()))
    await until(slow.began.is_set)
    gone = [asyncio.create_task(shelf.get(key, lambda: b"x", soon())) for key in "aabc"]
    stays = asyncio.create_task(shelf.get("c", lambda: b"c", soon()))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    again = asyncio.create_task(shelf.get("a", lambda: b"again", soon()))  # as if nobody had asked
    slow.may_end.set()
    assert (await again).body == b"again"
    assert (await stays).body == b"x"  # was asked for before it came
    assert (await first).body == b"slow"
    assert shelf.made == 3


async def test_few_answers_wait_to_be_made_and_the_next_is_refused_at_once() -> None:
    shelf, slow = Shelf(max_making=3), Slow()
    waiting = [asyncio.create_task(shelf.get(key, slow, soon())) for key in range(3)]
    await until(slow.began.is_set)
    with pytest.raises(SchemaUnavailable):
        await shelf.get("one more", slow, soon())
    waiting.append(asyncio.create_task(shelf.get(2, slow, soon())))  # is being made anyway
    slow.may_end.set()
    assert {one.body for one in await asyncio.gather(*waiting)} == {b"slow"}
    assert (await shelf.get("one more", slow, soon())).body == b"slow"


async def test_what_cannot_be_made_is_told_to_all_who_wait_and_made_anew() -> None:
    def fail() -> bytes:
        raise ValueError("cannot")

    shelf = Shelf()
    waiting = (shelf.get("a", fail, soon()) for _ in range(2))
    assert [type(one) for one in await asyncio.gather(*waiting, return_exceptions=True)] == [ValueError] * 2
    assert (await shelf.get("a", lambda: b"a", soon())).body == b"a"


async def test_introspection_is_not_packed() -> None:
    shelf = Shelf()
    assert (await shelf.get("a", lambda: b"a", soon())).packed is None
    packed = (await shelf.get("b", lambda: b"b", soon(), is_packed=True)).packed
    assert packed is not None
    assert gzip.decompress(packed) == b"b"


def test_an_answer_written_in_pieces_is_the_answer() -> None:
    value = {"a": [{"b": [1, None, "x"]}, [], {}], "c": {"d": "\u4e2d", "e": {}}, "f": [], "g": True}
    assert write_apart(deepcopy(value)) == orjson.dumps(value)
