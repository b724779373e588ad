"""Law of loading: keys, forms, alternatives, limits, and what leaves the source."""

import asyncio
from typing import Any

import pytest

from connectors.errors import SourceTimeout, SourceTruncated
from connectors.requests import KeyBinding, OrderTerm
from schema.values import Invalid
from tests.conformance.harness import Harness
from tests.conformance.suite import ITEMS, binding, entries_of, load_of, same_as_reference, sent_by, town
from tests.conformance.town import (
    ANNA,
    BEN,
    BY_CASE,
    BY_CREDIT,
    BY_DAY,
    BY_ID,
    BY_PLAIN,
    BY_SPOUSE,
    BY_YEAR,
    CARL,
    NOBODY,
    ROWS,
    XENA,
    named,
)
from tests.patience import soon


def numbers(entries: tuple[Any, ...]) -> list[list[int]]:
    return [[row[0] for row in entry] for entry in entries]


async def test_entries_stand_in_the_order_of_keys_and_all_forms_are_found(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    load = load_of(town(), binding(BY_ID), CARL, NOBODY, XENA, BEN, ANNA, items=ITEMS)
    found = await same_as_reference(harness, connector, load)
    assert numbers(found) == [[5, 6, 7, 8], [], [4], [3], [1, 2]]


async def test_no_keys_and_no_rows_are_answers(harness: Harness) -> None:
    connector = await harness.make(town(), ())
    assert (await connector.load(load_of(town(), binding(BY_ID)))).entries == ()
    assert (await connector.load(load_of(town(), binding(BY_ID), ANNA))).entries == ((),)


async def test_one_load_is_one_statement(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    load = load_of(town(), binding(BY_PLAIN), "a")
    await connector.load(load)  # the first may ask what the source looks like
    assert len(await sent_by(harness, connector, load)) == 1
    if not harness.asks_each:
        load = load_of(town(), binding(BY_ID, BY_SPOUSE), ANNA, BEN, XENA)
        assert len(await sent_by(harness, connector, load)) == 1


async def test_a_row_found_by_two_alternatives_counts_once(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    load = load_of(town(), binding(BY_ID, BY_SPOUSE), BEN, ANNA, XENA)
    assert numbers(await same_as_reference(harness, connector, load)) == [[3], [1, 2, 4], [4, 5]]


@pytest.mark.parametrize("limit", [None, 1, 2])
@pytest.mark.parametrize("descending", [True, False])
async def test_composite_and_native_keys(harness: Harness, limit: int | None, descending: bool) -> None:
    connector = await harness.make(town(), ROWS)
    options: dict[str, Any] = {
        "limit_per_key": limit,
        "order": (OrderTerm("name", descending),),
        "items": ITEMS,
    }
    day = ROWS[7]["DAY"]
    asked: list[tuple[KeyBinding, tuple[Any, ...]]] = [
        (binding(BY_CASE), (("a", 2001), ("A", 2001), ("b%", 2002), ("a", 9))),
        (binding(BY_YEAR), (2002, 2001, -5, 7)),
        (binding(BY_DAY), (day,)),
        (binding(BY_PLAIN), ("a", "A", "a ", "E", "e", "É", "汉字")),
        (binding(BY_PLAIN), ("a",)),
        (binding(BY_ID), (CARL, ANNA)),
        (binding(BY_ID, BY_SPOUSE), (ANNA, XENA)),
    ]
    for key, keys in asked if harness.takes_composite else asked[1:]:
        await same_as_reference(harness, connector, load_of(town(), key, *keys, **options))


async def test_a_sliced_key_is_asked_by_its_piece(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    key = binding(BY_CREDIT, slices=((2, 10),))
    load = load_of(town(), key, "xx12345678yy", "zz12345678yy", "xx00000000yy", "xxA2345678")
    assert numbers(await same_as_reference(harness, connector, load)) == [[7, 8], [7, 8], [], [9]]


async def test_arguments_are_equalities(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    for arguments, expected in (({"Name": "张"}, [[5]]), ({"Name": "ZEBRA"}, [[]]), ({"YEAR": 2001}, [[6]])):
        load = load_of(town(), binding(BY_ID), CARL, arguments=arguments)
        assert numbers(await same_as_reference(harness, connector, load)) == expected


@pytest.mark.parametrize("item", ["name", "plain", "year", "amount", "day"])
@pytest.mark.parametrize("descending", [True, False])
async def test_order_has_empty_values_last_both_ways(harness: Harness, item: str, descending: bool) -> None:
    connector = await harness.make(town(), ROWS)
    for limit in (None, 1, 3):
        order = (OrderTerm(item, descending),)
        for years in ((2001, 2002, -5, 0), (2001,)):
            load = load_of(town(), binding(BY_YEAR), *years, order=order, limit_per_key=limit)
            await same_as_reference(harness, connector, load)


@pytest.mark.parametrize("column", ["DAY", "PLAIN", "AMOUNT", "证件号码"])
async def test_any_type_of_identity_can_complete_an_order(harness: Harness, column: str) -> None:
    of = named(town(), column, "ROW_ID")
    connector = await harness.make(of, ROWS)
    found = await entries_of(connector, load_of(of, binding(BY_YEAR), 2001, 2002))
    assert [len(entry) for entry in found] == [3, 2]


async def test_what_cannot_be_read_is_invalid(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    load = load_of(town(), binding(BY_ID), CARL, items=("dayText",))
    (rows,) = await same_as_reference(harness, connector, load)
    values = [value for (value,) in rows]
    assert sum(isinstance(value, Invalid) for value in values) == 1
    assert values.count(None) == 3


async def test_only_what_was_asked_leaves_the_source(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    if not connector.capabilities.projects:
        return
    load = load_of(town(), binding(BY_ID), ANNA, items=("year",))
    await connector.load(load)  # the first may ask what the source looks like
    for statement in await sent_by(harness, connector, load):
        assert "YEAR" in statement
        assert not any(column in statement for column in ("Name", "AMOUNT", "SPOUSE", "DAY"))
        assert ANNA not in statement


async def test_columns_that_are_no_items_can_be_asked(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    load = load_of(town(), binding(BY_ID), XENA, items=("column:SPOUSE", "row"))
    assert await same_as_reference(harness, connector, load) == (((ANNA, 4),),)


async def test_more_rows_than_the_bound_are_truncated(harness: Harness) -> None:
    of = town(max_rows=3)
    connector = await harness.make(of, ROWS)
    many, few = await entries_of(connector, load_of(of, binding(BY_ID), CARL, ANNA))
    assert isinstance(many, SourceTruncated)
    assert few == ((1,), (2,))


async def test_past_the_deadline_is_a_timeout_and_the_next_answer_comes(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    with pytest.raises(SourceTimeout):
        await connector.load(load_of(town(), binding(BY_ID), ANNA, deadline=soon(-1)))
    assert len((await connector.load(load_of(town(), binding(BY_ID), ANNA))).entries) == 1


async def test_loads_run_side_by_side(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    load = load_of(town(), binding(BY_ID), ANNA, CARL)
    answers = await asyncio.gather(*(entries_of(connector, load) for _ in range(20)))
    assert len(set(answers)) == 1
