"""Rows of records: what stands at the path of each column, however many records there are."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.http.repeats import RawRow, Record
from connectors.rest.paths import MISSING, SEVERAL, find
from connectors.rest.rows import MANY, make_reader

NAMES = st.sampled_from(["a", "b", "0", "1", ""])
PATHS = st.one_of(NAMES, st.lists(NAMES, min_size=2, max_size=3).map(".".join))
INSIDE = st.recursive(
    st.sampled_from([None, "", "text", 0, 1, True]),
    lambda inside: st.one_of(st.lists(inside, max_size=2), st.dictionaries(NAMES, inside, max_size=3)),
    max_leaves=6,
)
RECORDS = st.dictionaries(NAMES, INSIDE, max_size=4)
WHOLE = st.fixed_dictionaries({"a": st.fixed_dictionaries({"b": INSIDE, "a": INSIDE}), "b": INSIDE})
"""Records that hold most columns, as those of a service do."""


def by_the_law(columns: list[str], records: list[Record], known: dict[str, Any]) -> list[RawRow]:
    """The same by words, value by value."""
    found = [[find(record, name, SEVERAL) for name in columns] for record in records]
    return [
        tuple(known.get(n) if value is MISSING else value for n, value in zip(columns, row, strict=True))
        for row in found
    ]


@given(
    columns=st.lists(PATHS, unique=True, max_size=4),
    records=st.one_of(
        st.lists(RECORDS, max_size=3),
        st.lists(RECORDS, min_size=MANY, max_size=MANY + 1),
        st.lists(WHOLE, min_size=MANY, max_size=MANY + 1),
    ),
    known=st.dictionaries(PATHS, st.just("known"), max_size=3),
)
def test_a_column_holds_what_stands_at_its_path(
    columns: list[str], records: list[Record], known: dict[str, Any]
) -> None:
    found = make_reader(columns)(records, known)
    expected = by_the_law(columns, records, known)
    assert found == expected
    assert repr(found) == repr(expected)  # `True` is not `1`
