"""What is kept of one key's rows, and which requests it answers (law 6).

An entry answers a request that it *covers*: it has the items, and it was read under the same
predicate or under none, far enough for the limit and in the same order. Columns of two moments are
never put together: what is not covered is read anew, whole.
"""

from datetime import UTC, datetime
from sys import getsizeof
from typing import Any, NamedTuple

from connectors.requests import Load, OrderTerm
from connectors.results import Row
from schema.predicate import Predicate, items_of, passes
from schema.values import Invalid


class Entry(NamedTuple):
    """The rows of one key, as they were read. A named tuple, since hundreds are made for one answer."""

    items: tuple[str, ...]
    predicate: Predicate | None
    order: tuple[OrderTerm, ...]
    limit: int | None
    rows: tuple[Row, ...]
    fetched_at: datetime
    as_of: datetime | None
    expires_at: float
    """On the cache's clock."""
    stale_until: float = 0
    """Until when it may still answer where the source is down, if that is later."""

    def is_fresh(self, load: Load, now: float) -> bool:
        """Whether it has not expired, and is as young as the request wants it."""
        if self.expires_at <= now:
            return False
        if load.max_age_seconds is None:
            return True
        return (datetime.now(UTC) - self.fetched_at).total_seconds() <= load.max_age_seconds

    def answers(self, load: Load) -> tuple[Row, ...] | None:
        """The rows for a request, or `None` where this entry does not cover it."""
        if load.items == self.items and load.predicate == self.predicate and self.limit is None:
            return self.rows[: load.limit_per_key] if load.order == self.order else None
        if not set(load.items) <= set(self.items) or not self._reaches(load):
            return None
        rows = self.rows
        if load.predicate != self.predicate:
            if self.predicate is not None or not items_of(load.predicate) <= set(self.items):
                return None
            rows = tuple(row for row in rows if self._passes(load.predicate, row))
        positions = [self.items.index(item) for item in load.items]
        kept = rows[: load.limit_per_key]
        if list(positions) == list(range(len(self.items))):
            return kept
        return tuple(tuple(row[position] for position in positions) for row in kept)

    def _reaches(self, load: Load) -> bool:
        is_complete = self.limit is None or len(self.rows) < self.limit
        if load.order != self.order:
            return False
        if is_complete:
            return True
        if load.predicate != self.predicate or self.limit is None:
            return False
        return load.limit_per_key is not None and load.limit_per_key <= self.limit

    def _passes(self, predicate: Predicate | None, row: Row) -> bool:
        def value_of(item: str) -> Any:
            value = row[self.items.index(item)]
            return None if isinstance(value, Invalid) else value

        return passes(predicate, value_of)

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        return ENTRY_BYTES + sum(getsizeof(row) + sum(map(getsizeof, row)) for row in self.rows)


ENTRY_BYTES = 400
"""Of an entry itself, with its name and its place in the store."""
