"""Predicates over rows, three-valued as in SQL: the reference for every connector.

A comparison with an empty value is neither true nor false but unknown (`None`), and so is its
negation; only rows for which a predicate is *true* pass (ISO/IEC 9075, section 8).
Comparing is on decoded values (`schema/values.py`), never on what a source stores.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from schema.geography import Relation, bounds_of, stands

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "startsWith", "contains", "isNull"]
OPERATORS: frozenset[str] = frozenset(get_args(Operator))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a plan for a value that only the request knows; `index` into its operands."""

    index: int


@dataclass(frozen=True, slots=True)
class Compare:
    """One item held against one operand; `in` takes a tuple, `isNull` a bool."""

    item: str
    operator: Operator
    operand: Any


@dataclass(frozen=True, slots=True)
class Located:
    """Where a row stands, held against a region. Bound, a box has become comparisons."""

    lon: str
    lat: str
    relation: Relation
    region: Any
    """`box`: (west, south, east, north); `near`: (lon, lat, metres); `within`: an `Area`."""
    is_bounds: bool = False
    """Only the box around the region: what a source may narrow down by before we finish."""


@dataclass(frozen=True, slots=True)
class And:
    """True if every part is; an empty conjunction is true."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True if any part is; an empty disjunction is false."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True if its part is false; unknown stays unknown."""

    part: "Predicate"


Predicate = Compare | Located | And | Or | Not
TRUE, FALSE = And(()), Or(())
"""Of every row, whatever it holds."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, operand: value == operand,
    "ne": lambda value, operand: value != operand,
    "lt": lambda value, operand: value < operand,
    "le": lambda value, operand: value <= operand,
    "gt": lambda value, operand: value > operand,
    "ge": lambda value, operand: value >= operand,
    "startsWith": lambda value, operand: value.startswith(operand),
    "contains": lambda value, operand: operand in value,
}


def evaluate(predicate: Predicate, value_of: Callable[[str], Any]) -> bool | None:
    """Say whether a predicate holds: true, false, or unknown (`None`).

    `value_of` gives the decoded value of an item, `None` where the register's field is empty.
    """
    match predicate:
        case Compare(item, "isNull", operand):
            return (value_of(item) is None) is operand
        case Compare(item, "in", operand):
            return _any_equal(value_of(item), operand)
        case Compare(item, operator, operand):
            value = value_of(item)
            return None if value is None or operand is None else _COMPARE[operator](value, operand)
        case Located(lon, lat, relation, region):
            place = value_of(lon), value_of(lat)
            return None if None in place else stands(relation, region, *place)
        case And(parts):
            return _all(evaluate(part, value_of) for part in parts)
        case Or(parts):
            negated = _all(_negate(evaluate(part, value_of)) for part in parts)
            return _negate(negated)
        case Not(part):
            return _negate(evaluate(part, value_of))


def passes(predicate: Predicate | None, value_of: Callable[[str], Any]) -> bool:
    """Say whether a row passes; no predicate lets every row pass."""
    return predicate is None or evaluate(predicate, value_of) is True


def items_of(predicate: Predicate | None) -> frozenset[str]:
    """Name the items that a predicate looks at."""
    return frozenset(_walk(predicate))


def _walk(predicate: Predicate | None) -> Iterator[str]:
    match predicate:
        case Compare(item):
            yield item
        case Located(lon, lat):
            yield from (lon, lat)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _walk(part)
        case Not(part):
            yield from _walk(part)
        case None:
            return


def bind(
    predicate: Predicate | None, operands: tuple[Any, ...], *, negated: bool = False
) -> Predicate | None:
    """Put a request's operands in the places of a plan's predicate, `negated` by an odd number of `not`."""
    match predicate:
        case Compare(item, operator, Slot(index)):
            return Compare(item, operator, operands[index])
        case Located(lon, lat, relation, Slot(index), is_bounds):
            region = operands[index]
            if relation == "box" or is_bounds:
                return _in_box(lon, lat, relation, region, negated=negated)
            return Located(lon, lat, relation, region)
        case And(parts):
            return And(tuple(_bound(part, operands, negated) for part in parts))
        case Or(parts):
            return Or(tuple(_bound(part, operands, negated) for part in parts))
        case Not(part):
            return Not(_bound(part, operands, not negated))
        case _:
            return predicate


def fold(predicate: Predicate) -> Predicate:
    """The same condition: `TRUE`, `FALSE`, or one that has neither in it."""
    match predicate:
        case And(parts):
            folded = [fold(part) for part in parts]
            return FALSE if FALSE in folded else And(tuple(part for part in folded if part != TRUE))
        case Or(parts):
            folded = [fold(part) for part in parts]
            return TRUE if TRUE in folded else Or(tuple(part for part in folded if part != FALSE))
        case Not(part):
            inner = fold(part)
            return FALSE if inner == TRUE else TRUE if inner == FALSE else Not(inner)
    return predicate


def conjunction(*parts: Predicate | None) -> Predicate | None:
    """Join predicates by `and`, leaving out those that are absent."""
    present = tuple(part for part in parts if part is not None)
    if len(present) < 2:
        return present[0] if present else None
    return And(present)


def _in_box(lon: str, lat: str, relation: Relation, region: Any, *, negated: bool) -> Predicate:
    """A box as comparisons; where it crosses the antimeridian, one of its sides is enough.

    Half a place is no place: a latitude beyond the box must not let a row without a longitude pass `not`.
    """
    box = bounds_of(relation, region)
    west, east = Compare(lon, "ge", box.west), Compare(lon, "le", box.east)
    sides: tuple[Predicate, ...] = (west, east) if box.west <= box.east else (Or((west, east)),)
    inside = And((Compare(lat, "ge", box.south), Compare(lat, "le", box.north), *sides))
    return Or((inside, Compare(lon, "isNull", True), Compare(lat, "isNull", True))) if negated else inside


def _bound(predicate: Predicate, operands: tuple[Any, ...], negated: bool) -> Predicate:
    bound = bind(predicate, operands, negated=negated)
    assert bound is not None
    return bound


def _any_equal(value: Any, operands: tuple[Any, ...]) -> bool | None:
    if not operands:
        return False
    if value is None:
        return None
    if value in operands:
        return True
    return None if None in operands else False


def _all(truths: Iterator[bool | None]) -> bool | None:
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def _negate(truth: bool | None) -> bool | None:
    return None if truth is None else not truth
