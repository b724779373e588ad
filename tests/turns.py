"""How often others have their turn on the loop while something is done: counted, since times prove nothing."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

Given = TypeVar("Given")


async def turns_beside(work: Awaitable[Given]) -> tuple[Given, int]:
    """What it gives, and how many turns another task of the loop had meanwhile."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count())
    try:
        return await work, turns
    finally:
        other.cancel()
        with suppress(asyncio.CancelledError):
            await other
