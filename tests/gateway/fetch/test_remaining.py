"""What is left of a fetch for us: rows in order, as many as are wanted, and what may not be shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.requests import KeyBinding, OrderTerm
from connectors.results import Row
from gateway.fetch.failures import Failure
from gateway.fetch.identified import _joined
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
    pushes_order: bool = False,
) -> Fetch:
    spec = FetchSpec(0, RESOURCE, KeyBinding((), ()), order=order, first=first, many=many, id=0)
    return Fetch(
        spec,
        ITEMS,
        (),
        1,
        row_guard=row_guard,
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


def test_nothing_tells_of_rows_that_a_guard_holds_back() -> None:
    guard = Compare("points", "gt", 1)
    closed, other, open_ = (None, 1, 1), (None, 0, 3), (None, 2, 2)
    for held_back in ((), (closed,), (closed, other)):
        assert finish(fetch(row_guard=guard), (*held_back, open_)) == Rows((open_,), is_partial=True)
        assert finish(fetch(row_guard=guard), held_back) == Rows((), is_partial=True)
        assert finish(fetch(row_guard=guard, many=False), (*held_back, open_)).rows == (open_,)  # type: ignore[union-attr]
        none = finish(fetch(row_guard=guard, many=False), held_back)
        assert none == finish(fetch(row_guard=guard, many=False), ())
        assert isinstance(none, Failure)
        assert (none.code, none.rule) == ("DENIED", "ROW_CONDITION")


def test_parts_of_a_list_are_put_together_whichever_of_them_has_rows() -> None:
    some, none = Rows(((None, 1, 1),)), Rows(())
    for partial in (none, structs.replace(none, is_partial=True)):
        joined = structs.replace(some, is_partial=partial.is_partial)
        assert _joined([some, partial], fetch(), ()) == _joined([partial, some], fetch(), ()) == joined
    assert _joined([none, none], fetch(), ()) == none


def test_an_open_record_is_found_under_whichever_key_it_stands() -> None:
    guard = Compare("points", "gt", 1)
    one = fetch(row_guard=guard, many=False)
    closed, open_ = finish(one, ((None, 1, 1),)), finish(one, ((None, 2, 2),))
    assert _joined([closed, open_], one, ()) == _joined([open_, closed], one, ()) == open_
    assert _joined([closed, Rows(())], one, ()) == closed


def test_one_record_is_one_record() -> None:
    rows: tuple[Row, ...] = ((None, 1, 1), (None, 2, 2))
    assert finish(fetch(many=False), rows[:1]) == Rows(rows[:1])
    assert finish(fetch(many=False), ()) == Rows(())
    found = finish(fetch(many=False), rows)
    assert isinstance(found, Failure)
    assert found.code == "MULTIPLE_RECORDS"
