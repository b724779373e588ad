"""The cache around a connector, and single flight: who asks the same at once waits together.

A shared call belongs to the cache and not to any of its waiters: one waiter's deadline or
cancellation never ends another's. It is cancelled when the last waiter has left.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.caching.entry import Entry
from connectors.caching.second import SecondLevel
from connectors.caching.store import MemoryStore
from connectors.capabilities import Capabilities
from connectors.errors import SourceAvailableAt, SourceError, SourceTimeout, SourceUnavailable
from connectors.protocol import Connector
from connectors.requests import Key, Load, Scan
from connectors.results import Health, Loaded, Page, Row

HashKey = Callable[[str], Callable[[Key], str]]
"""Of what a key is about to the hash of a key."""
Held = tuple[Entry, tuple[Row, ...]]
"""An entry and its rows for a request that it covers."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """A request, and what is remembered of it."""

    load: Load
    names: Mapping[Key, str]
    """Names of entries by key; empty where nothing of the resource is ever kept."""
    held: Mapping[Key, Held]
    missing: tuple[Key, ...]
    now: float
    stale: Mapping[Key, Held] = field(default_factory=dict)
    """What would answer for missing keys if the source were down, and may."""

    @property
    def is_complete(self) -> bool:
        """Whether every key is held."""
        return not self.missing

    def loaded(self) -> Loaded:
        """The answer of a look-up that is complete."""
        entries = [self.held[key] for key in self.load.keys]
        return Loaded(
            entries=tuple(rows for _, rows in entries),
            fetched_at=min(entry.fetched_at for entry, _ in entries),
            as_of=_earliest(entry.as_of for entry, _ in entries),
            from_cache=True,
        )

    def joined(self, loaded: Loaded) -> Loaded:
        """The answer, with the rest as it was loaded."""
        if not self.held:
            return loaded
        fresh = dict(zip(self.missing, loaded.entries, strict=True))
        held = [entry for entry, _ in self.held.values()]
        return replace(
            loaded,
            entries=tuple(self.held[key][1] if key in self.held else fresh[key] for key in self.load.keys),
            fetched_at=min(loaded.fetched_at, *(entry.fetched_at for entry in held)),
            as_of=_earliest([loaded.as_of, *(entry.as_of for entry in held)]),
        )

    def in_place_of(self, loaded: Loaded | SourceError) -> Loaded:
        """What was loaded, with stale rows in the places of keys that the source is down for."""
        if isinstance(loaded, SourceError):
            if not (self.stale and _is_down(loaded)):
                raise loaded
            moments = [entry.fetched_at for entry, _ in self.stale.values()]
            loaded = Loaded((loaded,) * len(self.missing), min(moments))
        elif not self.stale:
            return loaded
        fresh = dict(zip(self.missing, loaded.entries, strict=True))
        used = {key: self.stale[key] for key, entry in fresh.items() if _is_down(entry) and key in self.stale}
        if not used:
            return loaded
        return replace(
            loaded,
            entries=tuple(used[key][1] if key in used else entry for key, entry in fresh.items()),
            fetched_at=min(loaded.fetched_at, *(entry.fetched_at for entry, _ in used.values())),
            as_of=_earliest([loaded.as_of, *(entry.as_of for entry, _ in used.values())]),
            stale=True,
        )


def _is_down(entry: object) -> bool:
    """Whether the source did not answer; one that refuses us has answered."""
    return isinstance(entry, SourceUnavailable | SourceTimeout | SourceAvailableAt)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


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
        found = self.look_up(load)
        return found.loaded() if found.is_complete else await self.complete(found)

    def look_up(self, load: Load) -> "LookUp":
        """What this process remembers of a request. Asks nobody."""
        if load.resource.cache_seconds <= 0:
            return LookUp(load, {}, {}, load.keys, 0)
        now = asyncio.get_running_loop().time()
        name = self._namer(load)
        names = {key: name(key) for key in load.keys}
        held: dict[Key, Held] = {}
        stale: dict[Key, Held] = {}
        for key, one in names.items():
            entry = self.store.get(one, now)
            rows = None if entry is None else entry.answers(load)
            if entry is None or rows is None:
                continue
            if entry.is_fresh(load, now):
                held[key] = (entry, rows)
            elif load.allows_stale:
                stale[key] = (entry, rows)
        missing = tuple(key for key in load.keys if key not in held)
        return LookUp(load, names, held, missing, now, stale)

    async def complete(self, found: "LookUp") -> Loaded:
        """Load what was not remembered in one call, and remember it."""
        load = found.load
        if not found.names:
            return await self._fly(load)
        second = self._second_of(load)
        if second is not None:
            found = await self._from_second(second, found)
            if found.is_complete:
                return found.loaded()
        asked = replace(load, keys=found.missing) if found.held else load
        try:
            loaded = await self._fly(asked)
        except SourceError as error:
            return found.joined(found.in_place_of(error))
        kept: dict[str, Entry] = {}
        if not loaded.partial:
            for key, entry in zip(found.missing, loaded.entries, strict=True):
                if not isinstance(entry, SourceError):
                    kept[found.names[key]] = _entry_of(load, entry, loaded, found.now)
        for name, one in kept.items():
            self.store.put(name, one)
        if second is not None and kept:
            await second.put(kept, load.resource.cache_seconds)
        return found.joined(found.in_place_of(loaded))

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

    async def _from_second(self, second: SecondLevel, found: "LookUp") -> "LookUp":
        """The same look-up with what other processes remember."""
        load, held = found.load, dict(found.held)
        absent = {
            found.names[key]: key
            for key in found.missing
            if not self.store.holds(found.names[key], found.now)
        }
        for name, entry in (await second.get(list(absent), found.now)).items():
            self.store.put(name, entry)
            rows = entry.answers(load)
            if rows is not None and entry.is_fresh(load, found.now):
                held[absent[name]] = (entry, rows)
        missing = tuple(key for key in load.keys if key not in held)
        stale = {key: one for key, one in found.stale.items() if key not in held}
        return replace(found, held=held, missing=missing, stale=stale)

    def _second_of(self, load: Load) -> SecondLevel | None:
        """Rows of persons stay in this process: the second level signs and does not encrypt."""
        return None if load.resource.is_personal else self.second

    async def _fly(self, load: Load) -> Loaded:
        """Share the call with everyone who asks exactly the same now.

        Who starts it is bounded by the call itself, which has the same deadline. Who joined and has more
        time left when that passes asks again.
        """
        flight_key = _flight_key(load)
        clock = asyncio.get_running_loop().time
        while True:
            flight = self._flights.get(flight_key)
            if flight is None or flight.task.done():
                return await self._wait(self._start(flight_key, load), flight_key)
            try:
                async with asyncio.timeout_at(load.deadline):
                    return await self._wait(flight, flight_key)
            except TimeoutError as error:
                raise SourceTimeout("the deadline passed") from error
            except SourceTimeout:
                if load.deadline <= clock():
                    raise

    def _start(self, flight_key: Any, load: Load) -> _Flight:
        flight = self._flights[flight_key] = _Flight(asyncio.ensure_future(self.inner.load(load)))
        return flight

    async def _wait(self, flight: _Flight, flight_key: Any) -> Loaded:
        """Wait with the others; whoever leaves last ends the call."""
        flight.waiters += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            waiting = asyncio.current_task()
            if flight.task.cancelled() and waiting is not None and not waiting.cancelling():
                raise SourceUnavailable("the source was closed") from None
            raise
        finally:
            flight.waiters -= 1
            if flight.waiters == 0:
                flight.task.cancel()
                if self._flights.get(flight_key) is flight:
                    del self._flights[flight_key]

    def _namer(self, load: Load) -> Callable[[Key], str]:
        """Names entries by what a request is about; no two requests share one by chance."""
        scope = load.scope if self.capabilities.depends_on_caller else None
        arguments = sorted(load.arguments.items()) if load.arguments else ""
        binding = [by.columns for by in load.key.alternatives]
        about = repr((load.resource.version, load.as_of, scope, binding, arguments))
        code, hash_key = load.resource.code, self.hash_key(about)
        return lambda key: f"{code}:{hash_key(key)}"


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
        stale_until=now + load.resource.cache_seconds + load.resource.stale_seconds,
    )
