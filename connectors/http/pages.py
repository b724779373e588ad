"""Pages of ours out of pages of theirs: one of theirs after the other, until ours is full."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page stands."""

    token: Any = None
    """Number, offset, cursor or link; `None` for the first page."""
    before: int = 0
    """Records on the pages before it."""


FIRST = Position()

Cursor = tuple[Any, int, int]
"""A page of theirs (token, records before it), and how many of its records were given already."""
AskPage = Callable[[Position], Awaitable[tuple[list[One], Position | None]]]
"""One page of theirs: its records, and where the next one stands."""


async def read_page(
    limit: int, cursor: Cursor | None, max_pages: int, ask: AskPage[One]
) -> tuple[list[tuple[One, Cursor]], Cursor | None]:
    """At most `limit` records, each with where the next one stands; and where our page goes on."""
    token, before, place = cursor or (None, 0, 0)
    records: list[tuple[One, Cursor]] = []
    for _ in range(max_pages):
        page, following = await ask(Position(token, before))
        wanted = limit - len(records)
        records += [
            (record, (token, before, place + number))
            for number, record in enumerate(page[place : place + wanted], 1)
        ]
        if len(page) > place + wanted:
            return records, (token, before, place + wanted)
        if following is None:
            return records, None
        token, before, place = following.token, following.before, 0
        if len(records) == limit:
            break
    return records, (token, before, place)
