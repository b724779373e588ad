"""What is kept of one key's rows, and which requests it answers (law 6).

An entry answers a request that its reading *covers*: it has the items, and it was read under the same
predicate or under none, far enough for the limit and in the same order. Columns of two moments are
never put together: what is not covered is read anew, whole.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from itertools import chain

from msgspec import Struct

from connectors.requests import Load, OrderTerm
from connectors.results import Row
from schema.predicate import Predicate, items_of, passes
from schema.values import Invalid

Rows = tuple[Row, ...]
Answering = Callable[[Rows], Rows | None]
"""From the rows of an entry to those of a request; `None` where they do not reach far enough."""


class Reading(Struct, frozen=True, gc=False):
    """What one call asked and when: the same for all keys it was asked for."""

    items: tuple[str, ...]
    predicate: Predicate | None
    order: tuple[OrderTerm, ...]
    limit: int | None
    fetched_at: datetime
    as_of: datetime | None
    expires_at: float
    """On the cache's clock."""
    ends_at: float
    """Until when its rows may still answer where the source is down; never before they expire."""
    size: int = 0
    """About how many bytes one of its entries holds: its part of all, since they come and go together."""

    def is_within(self, seconds: int) -> bool:
        """Whether it was made within the last seconds."""
        return (datetime.now(UTC) - self.fetched_at).total_seconds() <= seconds

    def answering(self, load: Load) -> Answering | None:
        """What makes the rows for a request out of an entry's; `None` where none of them can answer it."""
        if load.order != self.order:
            return None
        if load.items == self.items and load.predicate == self.predicate:
            if self.limit == load.limit_per_key:
                return whole
            if self.limit is None:
                return lambda rows: rows[: load.limit_per_key]
        if not set(load.items) <= set(self.items):
            return None
        if load.predicate != self.predicate and not self._may_narrow(load.predicate):
            return None
        return lambda rows: self._narrowed(load, rows)

    def _may_narrow(self, predicate: Predicate | None) -> bool:
        return self.predicate is None and items_of(predicate) <= set(self.items)

    def _narrowed(self, load: Load, rows: Rows) -> Rows | None:
        if self.limit is not None and len(rows) >= self.limit:  # there may be more of them
            reaches = load.limit_per_key is not None and load.limit_per_key <= self.limit
            if load.predicate != self.predicate or not reaches:
                return None
        if load.predicate != self.predicate:
            if self._has_unreadable(load.predicate, rows):
                return None
            rows = tuple(row for row in rows if self._passes(load.predicate, row))
        kept = rows[: load.limit_per_key]
        positions = [self.items.index(item) for item in load.items]
        if positions == list(range(len(self.items))):
            return kept
        return tuple(tuple(row[position] for position in positions) for row in kept)

    def _passes(self, predicate: Predicate | None, row: Row) -> bool:
        return passes(predicate, lambda item: row[self.items.index(item)])

    def _has_unreadable(self, predicate: Predicate | None, rows: Rows) -> bool:
        """Whether a value to compare is not what its item promises: it compares as the source has it."""
        positions = [self.items.index(item) for item in items_of(predicate)]
        return any(isinstance(row[position], Invalid) for row in rows for position in positions)


class Entry(Struct, frozen=True, gc=False):
    """The rows of one key, as they were read."""

    reading: Reading
    rows: Rows

    def covers(self, load: Load) -> bool:
        """Whether its rows answer a request, of whatever age they are."""
        answering = self.reading.answering(load)
        return answering is not None and answering(self.rows) is not None


class Kept(Struct, frozen=True, gc=False):
    """The entries of one reading."""

    reading: Reading
    rows: Mapping[str, Rows]
    """By name."""


def size_of(entries: Collection[Rows]) -> int:
    """About how many bytes each of some entries holds, in the mean: by rows from all over them, since to
    weigh every value would take longer than to keep it."""
    rows = list(chain.from_iterable(entries))
    weighed = rows[:: 1 + len(rows) // WEIGHED_ROWS]
    held: int = sum([one.__sizeof__() for one in chain(weighed, *weighed)])
    return ENTRY_BYTES + held * len(rows) // max(1, len(weighed) * len(entries))


WEIGHED_ROWS = 5
ENTRY_BYTES = 400
"""Of an entry itself, with its name, its place in the store and its part in a reading."""


def whole(rows: Rows) -> Rows:
    """Gives rows as they are. Known by its identity: who finds it need not call it for each key."""
    return rows
