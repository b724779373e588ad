"""Predicates: three-valued logic, held against the SQL of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.predicate import (
    OPERATORS,
    And,
    Compare,
    Located,
    Not,
    Or,
    Predicate,
    Slot,
    bind,
    conjunction,
    evaluate,
    fold,
    items_of,
    passes,
)

TRUE = Compare("one", "eq", 1)
FALSE = Compare("one", "eq", 2)
UNKNOWN = Compare("none", "eq", 1)
ROW: dict[str, Any] = {"one": 1, "none": None, "text": "abc"}
PARTS = {True: TRUE, False: FALSE, None: UNKNOWN}


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_and_and_or_follow_the_tables(
    left: bool | None, right: bool | None, both: bool | None, either: bool | None
) -> None:
    parts = (PARTS[left], PARTS[right])
    assert evaluate(And(parts), ROW.get) is both
    assert evaluate(Or(parts), ROW.get) is either


@pytest.mark.parametrize(("truth", "negated"), [(True, False), (False, True), (None, None)])
def test_not_leaves_unknown_unknown(truth: bool | None, negated: bool | None) -> None:
    assert evaluate(Not(PARTS[truth]), ROW.get) is negated


def test_empty_conjunction_is_true_and_empty_disjunction_false() -> None:
    assert evaluate(And(()), ROW.get) is True
    assert evaluate(Or(()), ROW.get) is False


@pytest.mark.parametrize(
    ("operand", "truth"),
    [((1, 2), True), ((2,), False), ((2, None), None), ((1, None), True), ((), False)],
)
def test_in_with_an_empty_operand_is_never_false(operand: tuple[Any, ...], truth: bool | None) -> None:
    assert evaluate(Compare("one", "in", operand), ROW.get) is truth


def test_in_nothing_is_false_even_for_an_empty_value() -> None:
    assert evaluate(Compare("none", "in", ()), ROW.get) is False
    assert evaluate(Compare("none", "in", (1,)), ROW.get) is None


def test_is_null_is_never_unknown() -> None:
    assert evaluate(Compare("none", "isNull", True), ROW.get) is True
    assert evaluate(Compare("none", "isNull", False), ROW.get) is False
    assert evaluate(Compare("one", "isNull", True), ROW.get) is False


def test_only_true_passes() -> None:
    assert passes(None, ROW.get)
    assert passes(TRUE, ROW.get)
    assert not passes(FALSE, ROW.get)
    assert not passes(UNKNOWN, ROW.get)
    assert not passes(Not(UNKNOWN), ROW.get)


def test_slots_are_filled_wherever_they_stand() -> None:
    shape = And((Compare("a", "eq", Slot(1)), Not(Or((Compare("b", "in", Slot(0)),)))))
    bound = bind(shape, ((1, 2), "x"))
    assert bound == And((Compare("a", "eq", "x"), Not(Or((Compare("b", "in", (1, 2)),)))))
    assert bind(None, ()) is None


def test_items_are_found_everywhere() -> None:
    shape = Or((Not(TRUE), And((UNKNOWN, FALSE))))
    assert items_of(shape) == {"one", "none"}
    assert items_of(None) == frozenset()


def test_conjunction_drops_what_is_absent() -> None:
    assert conjunction() is None
    assert conjunction(None, TRUE) == TRUE
    assert conjunction(TRUE, None, FALSE) == And((TRUE, FALSE))


NUMBERS = st.none() | st.integers(-2, 2)
TEXTS = st.none() | st.text("aAb%_张", max_size=3)
ROWS = st.fixed_dictionaries({"n": NUMBERS, "m": NUMBERS, "t": TEXTS})


def _compares() -> st.SearchStrategy[Predicate]:
    number_items, text_items = st.sampled_from(["n", "m"]), st.just("t")
    ordered = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])
    textual = st.sampled_from(["startsWith", "contains"])
    return st.one_of(
        st.builds(Compare, number_items, ordered, NUMBERS),
        st.builds(Compare, text_items, ordered, TEXTS),
        st.builds(Compare, text_items, textual, TEXTS),
        st.builds(Compare, number_items, st.just("in"), st.lists(NUMBERS, max_size=3).map(tuple)),
        st.builds(Compare, text_items, st.just("in"), st.lists(TEXTS, max_size=3).map(tuple)),
        st.builds(Compare, st.sampled_from("nmt"), st.just("isNull"), st.booleans()),
    )


def _combined(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    parts = st.lists(inner, max_size=3).map(tuple)
    return st.builds(And, parts) | st.builds(Or, parts) | st.builds(Not, inner)


PREDICATES = st.recursive(_compares(), _combined, max_leaves=8)
SQL_OPERATORS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def to_sql(predicate: Predicate, operands: list[Any]) -> str:
    """Write a predicate in SQL, its operands as parameters."""
    match predicate:
        case Located():
            raise AssertionError("SQL knows no places")
        case Compare(item, "isNull", operand):
            return f"({item} IS {'' if operand else 'NOT '}NULL)"
        case Compare(item, "in", operand):
            operands.extend(operand)
            return f"({item} IN ({', '.join('?' * len(operand))}))"
        case Compare(item, "startsWith", operand):
            operands.extend((operand, operand))
            return f"(substr({item}, 1, length(?)) = ?)"
        case Compare(item, "contains", operand):
            operands.append(operand)
            return f"(instr({item}, ?) > 0)"
        case Compare(item, operator, operand):
            operands.append(operand)
            return f"({item} {SQL_OPERATORS[operator]} ?)"
        case And(parts):
            return f"({' AND '.join([to_sql(part, operands) for part in parts] or ['1'])})"
        case Or(parts):
            return f"({' OR '.join([to_sql(part, operands) for part in parts] or ['0'])})"
        case Not(part):
            return f"(NOT {to_sql(part, operands)})"


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield connection


@given(predicate=PREDICATES, row=ROWS)
def test_evaluation_equals_sql(
    database: sqlite3.Connection, predicate: Predicate, row: dict[str, Any]
) -> None:
    """Random predicates over random rows have the truth value of SQLite, unknown included."""
    operands: list[Any] = []
    condition = to_sql(predicate, operands)
    found = database.execute(
        f"SELECT {condition} FROM (SELECT ? AS n, ? AS m, ? AS t)",
        [*operands, row["n"], row["m"], row["t"]],
    ).fetchone()[0]
    assert evaluate(predicate, row.get) == (None if found is None else bool(found))


def holds_a_constant(predicate: Predicate) -> bool:
    match predicate:
        case And(parts) | Or(parts):
            return not parts or any(map(holds_a_constant, parts))
        case Not(part):
            return holds_a_constant(part)
    return False


@settings(max_examples=400)
@given(predicate=PREDICATES, row=ROWS)
def test_a_condition_folded_says_the_same_without_constants(
    predicate: Predicate, row: dict[str, Any]
) -> None:
    folded = fold(predicate)
    assert evaluate(folded, row.get) is evaluate(predicate, row.get)
    assert folded in (And(()), Or(())) or not holds_a_constant(folded)


def test_every_operator_is_held_against_sql() -> None:
    assert {*SQL_OPERATORS, "in", "startsWith", "contains", "isNull"} == OPERATORS


EDGES = st.integers(-2, 2)
STANDING = st.builds(
    Located, st.just("n"), st.just("m"), st.just("box"), st.tuples(EDGES, EDGES, EDGES, EDGES)
)


@settings(max_examples=400)
@given(predicate=st.recursive(STANDING | _compares(), _combined, max_leaves=3), row=ROWS)
def test_a_box_as_comparisons_passes_what_stands_there(predicate: Predicate, row: dict[str, Any]) -> None:
    """Under any `and`, `or`, `not`; of half a place nobody knows whether it is in a box or outside."""

    def stands(predicate: Predicate) -> Predicate:
        match predicate:
            case Located(region=(west, south, east, north)):
                lon, lat = row["n"], row["m"]
                if lon is None or lat is None:
                    return UNKNOWN
                between = west <= lon <= east if west <= east else lon >= west or lon <= east
                return PARTS[between and south <= lat <= north]
            case And(parts):
                return And(tuple(map(stands, parts)))
            case Or(parts):
                return Or(tuple(map(stands, parts)))
            case Not(part):
                return Not(stands(part))
            case _:
                return predicate

    operands: list[Any] = []
    assert passes(bind(with_slots(predicate, operands), tuple(operands)), row.get) is passes(
        stands(predicate), (ROW | row).get
    )


def with_slots(predicate: Predicate, operands: list[Any]) -> Predicate:
    """The predicate as a plan has it: of each box only the place of its operand."""
    match predicate:
        case Located(lon, lat, relation, region):
            operands.append(region)
            return Located(lon, lat, relation, Slot(len(operands) - 1))
        case And(parts):
            return And(tuple(with_slots(part, operands) for part in parts))
        case Or(parts):
            return Or(tuple(with_slots(part, operands) for part in parts))
        case Not(part):
            return Not(with_slots(part, operands))
        case _:
            return predicate
