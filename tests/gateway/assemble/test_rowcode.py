"""Rows become dictionaries in generated code that holds nothing of a document."""

from typing import Any

from gateway.assemble import rowcode
from gateway.assemble.rowcode import OfItem, OfWhole, make_fill, make_many, make_one

TEXT = ".__class__ is str"
NOBODY: Any = None
"""No assembler: these fields need none."""
HOSTILE = 'x": __import__("os").abort(), "y'


def told(name: str, seen: list[Any]) -> Any:
    """A function of a cell that keeps what it was asked for."""

    def of(_assembler: Any, value: Any, at: tuple[int, ...], states: Any) -> Any:
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
    one = make_one([OfWhole("employer", told("entity", seen))])
    assert one(NOBODY, ("a", "b"), (1,), None) == {"employer": "entity"}
    assert seen == [("entity", ("a", "b"), (1,), None)]


def test_fields_are_put_in_the_order_of_the_selection() -> None:
    fields = {"id": "p"}
    fill = make_fill([OfItem("b", 1, TEXT, told("", [])), OfItem("a", 0, TEXT, told("", []))])
    fill(fields, NOBODY, ("one", "two"), (), None)
    assert list(fields.items()) == [("id", "p"), ("b", "two"), ("a", "one")]


def test_a_response_key_is_never_code() -> None:
    many = make_many([OfItem(HOSTILE, 0, TEXT, told("", []))])
    assert many(NOBODY, [("v",)], (), None) == [{HOSTILE: "v"}]


def test_shapes_of_the_same_build_share_their_code() -> None:
    make_many([OfItem("a", 0, TEXT, told("", [])), OfWhole("b", told("", []))])
    before = rowcode._code.cache_info()
    make_many([OfItem("c", 0, TEXT, told("", [])), OfWhole("d", told("", []))])
    after = rowcode._code.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)
