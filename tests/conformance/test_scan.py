"""Law of scanning and of probing."""

import pytest

from connectors.errors import SourceError, SourceMisbehaved
from connectors.requests import OrderTerm
from schema.predicate import Compare
from tests.conformance.harness import Harness
from tests.conformance.suite import binding, load_of, scan_of, town
from tests.conformance.town import ANNA, BY_ID, ROWS, named
from tests.patience import soon


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("item", ["year", "name"])
async def test_pages_are_complete_and_do_not_overlap(harness: Harness, limit: int, item: str) -> None:
    connector = await harness.make(town(), ROWS)
    if not connector.capabilities.scans:
        return
    seen: list[int] = []
    cursor = None
    for _ in ROWS:
        order = (OrderTerm(item),) if connector.capabilities.orders else ()
        page = await connector.scan(scan_of(town(), limit=limit, cursor=cursor, order=order))
        assert len(page.rows) <= limit
        seen += [row[0] for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    assert cursor is None
    assert sorted(seen) == [row["ROW_ID"] for row in ROWS]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("items", [("year",), ("name", "year"), ("amount",), ("day",), ("plain", "name")])
async def test_every_row_can_be_gone_on_from(
    harness: Harness, items: tuple[str, ...], descending: bool
) -> None:
    connector = await harness.make(town(), ROWS)
    if not (connector.capabilities.scans and connector.capabilities.orders):
        return
    order = tuple(OrderTerm(item, descending) for item in items)
    whole = await connector.scan(scan_of(town(), order=order, with_total=True))
    assert whole.total == len(ROWS)
    assert len(whole.cursors) == len(whole.rows)
    for position, cursor in enumerate(whole.cursors):
        rest = await connector.scan(scan_of(town(), order=order, cursor=cursor))
        assert rest.rows == whole.rows[position + 1 :]


async def test_a_page_goes_on_after_a_row_that_is_gone(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    if not (connector.capabilities.scans and connector.capabilities.orders):
        return
    order = (OrderTerm("year", descending=True),)
    whole = await connector.scan(scan_of(town(), order=order))
    for position in (0, 4, 8):
        gone = whole.rows[position][0]
        connector = await harness.make(town(), [row for row in ROWS if row["ROW_ID"] != gone])
        rest = await connector.scan(scan_of(town(), order=order, cursor=whole.cursors[position]))
        assert rest.rows == whole.rows[position + 1 :]


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
async def test_rows_that_no_identity_tells_apart_are_refused_and_not_lost(
    harness: Harness, limit: int
) -> None:
    broken = named(town(), "CREDIT")  # 12345678 twice, and mostly empty
    connector = await harness.make(broken, ROWS)
    if not (connector.capabilities.scans and connector.capabilities.orders):
        return
    with pytest.raises(SourceMisbehaved):
        cursor = None
        while True:
            page = await connector.scan(scan_of(broken, limit=limit, cursor=cursor))
            cursor = page.cursor
            if cursor is None:
                break


async def test_a_scan_filters_and_takes_arguments(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    if not connector.capabilities.scans:
        return
    later = Compare("year", "ge", 2002) if connector.capabilities.operators else None
    scan = scan_of(town(), predicate=later, arguments={"PLAIN": "a"})
    assert (await connector.scan(scan)).rows == (((4,), (10,)) if later else ((1,), (4,), (10,)))


async def test_a_living_source_is_up(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    health = await connector.probe(soon())
    assert health.is_up
    assert health.latency_seconds >= 0


async def test_a_dead_source_is_an_error_and_its_probe_says_so(harness: Harness) -> None:
    connector = await harness.make_dead()
    if connector is None:
        return
    assert not (await connector.probe(soon())).is_up
    with pytest.raises(SourceError) as caught:
        await connector.load(load_of(town(), binding(BY_ID), ANNA))
    assert ANNA not in caught.value.detail
