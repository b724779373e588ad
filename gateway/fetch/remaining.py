"""What the source did not do, done here: the remaining predicate, order, limit, row guard, promises."""

from collections.abc import Callable
from functools import cmp_to_key, partial
from operator import itemgetter
from typing import Any

from connectors.requests import OrderTerm
from connectors.results import Row
from gateway.fetch import failures
from gateway.fetch.asking import first_of
from gateway.fetch.result import Rows
from gateway.plan.model import Fetch, Operands
from schema.predicate import Predicate, Slot, bind, passes
from schema.values import Invalid

Finish = Callable[[tuple[Row, ...]], Rows | failures.Failure]
"""From the rows of one key, as they came, to those that may be shown, or why there are none to show."""


def finisher(fetch: Fetch, operands: Operands) -> Finish:
    """What finishes the rows of each key: made once for a call, and once for all where no operand has a
    say."""
    if fetch.remaining is None and not isinstance(fetch.spec.first, Slot):
        made: Finish = fetch.once("finisher", lambda: _finisher(fetch, operands))
        return made
    return _finisher(fetch, operands)


def _finisher(fetch: Fetch, operands: Operands) -> Finish:
    first = None if fetch.spec.first is None else first_of(fetch, operands)
    tells_cut = fetch.spec.is_default_first
    order = _terms_of(fetch) if fetch.sorts_here else []
    passes_here = passes_remaining(fetch, operands) if fetch.remaining is not None else None
    if fetch.row_guard is None and fetch.spec.many:

        def finish(rows: tuple[Row, ...]) -> Rows | failures.Failure:
            if passes_here is not None:
                rows = tuple(filter(passes_here, rows))
            if order and len(rows) > 1:
                rows = sort_rows(rows, order)
            if first is None or len(rows) <= first:
                return Rows(rows)
            return Rows(rows[:first], tells_cut)

        return finish

    def finish_with_promises(rows: tuple[Row, ...]) -> Rows | failures.Failure:
        if passes_here is not None:
            rows = tuple(filter(passes_here, rows))
        rows = sort_rows(rows, order) if order else rows
        return _shown(fetch, rows, first)

    return finish_with_promises


def _shown(fetch: Fetch, rows: tuple[Row, ...], first: int | None) -> Rows | failures.Failure:
    """Rows under a row guard and under the promise that there is one at most."""
    spec, kept = fetch.spec, rows
    if fetch.row_guard is not None:
        kept = tuple(row for row in rows if _passes(fetch, fetch.row_guard, row))
        if len(kept) < len(rows) and not (spec.many and fetch.allows_partial):
            return failures.row_withheld(spec.resource)
    if not spec.many and len(kept) > 1:
        return failures.multiple_records(spec.resource)
    is_partial = len(kept) < len(rows)
    if first is None:
        return Rows(kept, is_partial=is_partial)
    return Rows(kept[:first], spec.is_default_first and len(kept) > first, is_partial)


def _terms_of(fetch: Fetch) -> list[tuple[int, bool]]:
    """Where what rows are sorted by stands, the identity last, and whether it descends."""

    def find() -> list[tuple[int, bool]]:
        spec = fetch.spec
        terms = (*spec.order, *(OrderTerm(f"column:{column}") for column in spec.resource.identity))
        return [(fetch.items.index(term.item), term.descending) for term in terms]

    found: list[tuple[int, bool]] = fetch.once("terms", find)
    return found


def passes_remaining(fetch: Fetch, operands: Operands) -> Callable[[Row], bool]:
    """Whether a row passes what the source left of the condition."""
    predicate = bind(fetch.remaining, operands)
    return lambda row: _passes(fetch, predicate, row)


def in_full_order(fetch: Fetch, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows as they are asked to stand, the identity last."""
    return sort_rows(rows, _terms_of(fetch))


def sort_rows(rows: tuple[Row, ...], terms: list[tuple[int, bool]]) -> tuple[Row, ...]:
    """Sort by (position, descending) terms; empty and unreadable values last either way."""
    try:
        for position, descending in reversed(terms):  # each sort keeps the order of the one before
            rows = tuple(sorted(rows, key=itemgetter(position), reverse=descending))
    except TypeError:  # some are empty or unreadable, and cannot be held against the others
        return tuple(sorted(rows, key=cmp_to_key(partial(_compare_rows, terms))))
    return rows


def _compare_rows(terms: list[tuple[int, bool]], left: Row, right: Row) -> int:
    for position, descending in terms:
        order = _compare(left[position], right[position], descending=descending)
        if order:
            return order
    return 0


def _compare(left: Any, right: Any, *, descending: bool) -> int:
    left_is_empty, right_is_empty = _is_empty(left), _is_empty(right)
    if left_is_empty or right_is_empty:
        return int(left_is_empty) - int(right_is_empty)
    if left == right:
        return 0
    return 1 if (left < right) is descending else -1


def _is_empty(value: Any) -> bool:
    return value is None or isinstance(value, Invalid)


def _passes(fetch: Fetch, predicate: Predicate | None, row: Row) -> bool:
    def value_of(item: str) -> Any:
        value = row[fetch.items.index(item)]
        return None if isinstance(value, Invalid) else value

    return passes(predicate, value_of)
