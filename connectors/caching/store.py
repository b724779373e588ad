"""A bounded store in this process: by count and bytes, what was not used for long goes first.

There are two generations. What is read anew, or used, is in the young one; when that has half of what
may be held, it becomes the old one, and the old one goes as a whole. So nothing is ever looked for to
be dropped, and using an entry costs a look-up: an order by last use, kept for each entry, cost as much
as all the rest.

aiocache's `SimpleMemoryCache` is unbounded, starts a timer for every key and cannot tell a cached
null from a miss (0.12.3), so the first level is our own. It takes and gives the entries of a whole call
at once, since an answer may be of hundreds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from connectors.caching.entry import Entry, Reading, Rows


class _Kept(Struct, frozen=True):
    """Entries of one reading, by hashed key. Rows stand by themselves, since the cycle collector leaves
    plain tuples of plain values alone."""

    reading: Reading
    rows: Mapping[str, Rows]


@dataclass(slots=True)
class _Generation:
    kept: dict[str, _Kept] = field(default_factory=dict)
    """By hashed key."""
    bytes: int = 0
    """Of what was put here, what has been replaced since included."""


class MemoryStore:
    """Entries by hashed key."""

    def __init__(self, *, max_bytes: int = 64 * 1_048_576, max_entries: int = 100_000) -> None:
        self._max_bytes = max_bytes // 2
        self._max_entries = max_entries // 2
        """Of each generation."""
        self._young, self._old = _Generation(), _Generation()

    def __len__(self) -> int:
        return len(self._young.kept.keys() | self._old.kept.keys())

    @property
    def bytes(self) -> int:
        """About how many are held."""
        return self._young.bytes + self._old.bytes

    def holds(self, key: str, now: float) -> bool:
        """Whether there is an entry that has not expired."""
        kept = self._young.kept.get(key) or self._old.kept.get(key)
        return kept is not None and kept.reading.expires_at > now

    def get(self, keys: Iterable[str], now: float) -> list[Entry | None]:
        """The entry of each key; one that has expired as long as it may answer for a source that is down."""
        young = self._young.kept
        found: list[Entry | None] = []
        for key in keys:
            kept = young.get(key) or self._old.kept.get(key)
            if kept is None or kept.reading.ends_at <= now:
                found.append(None)
            else:
                rows = kept.rows[key]
                if key not in young:  # used, so it shall not go with the old ones
                    self.put(kept.reading, {key: rows})
                found.append(Entry(kept.reading, rows))
        return found

    def put(self, reading: Reading, new: Mapping[str, Rows]) -> None:
        """Keep entries of one reading, each in place of the one before. More than half of what may be held
        is not kept: nothing else would be."""
        size, count = reading.size * len(new), len(new)
        if size > self._max_bytes or count > self._max_entries:
            return
        if self._young.bytes + size > self._max_bytes or len(self._young.kept) + count > self._max_entries:
            self._young, self._old = _Generation(), self._young
        self._young.kept.update(dict.fromkeys(new, _Kept(reading, new)))
        self._young.bytes += size

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old = _Generation(), _Generation()
