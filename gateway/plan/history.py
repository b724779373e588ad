"""`asOf`: a resource with a validity answers for a day, every other one says that it cannot.

A day is a predicate over the columns of validity, like any other: pushed down where the source
compares exactly, done here where it does not. Only a source that is asked for a day itself gets it
as such. Rights and grants are those of today, whatever day is asked for.
"""

from gateway.plan.shape import Denial, Denied
from schema.catalogue.model import Resource
from schema.catalogue.validity import Validity
from schema.predicate import And, Compare, Operator, Or, Predicate, Slot


def valid_on(resource: Resource, day: Slot | None, today: Slot | None) -> Predicate | None:
    """Which rows hold on a day; without one, today's of a resource that keeps versions, or all."""
    validity = resource.validity
    if validity is None or validity.at_source:
        return None
    if day is None and validity.is_versioned:
        day = today
    return None if day is None else And(tuple(_bounds(validity, day)))


def items_of_period(resource: Resource) -> frozenset[str]:
    """What says since when and until when a row holds."""
    validity = resource.validity
    ends = () if validity is None else (validity.start, validity.end)
    return frozenset(column for column in ends if column is not None)


def asks_today(resource: Resource, day: Slot | None) -> bool:
    """Whether a place is answered for today though nobody asked for a day."""
    return day is None and resource.validity is not None and resource.validity.is_versioned


def asked_at_source(resource: Resource, as_of: Slot | None) -> Slot | None:
    """The day to ask a source for, where it answers for a day itself."""
    return as_of if resource.validity is not None and resource.validity.at_source else None


def _bounds(validity: Validity, day: Slot) -> list[Predicate]:
    ends: list[tuple[str | None, Operator]] = [
        (validity.start, "le"),
        (validity.end, "gt" if validity.ends_before else "ge"),
    ]
    return [
        Or((Compare(column, "isNull", operand=True), Compare(column, operator, day)))
        for column, operator in ends
        if column is not None
    ]


def without_history(key: str, resource: Resource) -> Denied:
    """A field that keeps no history, where a day was asked for: never today's value."""
    message = f"{resource.title}: keeps no history, so it says nothing about a day in the past."
    return Denied(key, Denial("AS_OF_UNSUPPORTED", "NO_VALIDITY", message), ())
