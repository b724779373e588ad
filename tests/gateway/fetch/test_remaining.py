"""What is left of a fetch for us: rows in order, as many as are wanted, and what may not be shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.requests import KeyBinding, OrderTerm
from connectors.results import Row
from gateway.fetch.failures import Failure
from gateway.fetch.remaining import Finisher
from gateway.fetch.result import Rows
from gateway.plan.model import Fetch, FetchSpec
from schema.predicate import Compare, Predicate
from schema.values import Invalid
from tests.kit import read_city

RESOURCE = read_city("harbour")[0].resources["transport.qualification"]
IDENTITY = tuple(f"column:{column}" for column in RESOURCE.identity)
ITEMS = ("number", "points", *IDENTITY)


def fetch(
    *,
    order: tuple[OrderTerm, ...] = (),
    first: int | None = None,
    many: bool = True,
    row_guard: Predicate | None = None,
    allows_partial: bool = False,
    pushes_order: bool = False,
) -> Fetch:
    spec = FetchSpec(0, RESOURCE, KeyBinding((), ()), order=order, first=first, many=many, id=0)
    return Fetch(
        spec,
        ITEMS,
        (),
        1,
        row_guard=row_guard,
        allows_partial=allows_partial,
        pushes_order=pushes_order,
    )


def finish(fetch: Fetch, rows: tuple[Row, ...]) -> Rows | Failure:
    """As a call does: rows that are shown as they come are not looked at."""
    finisher = Finisher(fetch, (), sorts=fetch.sorts_here)
    return Rows(rows) if len(rows) <= finisher.max_unchanged else finisher(rows)


def in_order(rows: list[Row], terms: list[tuple[int, bool]]) -> list[Row]:
    """The same by the words of the law: term by term, what is empty or unreadable last."""
    for position, descending in reversed(terms):
        filled = [row for row in rows if not (row[position] is None or isinstance(row[position], Invalid))]
        rest = [row for row in rows if row[position] is None or isinstance(row[position], Invalid)]
        filled.sort(key=lambda row: row[position], reverse=descending)
        rows = filled + rest
    return rows


VALUES = st.one_of(st.integers(0, 3), st.none(), st.sampled_from([Invalid("date"), Invalid("number")]))


@given(
    st.lists(st.tuples(VALUES, VALUES), max_size=9),
    st.lists(st.tuples(st.sampled_from(["number", "points"]), st.booleans()), max_size=3),
)
def test_rows_stand_in_order_and_what_is_empty_stands_last(
    values: list[tuple[Any, Any]], terms: list[tuple[str, bool]]
) -> None:
    rows = [(*pair, number) for number, pair in enumerate(values)]
    order = tuple(OrderTerm(item, descending=descending) for item, descending in terms)
    positions = [(ITEMS.index(item), descending) for item, descending in terms]
    expected = in_order(rows, [*positions, (2, False)])
    assert finish(fetch(order=order), tuple(reversed(rows))) == Rows(tuple(expected))


@pytest.mark.parametrize("pushes_order", [True, False])
@pytest.mark.parametrize("first", [None, 1, 2, 5])
def test_no_more_rows_are_shown_than_are_wanted(*, pushes_order: bool, first: int | None) -> None:
    for count in range(5):
        rows = tuple((None, None, number) for number in range(count))
        assert finish(fetch(first=first, pushes_order=pushes_order), rows) == Rows(rows[:first])


def test_what_a_guard_holds_back_is_said() -> None:
    guard = Compare("points", "gt", 1)
    rows: tuple[Row, ...] = ((None, 1, 1), (None, 2, 2))
    assert finish(fetch(row_guard=guard, allows_partial=True), rows) == Rows(rows[1:], is_partial=True)
    assert isinstance(finish(fetch(row_guard=guard), rows), Failure)
    assert isinstance(finish(fetch(row_guard=guard, many=False, allows_partial=True), rows[:1]), Failure)
    assert finish(fetch(row_guard=guard), rows[1:]) == Rows(rows[1:])


def test_one_record_is_one_record() -> None:
    rows: tuple[Row, ...] = ((None, 1, 1), (None, 2, 2))
    assert finish(fetch(many=False), rows[:1]) == Rows(rows[:1])
    assert finish(fetch(many=False), ()) == Rows(())
    found = finish(fetch(many=False), rows)
    assert isinstance(found, Failure)
    assert found.code == "MULTIPLE_RECORDS"
