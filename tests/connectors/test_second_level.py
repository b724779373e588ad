"""A second level that is lost slows nobody twice, and is told once."""

import asyncio
import socket

from structlog.testing import capture_logs

from connectors.caching.second import open_second_level


async def test_a_loss_is_told_once_by_all_that_were_under_way() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    level = open_second_level(f"redis://127.0.0.1:{port}/0", b"secret")
    now = asyncio.get_running_loop().time()
    with capture_logs() as told:
        answers = await asyncio.gather(*(level.get([f"name{n}"], now + n / 1_000) for n in range(10)))
    assert answers == [{}] * 10
    assert [one["event"] for one in told] == ["second_level_lost"]
    await level.aclose()


async def test_a_silent_redis_leaves_nothing_behind() -> None:
    """A task of the library's would fail when the connection ends, with nobody left to read how."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        level = open_second_level(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", b"secret")
        asked = asyncio.create_task(level.get(["name"], asyncio.get_running_loop().time()))
        await asyncio.sleep(0.02)
        assert asyncio.all_tasks() == {asked, asyncio.current_task()}
        assert await asked == {}
        await level.aclose()
