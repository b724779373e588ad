"""Law of scanning and of probing."""

import pytest

from connectors.errors import SourceError
from connectors.requests import OrderTerm
from schema.predicate import Compare
from tests.conformance.harness import Harness
from tests.conformance.suite import binding, load_of, scan_of, soon, town
from tests.conformance.town import ANNA, BY_ID, ROWS


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("item", ["year", "name"])
async def test_pages_are_complete_and_do_not_overlap(harness: Harness, limit: int, item: str) -> None:
    connector = await harness.make(town(), ROWS)
    seen: list[int] = []
    cursor = None
    for _ in ROWS:
        page = await connector.scan(scan_of(town(), limit=limit, cursor=cursor, order=(OrderTerm(item),)))
        assert len(page.rows) <= limit
        seen += [row[0] for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    assert cursor is None
    assert sorted(seen) == [row["ROW_ID"] for row in ROWS]


async def test_a_scan_filters_and_takes_arguments(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    scan = scan_of(town(), predicate=Compare("year", "ge", 2002), arguments={"PLAIN": "a"})
    assert (await connector.scan(scan)).rows == ((4,), (10,))


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
