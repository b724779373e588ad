"""The cache around a connector, and single flight."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from connectors.caching.entry import Kept, Reading, size_of
from connectors.caching.flights import Flight, Flights
from connectors.caching.remembered import Remembered, read_kept
from connectors.caching.second import SecondLevel
from connectors.caching.store import MemoryStore
from connectors.capabilities import Capabilities
from connectors.errors import SourceError
from connectors.protocol import Connector
from connectors.requests import Key, Load, Scan
from connectors.results import Health, Loaded, Page

Namer = Callable[[tuple[Key, ...]], Sequence[str]]
"""Gives each key a name that does not tell it, in order."""
HashKeys = Callable[[str, str], Namer]
"""From a name in clear, and from all that keys are about, to what names them."""
MAX_NAMERS = 10_000
"""What names entries is kept for so many resources, each by each way to ask for it."""


@dataclass(slots=True)
class Cached:
    """A connector that remembers rows."""

    inner: Connector
    store: MemoryStore
    hash_keys: HashKeys
    second: SecondLevel | None = None
    _flights: Flights = field(default_factory=Flights)
    _namers: dict[Any, Namer] = field(default_factory=dict)
    """What names entries, by resource as declared and columns of the key."""

    _depends_on_caller: bool = field(init=False)

    def __post_init__(self) -> None:
        self._depends_on_caller = self.inner.capabilities.depends_on_caller

    @property
    def capabilities(self) -> Capabilities:
        """The inner connector's."""
        return self.inner.capabilities

    async def load(self, load: Load) -> Loaded:
        """Answer from entries that cover the request; load the rest in one call."""
        found = self.recall(load)
        return found.loaded() or await self.complete(found)

    def recall(self, load: Load) -> Remembered:
        """What this process remembers of a request. Asks nobody."""
        if load.resource.cache_seconds <= 0:
            return Remembered(load, 0, (), (None,) * len(load.keys))
        names = self._namer(load)(load.keys)
        return read_kept(load, asyncio.get_running_loop().time(), names, self.store.get(names))

    async def complete(self, found: Remembered) -> Loaded:
        """Load what was not remembered in one call, and remember it."""
        second = self._second_of(found.load)
        if second is not None and found.names:
            found = await self._from_second(second, found)
            loaded = found.loaded()
            if loaded is not None:
                return loaded
        asked = found.asked()
        try:
            loaded = await self._flights.share(self._flight_key(asked), asked, self.inner.load)
        except SourceError as error:
            return found.completed(error)
        kept = self._keep(found, loaded)
        if second is not None and kept is not None:
            await second.put(kept, found.load.resource.cache_seconds)
        return found.completed(loaded)

    def begin(self, found: Remembered) -> Flight | None:
        """Start the call for it, to be landed by whom starts it; `None` where there is more to wait for than
        one call of our own."""
        if found.names and self._second_of(found.load) is not None:
            return None
        asked = found.asked()
        return self._flights.start(self._flight_key(asked), asked, self.inner.load)

    def landed(self, found: Remembered, flight: Flight) -> Loaded:
        """The answer of a request whose call is over. Raises `SourceError`."""
        try:
            loaded = flight.loaded()
        except SourceError as error:
            return found.completed(error)
        self._keep(found, loaded)
        return found.completed(loaded)

    async def scan(self, scan: Scan) -> Page:
        """Pages are not kept."""
        return await self.inner.scan(scan)

    async def probe(self, deadline: float) -> Health:
        """Ask the source itself."""
        return await self.inner.probe(deadline)

    async def aclose(self) -> None:
        """Cancel what is under way and close the inner connector."""
        self._flights.end()
        await self.inner.aclose()

    def _keep(self, found: Remembered, loaded: Loaded) -> Kept | None:
        """Remember what was loaded of a request, unless its source says that it is not all there is."""
        if loaded.partial or loaded.stale or not found.names:
            return None
        read = zip(found.missing(), loaded.entries, strict=True)
        rows = {name: entry for name, entry in read if isinstance(entry, tuple)}
        kept = Kept(_reading_of(found.load, loaded, found.now, size_of(rows.values())), rows)
        self.store.put(kept)
        return kept

    async def _from_second(self, second: SecondLevel, found: Remembered) -> Remembered:
        """The same with what other processes remember, whether this one's store has room for it or
        not. What answers nothing here takes no place: an entry of ours that expired may yet stand in."""
        absent = [name for name in found.missing() if not self.store.holds(name, found.now)]
        known = await second.get(absent, found.now)
        useful = {name: entry for name, entry in known.items() if entry.covers(found.load)}
        if not useful:
            return found
        rows, readings = self.store.get(found.names)
        for place, name in enumerate(found.names):
            if name in useful:
                entry = useful[name]
                ends_at = entry.reading.expires_at + found.load.resource.stale_seconds  # here it may stand in
                reading = replace(entry.reading, ends_at=ends_at)
                self.store.put(Kept(reading, {name: entry.rows}))
                rows[place], readings[place] = entry.rows, reading
        return read_kept(found.load, found.now, found.names, (rows, readings))

    def _second_of(self, load: Load) -> SecondLevel | None:
        """Rows of persons stay in this process: the second level signs and does not encrypt."""
        return None if load.resource.is_personal else self.second

    def _flight_key(self, load: Load) -> tuple[Any, ...]:
        """What makes two calls the same."""
        asked = load.keys, load.items, load.predicate, load.order, load.limit_per_key
        return *self._about(load), *asked

    def _namer(self, load: Load) -> Namer:
        """Names entries by what a request is about; no two requests share one by chance."""
        resource = load.resource
        if load.arguments or load.as_of is not None or self._depends_on_caller:
            return self.hash_keys(resource.code, repr(self._about(load)))
        usual = resource.code, resource.version, load.key.columns
        namer = self._namers.get(usual)
        if namer is None:
            if len(self._namers) >= MAX_NAMERS:
                self._namers.clear()
            namer = self._namers[usual] = self.hash_keys(resource.code, repr(self._about(load)))
        return namer

    def _about(self, load: Load) -> tuple[Any, ...]:
        """What rows depend on beside the key: who asks only where the source wants to know."""
        return (
            load.resource.code,
            load.resource.version,
            load.key.columns,
            load.as_of,
            repr(sorted(load.arguments.items())) if load.arguments else "",
            load.scope if self._depends_on_caller else None,
        )


def _reading_of(load: Load, loaded: Loaded, now: float, size: int) -> Reading:
    expires_at = now + load.resource.cache_seconds
    return Reading(
        items=load.items,
        predicate=load.predicate,
        order=load.order,
        limit=load.limit_per_key,
        fetched_at=loaded.fetched_at,
        as_of=loaded.as_of,
        expires_at=expires_at,
        ends_at=expires_at + load.resource.stale_seconds,
        size=size,
    )
