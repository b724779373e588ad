"""What the source did not do, done here: the remaining predicate, order, limit, row guard, promises."""

import sys
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import structs

from connectors.requests import OrderTerm
from connectors.results import Row
from gateway.fetch import failures
from gateway.fetch.result import Rows
from gateway.plan.model import Fetch, Operands
from schema.names import column_item
from schema.predicate import Predicate, bind, passes
from schema.values import Invalid

Terms = list[tuple[int, bool]]
"""What rows are sorted by: its position, and whether it descends. Empty and unreadable values last either
way."""
Sort = tuple[Callable[[Row], Any], bool]
"""What rows are sorted by, and whether it descends. Sorting raises `TypeError` where a value is empty or
unreadable."""


class Finisher:
    """From the rows of one key, as they came, to those that may be shown, or why there are none to show."""

    def __init__(self, fetch: Fetch, operands: Operands, *, sorts: bool) -> None:
        self._fetch = fetch
        self._first = sys.maxsize if fetch.spec.first is None else fetch.spec.rows_wanted(operands)
        self._terms = _terms_of(fetch) if sorts else []
        self._sorts = _sorts_of(self._terms)
        self._passes = None if fetch.remaining is None else passes_remaining(fetch, operands)
        self.max_unchanged = self._first
        """So many rows of a key need no finishing: they are shown as they come, without a call. -1: an
        empty answer is finished, too, since behind a row guard nothing tells whether there were rows."""
        if sorts or not fetch.spec.many:
            self.max_unchanged = min(1, self._first)
        if self._passes is not None:
            self.max_unchanged = 0
        if fetch.row_guard is not None:
            self.max_unchanged = -1

    def __call__(self, rows: tuple[Row, ...]) -> Rows | failures.Failure:
        """Finish any number of rows."""
        fetch, first = self._fetch, self._first
        if self._passes is not None:
            rows = tuple(filter(self._passes, rows))
        if self._sorts and len(rows) > 1:
            try:
                for key, descending in self._sorts:
                    rows = tuple(sorted(rows, key=key, reverse=descending))
            except TypeError:  # some are empty or unreadable, and cannot be held against the others
                rows = _sorted_apart(self._terms, rows)
        if fetch.row_guard is not None:  # nothing tells whether there are other rows (ADR 19)
            rows = tuple([row for row in rows if _passes(fetch, fetch.row_guard, row)])
            if not rows and not fetch.spec.many:
                return failures.no_open_record(fetch.spec.resource)
        if not fetch.spec.many and len(rows) > 1:
            return failures.multiple_records(fetch.spec.resource)
        is_partial = fetch.spec.many and fetch.row_guard is not None
        if len(rows) <= first:
            return Rows(rows, is_partial=is_partial)
        return Rows(rows[:first], fetch.spec.is_default_first, is_partial)

    def together(self, parts: list[Rows], rows: tuple[Row, ...]) -> Rows | failures.Failure:
        """Finish the rows of several parts as those of one key: cut, or partial, where any part is."""
        finished = self(rows)
        if isinstance(finished, failures.Failure):
            return finished
        return structs.replace(
            finished,
            is_truncated=finished.is_truncated or any(part.is_truncated for part in parts),
            is_partial=finished.is_partial or any(part.is_partial for part in parts),
        )


def _terms_of(fetch: Fetch) -> Terms:
    """The order that rows are asked to stand in, the identity last."""
    spec = fetch.spec
    terms = (*spec.order, *(OrderTerm(column_item(column)) for column in spec.resource.identity))
    return [(fetch.items.index(term.item), term.descending) for term in terms]


def _sorts_of(terms: Terms) -> list[Sort]:
    """Sorts to be done one after the other, one for neighbours of one direction: each keeps the order of the
    one before, so the last terms come first."""
    runs = [
        (descending, [position for position, _ in run]) for descending, run in groupby(terms, itemgetter(1))
    ]
    return [(itemgetter(*positions), descending) for descending, positions in reversed(runs)]


def passes_remaining(fetch: Fetch, operands: Operands) -> Callable[[Row], bool]:
    """Whether a row passes what the source left of the condition."""
    predicate = bind(fetch.remaining, operands)
    return lambda row: _passes(fetch, predicate, row)


def _sorted_apart(terms: Terms, rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows in order, term by term from the last: whose value is empty or unreadable stands behind others."""
    for position, descending in reversed(terms):
        filled: list[Row] = []
        others: list[Row] = []
        for row in rows:
            value = row[position]
            (others if value is None or value.__class__ is Invalid else filled).append(row)
        filled.sort(key=itemgetter(position), reverse=descending)
        rows = filled + others
    return tuple(rows)


def _passes(fetch: Fetch, predicate: Predicate | None, row: Row) -> bool:
    def value_of(item: str) -> Any:
        value = row[fetch.items.index(item)]
        return None if isinstance(value, Invalid) else value

    return passes(predicate, value_of)
