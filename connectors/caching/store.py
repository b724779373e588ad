"""A bounded store in this process: by count and bytes, least recently used first out.

aiocache's `SimpleMemoryCache` is unbounded, starts a timer for every key and cannot tell a cached
null from a miss (0.12.3), so the first level is our own. It takes and gives the entries of a whole call
at once, since an answer may be of hundreds.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from connectors.caching.entry import Entry, Reading, Rows


class MemoryStore:
    """Entries by hashed key."""

    def __init__(self, *, max_bytes: int = 64 * 1_048_576, max_entries: int = 100_000) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._rows: OrderedDict[str, Rows] = OrderedDict()
        """Least recently used first. Rows stand by themselves, since the cycle collector leaves plain tuples
        of plain values alone."""
        self._readings: dict[str, Reading] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._rows)

    def holds(self, key: str, now: float) -> bool:
        """Whether there is an entry that has not expired."""
        reading = self._readings.get(key)
        return reading is not None and reading.expires_at > now

    def get(self, keys: Iterable[str], now: float) -> list[Entry | None]:
        """The entry of each key; one that has expired as long as it may answer for a source that is down."""
        found: list[Entry | None] = []
        for key in keys:
            reading = self._readings.get(key)
            if reading is None:
                found.append(None)
            elif reading.ends_at <= now:
                self._drop(key)
                found.append(None)
            else:
                self._rows.move_to_end(key)
                found.append(Entry(reading, self._rows[key]))
        return found

    def put(self, reading: Reading, new: Mapping[str, Rows]) -> None:
        """Keep entries of one reading, each in place of the one before."""
        if reading.size > self._max_bytes:
            return
        for key in self._readings.keys() & new.keys():
            self._drop(key)
        self._rows.update(new)
        self._readings.update(dict.fromkeys(new, reading))
        self.bytes += reading.size * len(new)
        while self.bytes > self._max_bytes or len(self._rows) > self._max_entries:
            self._drop(next(iter(self._rows)))

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
        self._readings.clear()
        self.bytes = 0

    def _drop(self, key: str) -> None:
        del self._rows[key]
        self.bytes -= self._readings.pop(key).size
