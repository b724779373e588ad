"""Arguments of catalogue fields, read into shapes and operands.

A plan knows the fields and operators of a filter, never its operands: those go into slots. The
same variable, or the same literal, is the same slot, so that two places that ask the same thing
are seen to.

A condition may be asked for at many places by one variable or fragment: its terms are counted at each.
"""

from collections.abc import Mapping
from typing import Any

from connectors.requests import OrderTerm
from gateway.errors import LimitExceeded
from gateway.plan.model import Operands
from schema.catalogue.model import Resource
from schema.predicate import Slot

MAX_TERMS = 500
"""Of all filters and orders of a plan."""
Given = tuple[tuple[str, Slot], ...]
"""Arguments that are given, each with its operand."""


class Slots:
    """Collects a request's operands, and counts the terms that hold them; equal operands share a slot."""

    def __init__(self) -> None:
        self.terms = 0
        self._operands: list[Any] = []
        self._known: dict[Any, Slot] = {}

    def put(self, value: Any, use: str = "") -> Slot:
        """Give a slot for a value or a symbol; another `use` of the same value has one of its own."""
        identity = (use, type(value).__name__, repr(value))
        slot = self._known.get(identity)
        if slot is None:
            slot = Slot(len(self._operands))
            self._operands.append(value)
            self._known[identity] = slot
        return slot

    def count_term(self) -> None:
        """Count a comparison, what joins some, or a term of an order. Raises `LimitExceeded`."""
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise LimitExceeded(
                f"The filters and orders of the request have more than {MAX_TERMS} terms, counted at each of"
                " their places."
            )

    @property
    def operands(self) -> Operands:
        """The values, by slot."""
        return tuple(self._operands)


def read_order(arguments: Mapping[str, Any], slots: Slots) -> tuple[OrderTerm, ...]:
    """Read an `orderBy` argument (already coerced)."""
    order: list[OrderTerm] = []
    for term in arguments.get("orderBy") or ():
        for item, direction in term.items():
            slots.count_term()
            order.append(OrderTerm(item, direction == "DESC"))
    return tuple(order)


def as_operand(value: Any) -> Any:
    """A list as an operand; a symbol stands for one already."""
    return tuple(value) if isinstance(value, list) else value


def read_first(resource: Resource, arguments: Mapping[str, Any], slots: Slots) -> tuple[Slot | int, bool]:
    """How many rows are wanted, and whether that is only the default."""
    first = arguments.get("first")
    if first is None:
        return resource.limits.default_first, True
    return slots.put(first), False


def read_source_arguments(resource: Resource, arguments: Mapping[str, Any], slots: Slots) -> Given:
    """What the source is given, by its parameters."""
    compared = _compared(resource)
    return tuple(
        (one.parameter, slots.put(arguments[one.name]))
        for one in resource.arguments.values()
        if one.name not in compared and arguments.get(one.name) is not None
    )


def read_compared(resource: Resource, arguments: Mapping[str, Any], slots: Slots) -> Given:
    """What derivations compare with, by argument."""
    compared = _compared(resource)
    return tuple(
        (one.name, slots.put(arguments[one.name]))
        for one in resource.arguments.values()
        if one.name in compared and arguments.get(one.name) is not None
    )


def _compared(resource: Resource) -> set[str | None]:
    return {item.derivation.argument for item in resource.items.values() if item.derivation}
