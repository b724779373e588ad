"""Law of history: the rows of a day are the same, whoever compares its columns."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.protocol import Connector
from gateway.plan.history import valid_on
from schema.catalogue.validity import Validity
from schema.predicate import Slot, bind
from tests.conformance.harness import Harness
from tests.conformance.suite import binding, load_of, same_as_reference, town
from tests.conformance.town import BY_YEAR, ROWS

DAYS = [date(1999, 12, 30), date(1999, 12, 31), date(2001, 1, 1), date(2020, 2, 29), date(2020, 3, 1)]
SINCE = {1: date(2001, 1, 1), 4: date(1999, 12, 31), 8: date(2020, 2, 29), 10: date(2020, 2, 29)}
"""`day` of the rows that have one and a year."""
ALWAYS = {2, 3, 6, 9}
"""Rows with a year and without a day."""


@pytest.mark.parametrize("day", DAYS)
async def test_an_empty_first_day_is_since_ever(harness: Harness, day: date) -> None:
    connector = await harness.make(town(), ROWS)
    found = await rows_of(harness, connector, Validity("day", None), day)
    assert found in (None, ALWAYS | {row for row, since in SINCE.items() if since <= day})


@pytest.mark.parametrize("ends_before", [False, True])
@pytest.mark.parametrize("day", DAYS)
async def test_a_last_day_is_or_is_not_part_of_it(harness: Harness, day: date, ends_before: bool) -> None:
    connector = await harness.make(town(), ROWS)
    found = await rows_of(harness, connector, Validity(None, "day", ends_before=ends_before), day)
    kept = {row for row, end in SINCE.items() if (end > day if ends_before else end >= day)}
    assert found in (None, ALWAYS | kept)


async def rows_of(harness: Harness, connector: Connector, validity: Validity, day: date) -> set[int] | None:
    """The rows of a day; `None` where the connector compares nothing, and the gateway does."""
    if not connector.capabilities.operators:
        return None
    of = replace(town(), validity=validity)
    predicate = bind(valid_on(of, Slot(0), None), (day,))
    years = sorted({row["YEAR"] for row in ROWS if row["YEAR"] is not None})
    entries = await same_as_reference(
        harness, connector, load_of(of, binding(BY_YEAR), *years, predicate=predicate)
    )
    return {row[0] for entry in entries for row in entry}
