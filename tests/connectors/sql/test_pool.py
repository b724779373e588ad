"""The pool: sessions are used again, at most so many are open, and none is lost."""

import asyncio
from dataclasses import dataclass, field

import pytest

from connectors.sql.pool import IDLE_SECONDS, OVERFLOW, Pool
from tests.patience import comes, leap


@dataclass
class Session:
    """A session that only counts."""

    number: int
    is_gone: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def is_closed(self) -> bool:
        return self.is_gone

    async def aclose(self) -> None:
        self.is_gone = True
        self.ended.set()


class Server:
    """Opens sessions, unless it is down."""

    def __init__(self) -> None:
        self.opened: list[Session] = []
        self.is_down = False

    async def open(self) -> Session:
        await asyncio.sleep(0)
        if self.is_down:
            raise ConnectionRefusedError
        self.opened.append(Session(len(self.opened)))
        return self.opened[-1]


async def test_the_session_used_last_is_used_again() -> None:
    server = Server()
    pool = Pool(server.open, kept=2)
    one, two = await pool.take(), await pool.take()
    pool.give(one)
    pool.give(two)
    assert await pool.take() is two
    assert await pool.take() is one
    assert len(server.opened) == 2


async def test_more_than_the_bound_wait_for_their_turn() -> None:
    server = Server()
    pool = Pool(server.open, kept=1)
    taken = [await pool.take() for _ in range(1 + OVERFLOW)]
    waiting = [asyncio.create_task(pool.take()) for _ in range(3)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    pool.give(taken[4])
    assert await waiting[0] is taken[4]
    waiting[1].cancel()
    pool.drop(taken[5])
    assert (await waiting[2]).number == 1 + OVERFLOW
    assert taken[5].is_gone


async def test_a_server_that_is_down_takes_no_places() -> None:
    server = Server()
    pool = Pool(server.open, kept=1)
    server.is_down = True
    for _ in range(3 * OVERFLOW):
        with pytest.raises(ConnectionRefusedError):
            await pool.take()
    server.is_down = False
    assert (await pool.take()).number == 0


async def test_sessions_that_went_away_are_passed_over() -> None:
    server = Server()
    pool = Pool(server.open, kept=2)
    one, two = await pool.take(), await pool.take()
    pool.give(one)
    pool.give(two)
    two.is_gone = True
    assert await pool.take() is one
    pool.give(one)
    pool.clear()
    assert (await pool.take()).number == 2
    await one.ended.wait()


async def test_what_is_idle_for_long_is_closed_down_to_those_that_are_kept() -> None:
    server = Server()
    pool = Pool(server.open, kept=2)
    taken = [await pool.take() for _ in range(5)]
    for session in taken:
        pool.give(session)
    leap(IDLE_SECONDS)
    await comes(asyncio.gather(*(one.ended.wait() for one in taken[:3])))
    assert [one.is_gone for one in taken] == [True, True, True, False, False]
    await pool.aclose()
    assert all(one.is_gone for one in taken)


async def test_a_closed_pool_closes_what_comes_back() -> None:
    server = Server()
    pool = Pool(server.open, kept=2)
    session = await pool.take()
    await pool.aclose()
    pool.give(session)
    await comes(session.ended.wait())
