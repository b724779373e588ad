"""A bounded store in this process: by count and bytes, what was not used for long goes first.

There are two generations. What is read anew, or used, is in the young one; when that has half of what
may be held, it becomes the old one, and the old one goes. So nothing is ever looked for to be dropped, and
using an entry costs a look-up: an order by last use, kept for each entry, cost as much as all the rest.

What goes, goes as others come, two for one: fifty thousand entries at once would keep the loop for some
tens of milliseconds.

The cycle collector finds nothing here: rows are plain tuples of plain values, which it leaves alone once it
has seen them, and stand in a dictionary by themselves, as their readings do, which it never looks at. One
object of its own for each entry, and a look at a hundred thousand of them keeps the loop for 50 ms.

aiocache's `SimpleMemoryCache` is unbounded, starts a timer for every key and cannot tell a cached
null from a miss (0.12.3), so the first level is our own. It takes and gives the entries of a whole call
at once, since an answer may be of hundreds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.caching.entry import Kept, Reading, Rows

Found = tuple[list[Rows | None], list[Reading | None]]
"""The rows of each name, and what reading they are of."""


@dataclass(slots=True)
class _Generation:
    rows: dict[str, Rows] = field(default_factory=dict)
    """By hashed key."""
    readings: dict[str, Reading] = field(default_factory=dict)
    """By the same."""
    bytes: int = 0
    """Of what was put here, what has been replaced since included."""


class MemoryStore:
    """Entries by hashed key."""

    def __init__(self, *, max_bytes: int = 64 * 1_048_576, max_entries: int = 100_000) -> None:
        self._max_bytes = max_bytes // 2
        self._max_entries = max_entries // 2
        """Of each generation."""
        self._young, self._old, self._going = _Generation(), _Generation(), _Generation()

    def __len__(self) -> int:
        return len(self._young.rows.keys() | self._old.rows.keys())

    @property
    def bytes(self) -> int:
        """About how many are held."""
        return self._young.bytes + self._old.bytes + self._going.bytes

    def holds(self, key: str, now: float) -> bool:
        """Whether there is an entry that has not expired."""
        reading = self._young.readings.get(key) or self._old.readings.get(key)
        return reading is not None and reading.expires_at > now

    def get(self, names: Sequence[str]) -> Found:
        """What is kept of each name, in order; what has ended may be among it."""
        young = self._young
        rows, readings = list(map(young.rows.get, names)), list(map(young.readings.get, names))
        if self._old.rows and None in rows:
            self._use_old(names, rows, readings)
        return rows, readings

    def put(self, kept: Kept) -> None:
        """Keep entries, each in place of the one before. More than half of what may be held is not kept:
        nothing else would be."""
        size, count = kept.reading.size * len(kept.rows), len(kept.rows)
        if size > self._max_bytes or count > self._max_entries:
            return
        if self._young.bytes + size > self._max_bytes or len(self._young.rows) + count > self._max_entries:
            self._young, self._old, self._going = _Generation(), self._young, self._old
        self._young.rows.update(kept.rows)
        self._young.readings.update(dict.fromkeys(kept.rows, kept.reading))
        self._young.bytes += size
        if self._going.rows:
            self._let_go(2 * count, 2 * size)

    def _use_old(self, names: Sequence[str], rows: list[Rows | None], readings: list[Reading | None]) -> None:
        """Find what only the old generation has. It is used, so it shall not go with that."""
        old = self._old
        held = list(zip(map(old.rows.get, names), map(old.readings.get, names), strict=True))
        for place, (name, (one, reading)) in enumerate(zip(names, held, strict=True)):
            if rows[place] is None and one is not None and reading is not None:
                rows[place], readings[place] = one, reading
                self.put(Kept(reading, {name: one}))

    def _let_go(self, count: int, size: int) -> None:
        """Drop so many entries, of so many bytes: all have gone before the young generation is full."""
        going = self._going
        while going.rows and (count > 0 or size > 0):
            name, _ = going.rows.popitem()
            reading = going.readings.pop(name)
            count, size = count - 1, size - reading.size
            going.bytes -= reading.size
        if not going.rows:
            going.bytes = 0

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old, self._going = _Generation(), _Generation(), _Generation()
