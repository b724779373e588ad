"""Arguments of catalogue fields, read into shapes and operands.

A plan knows the fields and operators of a filter, never its operands: those go into slots. The
same variable, or the same literal, is the same slot, so that two places that ask the same thing
are seen to.
"""

from collections.abc import Mapping
from typing import Any

from connectors.requests import OrderTerm
from gateway.plan.model import Operands
from schema.predicate import And, Compare, Not, Or, Predicate, Slot


class Slots:
    """Collects a request's operands; equal operands share a slot."""

    def __init__(self) -> None:
        self._operands: list[Any] = []
        self._known: dict[Any, Slot] = {}

    def put(self, value: Any) -> Slot:
        """Give a slot for a value."""
        identity = (type(value).__name__, repr(value))
        slot = self._known.get(identity)
        if slot is None:
            slot = Slot(len(self._operands))
            self._operands.append(value)
            self._known[identity] = slot
        return slot

    @property
    def operands(self) -> Operands:
        """The values, by slot."""
        return tuple(self._operands)


def read_where(where: Mapping[str, Any] | None, slots: Slots) -> Predicate | None:
    """Read a `where` argument (already coerced): fields joined by `and`.

    A field or operator that is absent or null says nothing, as if it had been left out.
    """
    if where is None:
        return None
    parts: list[Predicate] = []
    for name, value in where.items():
        if value is None:
            continue
        match name:
            case "and":
                parts += [And(_conditions(value, slots))]
            case "or":
                parts += [Or(_conditions(value, slots))]
            case "not":
                parts += [Not(_condition(value, slots))]
            case _:
                parts += _comparisons(name, value, slots)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _conditions(wheres: list[Mapping[str, Any]], slots: Slots) -> tuple[Predicate, ...]:
    return tuple(_condition(where, slots) for where in wheres)


def _condition(where: Mapping[str, Any], slots: Slots) -> Predicate:
    return read_where(where, slots) or And(())


def _comparisons(item: str, operators: Mapping[str, Any], slots: Slots) -> list[Predicate]:
    return [
        Compare(item, operator, slots.put(tuple(operand) if operator == "in" else operand))  # type: ignore[arg-type] # the schema admits known operators only
        for operator, operand in operators.items()
        if operand is not None
    ]


def read_order(terms: list[Mapping[str, str]] | None) -> tuple[OrderTerm, ...]:
    """Read an `orderBy` argument (already coerced)."""
    return tuple(
        OrderTerm(item, direction == "DESC") for term in terms or () for item, direction in term.items()
    )
