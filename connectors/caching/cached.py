"""The cache around a connector, and single flight: who asks the same at once waits together.

A shared call belongs to the cache and not to any of its waiters: one waiter's deadline or
cancellation never ends another's. It is cancelled when the last waiter has left.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.caching.entry import Entry
from connectors.caching.second import SecondLevel
from connectors.caching.store import MemoryStore
from connectors.capabilities import Capabilities
from connectors.errors import SourceError, SourceTimeout
from connectors.protocol import Connector
from connectors.requests import Key, Load, Scan
from connectors.results import Health, Loaded, Page, Row

HashKey = Callable[[str, Iterable[Any]], str]


@dataclass(slots=True)
class _Flight:
    """One call under way, and how many wait for it."""

    task: "asyncio.Task[Loaded]"
    waiters: int = 0


@dataclass(slots=True)
class Cached:
    """A connector that remembers rows."""

    inner: Connector
    store: MemoryStore
    hash_key: HashKey
    second: SecondLevel | None = None
    _flights: dict[Any, _Flight] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        """The inner connector's."""
        return self.inner.capabilities

    async def load(self, load: Load) -> Loaded:
        """Answer from entries that cover the request; load the rest in one call."""
        if load.resource.cache_seconds <= 0:
            return await self._fly(load)
        now = asyncio.get_running_loop().time()
        names = {key: self._name(load, key) for key in load.keys}
        found = await self._find(load, names, now)
        missing = tuple(key for key in load.keys if key not in found)
        if not missing:
            return _from_entries(load, found, {}, None)
        loaded = await self._fly(replace(load, keys=missing))
        fresh: dict[Key, tuple[Row, ...] | SourceError] = {}
        kept: dict[str, Entry] = {}
        for key, entry in zip(missing, loaded.entries, strict=True):
            fresh[key] = entry
            if not isinstance(entry, SourceError) and not loaded.partial:
                kept[names[key]] = _entry_of(load, entry, loaded, now)
        for name, one in kept.items():
            self.store.put(name, one)
        second = self._second_of(load)
        if second is not None and kept:
            await second.put(kept, load.resource.cache_seconds)
        return _from_entries(load, found, fresh, loaded)

    async def scan(self, scan: Scan) -> Page:
        """Pages are not kept."""
        return await self.inner.scan(scan)

    async def probe(self, deadline: float) -> Health:
        """Ask the source itself."""
        return await self.inner.probe(deadline)

    async def aclose(self) -> None:
        """Cancel what is under way and close the inner connector."""
        for flight in self._flights.values():
            flight.task.cancel()
        await self.inner.aclose()

    async def _find(
        self, load: Load, names: dict[Key, str], now: float
    ) -> dict[Key, tuple[Entry, tuple[Row, ...]]]:
        entries = {key: self.store.get(name, now) for key, name in names.items()}
        second = self._second_of(load)
        if second is not None:
            absent = {names[key]: key for key, entry in entries.items() if entry is None}
            for name, shared in (await second.get(list(absent), now)).items():
                entries[absent[name]] = shared
                self.store.put(name, shared)
        found: dict[Key, tuple[Entry, tuple[Row, ...]]] = {}
        for key, entry in entries.items():
            rows = entry.answers(load) if entry is not None else None
            if entry is not None and rows is not None:
                found[key] = (entry, rows)
        return found

    def _second_of(self, load: Load) -> SecondLevel | None:
        """Rows of persons stay in this process: the second level signs and does not encrypt."""
        return None if load.resource.is_personal else self.second

    async def _fly(self, load: Load) -> Loaded:
        """Share the call with everyone who asks exactly the same now."""
        flight_key = _flight_key(load)
        flight = self._flights.get(flight_key)
        if flight is None or flight.task.done():
            flight = _Flight(asyncio.ensure_future(self._own(load)))
            self._flights[flight_key] = flight
        flight.waiters += 1
        try:
            async with asyncio.timeout_at(load.deadline):
                return await asyncio.shield(flight.task)
        except TimeoutError as error:
            raise SourceTimeout("the deadline passed") from error
        finally:
            flight.waiters -= 1
            if flight.waiters == 0:
                flight.task.cancel()
                if self._flights.get(flight_key) is flight:
                    del self._flights[flight_key]

    async def _own(self, load: Load) -> Loaded:
        """The call itself: it lives as long as somebody waits, whatever one waiter's deadline."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await self.inner.load(load)
            except SourceTimeout:
                flight = self._flights.get(_flight_key(load))
                if flight is None or flight.waiters == 0 or load.deadline > loop.time():
                    raise
                load = replace(load, deadline=loop.time() + MORE_SECONDS)

    def _name(self, load: Load, key: Key) -> str:
        scope = load.scope if self.capabilities.depends_on_caller else None
        arguments = self.hash_key("arguments", (sorted(load.arguments.items()),))
        binding = tuple(by.columns for by in load.key.alternatives)
        about = f"{load.resource.code}|{load.resource.version}|{load.as_of}|{scope}|{binding}"
        return f"{load.resource.code}:{self.hash_key(about + arguments, key)}"


MORE_SECONDS = 5.0
"""How long a shared call goes on for waiters whose deadline is later than its starter's."""


def _flight_key(load: Load) -> Any:
    return (
        load.resource.code,
        load.resource.version,
        tuple(by.columns for by in load.key.alternatives),
        load.keys,
        load.items,
        repr(sorted(load.arguments.items())),
        load.predicate,
        load.order,
        load.limit_per_key,
        load.as_of,
        load.scope,
    )


def _entry_of(load: Load, rows: tuple[Row, ...], loaded: Loaded, now: float) -> Entry:
    return Entry(
        items=load.items,
        predicate=load.predicate,
        order=load.order,
        limit=load.limit_per_key,
        rows=rows,
        fetched_at=loaded.fetched_at,
        as_of=loaded.as_of,
        expires_at=now + load.resource.cache_seconds,
    )


def _from_entries(
    load: Load,
    found: dict[Key, tuple[Entry, tuple[Row, ...]]],
    fresh: dict[Key, tuple[Row, ...] | SourceError],
    loaded: Loaded | None,
) -> Loaded:
    moments = [entry.fetched_at for entry, _ in found.values()]
    data_moments = [entry.as_of for entry, _ in found.values() if entry.as_of is not None]
    if loaded is not None:
        moments.append(loaded.fetched_at)
        data_moments += [loaded.as_of] if loaded.as_of is not None else []
    return Loaded(
        entries=tuple(found[key][1] if key in found else fresh[key] for key in load.keys),
        fetched_at=min(moments),
        as_of=min(data_moments) if data_moments else None,
        from_cache=loaded is None,
        partial=loaded is not None and loaded.partial,
    )
