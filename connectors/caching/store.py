"""A bounded store in this process: by count and bytes, least recently used first out.

aiocache's `SimpleMemoryCache` is unbounded, starts a timer for every key and cannot tell a cached
null from a miss (0.12.3), so the first level is our own.
"""

from collections import OrderedDict

from connectors.caching.entry import Entry


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
        return found is not None and found[0].expires_at > now

    def get(self, key: str, now: float) -> Entry | None:
        """The entry of a key; one that has expired as long as it may answer for a source that is down."""
        found = self._entries.get(key)
        if found is None:
            return None
        entry = found[0]
        if max(entry.expires_at, entry.stale_until) <= now:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry

    def put(self, key: str, entry: Entry) -> None:
        """Keep an entry in place of the one before."""
        if key in self._entries:
            self._drop(key)
        size = entry.size
        if size > self._max_bytes:
            return
        self._entries[key] = (entry, size)
        self.bytes += size
        while self.bytes > self._max_bytes or len(self._entries) > self._max_entries:
            self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.bytes = 0

    def _drop(self, key: str) -> None:
        self.bytes -= self._entries.pop(key)[1]
