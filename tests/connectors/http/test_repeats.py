"""The same record of the same key counts once, whatever else stands under its identity."""

from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http.repeats import RawRow, Record, identity_of, once
from connectors.requests import KeyBinding
from schema.catalogue.model import KeyColumns, Limits
from tests.connectors.http.declared import NO, declare

SIZED = KeyColumns("code", ("size", "no"), NO.codecs * 2)


class Text(str):
    """A text that counts how often it is held against another."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Text.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def by_the_law(rows: list[RawRow], records: list[Record]) -> list[RawRow]:
    """The same by words: a row goes where an earlier one has its identity, its values and its record."""
    kept: list[tuple[RawRow, Record]] = []
    for one in zip(rows, records, strict=True):
        if not any(repr(one[0][:2]) == repr(other[0][:2]) and one == other for other in kept):
            kept.append(one)
    return [row for row, _ in kept]


VALUES = st.one_of(
    st.sampled_from(["a", "b", 1, 1.0, True, 0, None]),
    st.recursive(
        st.integers(0, 1),
        lambda inside: st.one_of(
            st.lists(inside, max_size=2), st.dictionaries(st.sampled_from("xy"), inside, max_size=2)
        ),
        max_leaves=4,
    ),
)


@given(st.lists(st.tuples(st.sampled_from([0, 1, True, [0], {"x": 0}]), VALUES, VALUES, VALUES), max_size=12))
def test_rows_that_came_twice_count_once(values: list[tuple[Any, ...]]) -> None:
    rows = [one[:3] for one in values]
    records = [{"key": one[0], "other": one[3]} for one in values]
    assert once(rows, records, itemgetter(0, 1)) == by_the_law(rows, records)


def months(persons: int) -> list[Record]:
    """Records of an identity that is unique for its person only."""
    return [
        {"key": Text(f"P{person}"), "month": Text(f"2020-{month:02}"), "sum": Text(person)}
        for person in range(persons)
        for month in range(10)
    ]


def rows_of(records: list[Record]) -> list[RawRow]:
    return [tuple(one.values()) for one in records]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (months(300), 3_000),
        (months(150) + months(150), 1_500),
        ([{"key": Text("P"), "month": Text("m"), "sum": Text(n)} for n in range(3_000)], 3_000),
        ([{"key": Text("P"), "month": [Text("m")], "sum": [{"n": Text(n)}]} for n in range(3_000)], 3_000),
    ],
    ids=["an identity for each person", "everything twice", "one identity for all", "as XML is read"],
)
def test_no_row_is_held_against_all_others(records: list[Record], expected: int) -> None:
    rows = rows_of(records)
    before = Text.compared
    assert len(once(rows, records, itemgetter(0, 1))) == expected
    assert Text.compared - before < 20 * len(rows)


def test_an_identity_holds_for_a_key_by_any_of_its_columns() -> None:
    resource = declare({}, NO, limits=Limits())
    by_number, by_both = KeyBinding((NO,), (None,)), KeyBinding((NO, SIZED), (None, None))
    row = ("x", 1, "A")
    assert identity_of(resource, ("name", "size", "no"), by_number)(row) == "A"
    assert identity_of(resource, ("name", "size", "no"), by_both)(row) == ("A", 1)
