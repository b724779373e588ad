"""Many rows are read in turns, and give what they give when they are read at once."""

import asyncio

import pytest

from connectors.requests import KeyBinding
from connectors.results import Row
from connectors.shaping import VALUES_OF_A_TURN, Shaping
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import KeyColumns, Limits
from tests.connectors.http.declared import NO, declare
from tests.turns import turns_beside

COLUMNS = ("no", "name", "size")
PADDED = KeyColumns("code", ("no",), (make_codec("String", stored=["padded"]),))


@pytest.mark.parametrize("by", [NO, PADDED], ids=["by its text", "by what it is read as"])
@pytest.mark.parametrize("limit", [None, 3])
async def test_many_rows_are_read_in_turns(by: KeyColumns, limit: int | None) -> None:
    resource = declare({}, by, limits=Limits(max_rows=2_000))
    shaping = Shaping(resource, KeyBinding((by,), (None,)), ("no", "name", "size"), COLUMNS)
    keys = tuple((f"K{number}",) for number in range(20))
    rows: list[Row] = [(key, f"n{at}", at) for at in range(1_000) for (key,) in keys]
    found, turns = await turns_beside(shaping.entries_in_turns(keys, rows, limit))
    assert found == shaping.entries(keys, rows, limit)
    assert turns >= len(rows) * len(COLUMNS) // VALUES_OF_A_TURN


async def test_few_rows_are_read_at_once() -> None:
    shaping = Shaping(
        declare({}, NO, limits=Limits()), KeyBinding((NO,), (None,)), ("no", "name", "size"), COLUMNS
    )
    assert await shaping.entries_in_turns((("K",),), [("K", "n", 1)]) == ((("K", "n", 1),),)


async def test_reading_ends_where_nobody_waits_any_more() -> None:
    shaping = Shaping(
        declare({}, NO, limits=Limits(max_rows=10**6)), KeyBinding((NO,), (None,)), ("no",), ("no",)
    )
    reading = asyncio.create_task(shaping.entries_in_turns((("K",),), [("K",)] * (3 * VALUES_OF_A_TURN)))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
