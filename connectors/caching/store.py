"""A bounded store in this process: by count and bytes, what was not used for long goes first.

There are two generations. What is read anew, or used, is in the young one; when that has half of what
may be held, it becomes the old one, and the old one goes. So nothing is ever looked for to be dropped, and
using an entry costs a look-up: an order by last use, kept for each entry, cost as much as all the rest.

What goes, goes as others come, two for one: fifty thousand entries at once would keep the loop for some
tens of milliseconds.

aiocache's `SimpleMemoryCache` is unbounded, starts a timer for every key and cannot tell a cached
null from a miss (0.12.3), so the first level is our own. It takes and gives the entries of a whole call
at once, since an answer may be of hundreds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.caching.entry import Kept


@dataclass(slots=True)
class _Generation:
    kept: dict[str, Kept] = field(default_factory=dict)
    """By hashed key."""
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
        return len(self._young.kept.keys() | self._old.kept.keys())

    @property
    def bytes(self) -> int:
        """About how many are held."""
        return self._young.bytes + self._old.bytes + self._going.bytes

    def holds(self, key: str, now: float) -> bool:
        """Whether there is an entry that has not expired."""
        kept = self._young.kept.get(key) or self._old.kept.get(key)
        return kept is not None and kept.reading.expires_at > now

    def get(self, names: Sequence[str]) -> list[Kept | None]:
        """What is kept of each name, in order; what has ended may be among it."""
        found = list(map(self._young.kept.get, names))
        if self._old.kept and None in found:
            self._use_old(names, found)
        return found

    def put(self, kept: Kept) -> None:
        """Keep entries, each in place of the one before. More than half of what may be held is not kept:
        nothing else would be."""
        size, count = kept.reading.size * len(kept.rows), len(kept.rows)
        if size > self._max_bytes or count > self._max_entries:
            return
        if self._young.bytes + size > self._max_bytes or len(self._young.kept) + count > self._max_entries:
            self._young, self._old, self._going = _Generation(), self._young, self._old
        self._young.kept.update(dict.fromkeys(kept.rows, kept))
        self._young.bytes += size
        if self._going.kept:
            self._let_go(2 * count, 2 * size)

    def _use_old(self, names: Sequence[str], found: list[Kept | None]) -> None:
        """Find what only the old generation has. It is used, so it shall not go with that."""
        old = list(map(self._old.kept.get, names))
        if not any(old):
            return
        for place, kept in enumerate(old):
            if found[place] is None and kept is not None:
                found[place], name = kept, names[place]
                self.put(Kept(kept.reading, {name: kept.rows[name]}))

    def _let_go(self, count: int, size: int) -> None:
        """Drop so many entries, of so many bytes: all have gone before the young generation is full."""
        going = self._going
        while going.kept and (count > 0 or size > 0):
            _, kept = going.kept.popitem()
            count, size = count - 1, size - kept.reading.size
            going.bytes -= kept.reading.size
        if not going.kept:
            going.bytes = 0

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old, self._going = _Generation(), _Generation(), _Generation()
