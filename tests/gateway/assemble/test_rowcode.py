"""Rows become dictionaries in generated code that holds nothing of a document."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.assemble import lines
from gateway.assemble.rowcode import (
    Cell,
    OfItem,
    OfLabel,
    OfLink,
    OfNothing,
    OfWhole,
    make_cell,
    make_many,
    make_one,
)
from gateway.assemble.values import NUMBER, TEXT

NOBODY: Any = None
"""No assembly: these fields need none."""
HOSTILE = 'x": __import__("os").abort(), "y'


def told(name: str, seen: list[Any]) -> Any:
    """A function of a cell that keeps what it was asked for."""

    def of(_assembly: Any, value: Any, at: tuple[int, ...], states: Any = None) -> Any:
        seen.append((name, value, at, states))
        return name

    return of


def test_plain_values_go_through_untouched_and_others_are_made() -> None:
    seen: list[Any] = []
    many = make_many(
        [OfItem("name", 1, TEXT, told("named", seen)), OfItem("label", 0, None, told("label", seen))]
    )
    made = many(NOBODY, [("M", "张伟"), ("F", None), ("X", 5)], (3,), None)
    assert made == [
        {"name": "张伟", "label": "label"},
        {"name": None, "label": "label"},
        {"name": "named", "label": "label"},
    ]
    assert seen == [
        ("label", "M", (3, 0), None),
        ("label", "F", (3, 1), None),
        ("named", 5, (3, 2), None),
        ("label", "X", (3, 2), None),
    ]


def test_a_single_row_stands_where_its_list_would() -> None:
    seen: list[Any] = []
    one = make_one([OfWhole("employer", told("entity", seen)), OfNothing("__typename", "Permit")])
    assert one(NOBODY, ("a", "b"), (1,), None) == {"employer": "entity", "__typename": "Permit"}
    assert seen == [("entity", ("a", "b"), (1,), None)]


def test_numbers_leave_as_text_and_codes_as_their_labels() -> None:
    seen: list[Any] = []
    one = make_one(
        [
            OfItem("fee", 0, NUMBER, told("fee", seen)),
            OfLabel("sexLabel", 1, {"M": "男"}, told("unknown", seen)),
        ]
    )
    assert one(NOBODY, (Decimal("1.50"), "M"), (), None) == {"fee": "1.50", "sexLabel": "男"}
    assert one(NOBODY, (None, "?"), (), None) == {"fee": "fee", "sexLabel": "unknown"}
    assert one(NOBODY, (1, []), (), None) == {"fee": "fee", "sexLabel": "unknown"}
    assert [value for _, value, *_ in seen] == [None, "?", 1, []]


def test_a_link_is_followed_where_its_text_is_a_key() -> None:
    seen: list[Any] = []
    one = make_one([OfLink("employer", 1, told("entity", seen), told("otherwise", seen))])
    assert one(NOBODY, ("a", "b"), (1,), None) == {"employer": "entity"}
    for value in (None, " ", 5):
        assert one(NOBODY, ("a", value), (1,), None) == {"employer": "otherwise"}
    assert seen[:2] == [("entity", ("b",), (1,), None), ("otherwise", ("a", None), (1,), None)]


@pytest.mark.parametrize(
    "cell",
    [
        OfItem("k", 1, TEXT, told("item", [])),
        OfItem("k", 1, None, told("item", [])),
        OfWhole("k", told("whole", [])),
        OfLink("k", 0, told("link", []), told("link", [])),
        OfNothing("k", 7),
    ],
)
def test_a_field_is_the_same_without_code_of_its_own(cell: Cell) -> None:
    row = ("a", 5)
    assert {"k": make_cell(cell)(NOBODY, row, (), None)} == make_one([cell])(NOBODY, row, (), None)


def test_a_response_key_is_never_code() -> None:
    many = make_many([OfItem(HOSTILE, 0, TEXT, told("", []))])
    assert many(NOBODY, [("v",)], (), None) == [{HOSTILE: "v"}]


def test_shapes_of_the_same_build_share_their_code() -> None:
    make_many([OfItem("a", 0, TEXT, told("", [])), OfWhole("b", told("", []))])
    before = lines._code.cache_info()
    make_many([OfItem("c", 0, TEXT, told("", [])), OfWhole("d", told("", []))])
    after = lines._code.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)
