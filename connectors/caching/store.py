"""A bounded store in this process: by count and bytes, least recently used first out.

aiocache's `SimpleMemoryCache` is unbounded, starts a timer for every key and cannot tell a cached
null from a miss (0.12.3), so the first level is our own. It takes and gives the entries of a whole call
at once, since an answer may be of hundreds.
"""

from collections import OrderedDict
from collections.abc import Iterable

from connectors.caching.entry import Entry, size_of


class MemoryStore:
    """Entries by hashed key."""

    def __init__(self, *, max_bytes: int = 64 * 1_048_576, max_entries: int = 100_000) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._entries: OrderedDict[str, tuple[Entry, int]] = OrderedDict()
        """Entries with their sizes."""
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def holds(self, key: str, now: float) -> bool:
        """Whether there is an entry that has not expired."""
        found = self._entries.get(key)
        return found is not None and found[0].reading.expires_at > now

    def get(self, keys: Iterable[str], now: float) -> list[Entry | None]:
        """The entry of each key; one that has expired as long as it may answer for a source that is down."""
        entries, used = self._entries, self._entries.move_to_end
        found: list[Entry | None] = []
        for key in keys:
            held = entries.get(key)
            if held is None:
                found.append(None)
            elif held[0].reading.ends_at <= now:
                self._drop(key)
                found.append(None)
            else:
                used(key)
                found.append(held[0])
        return found

    def put(self, new: Iterable[tuple[str, Entry]]) -> None:
        """Keep entries, each in place of the one before."""
        entries, limit = self._entries, self._max_bytes
        for key, entry in new:
            if key in entries:
                self._drop(key)
            size = size_of(entry.rows)
            if size <= limit:
                entries[key] = entry, size
                self.bytes += size
        while self.bytes > limit or len(entries) > self._max_entries:
            self.bytes -= entries.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.bytes = 0

    def _drop(self, key: str) -> None:
        self.bytes -= self._entries.pop(key)[1]
