"""The cache around a connector, and single flight: who asks the same at once waits together.

A shared call belongs to the cache and not to any of its waiters: one waiter's deadline or
cancellation never ends another's. It is cancelled when the last waiter has left.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from connectors.caching.entry import Answering, Entry, Reading
from connectors.caching.second import SecondLevel
from connectors.caching.store import MemoryStore
from connectors.capabilities import Capabilities
from connectors.deadline import Until
from connectors.errors import SourceAvailableAt, SourceError, SourceTimeout, SourceUnavailable
from connectors.protocol import Connector
from connectors.requests import Key, Load, Scan
from connectors.results import Health, Loaded, Page
from schema.catalogue.model import Resource

HashKey = Callable[[str], Callable[[Key], str]]
"""Of what a key is about to the hash of a key."""
MAX_NAMERS = 10_000
"""What names entries is kept for so many resources, each by each way to ask for it."""


class LookUp(NamedTuple):
    """A request, and what is remembered of it: for each of its keys, in order."""

    load: Load
    now: float
    names: tuple[str, ...]
    """Names of entries; empty where nothing of the resource is ever kept."""
    held: tuple[Entry | None, ...]
    """Rows that answer, under the reading they are of."""
    stale: tuple[Entry | None, ...]
    """What would answer in the place of what is not held if the source were down, and may."""

    @property
    def is_complete(self) -> bool:
        """Whether every key is held."""
        return None not in self.held

    def missing(self) -> tuple[tuple[Key, str], ...]:
        """The keys that are not held, with their names."""
        asked = zip(self.load.keys, self.names, self.held, strict=True)
        return tuple((key, name) for key, name, entry in asked if entry is None)

    def loaded(self) -> Loaded:
        """The answer of a look-up that is complete."""
        entries = [entry for entry in self.held if entry is not None]
        rows = tuple([entry.rows for entry in entries])
        return Loaded(rows, *_moments(entries), from_cache=True)

    def joined(self, loaded: Loaded) -> Loaded:
        """The answer, with the rest as it was loaded."""
        held = [entry for entry in self.held if entry is not None]
        if not held:
            return loaded
        fresh = iter(loaded.entries)
        entries = tuple([next(fresh) if entry is None else entry.rows for entry in self.held])
        return _dated(replace(loaded, entries=entries), held)

    def in_place_of(self, loaded: Loaded | SourceError) -> Loaded:
        """What was loaded, with stale rows in the places of keys that the source is down for."""
        stale = [old for entry, old in zip(self.held, self.stale, strict=True) if entry is None]
        if isinstance(loaded, SourceError):
            known = [old for old in stale if old is not None]
            if not (known and _is_down(loaded)):
                raise loaded
            loaded = Loaded((loaded,) * len(stale), *_moments(known))
        used = (
            [old if _is_down(entry) else None for entry, old in zip(loaded.entries, stale, strict=True)]
            if any(stale)
            else []
        )
        if not any(used):
            return loaded
        pairs = zip(loaded.entries, used, strict=True)
        entries = tuple([entry if old is None else old.rows for entry, old in pairs])
        return _dated(replace(loaded, entries=entries, stale=True), [old for old in used if old is not None])


def _moments(entries: Iterable[Entry]) -> tuple[datetime, datetime | None]:
    """When the oldest of some entries was fetched, and how far back their data stands."""
    readings = {id(entry.reading): entry.reading for entry in entries}.values()
    return min([one.fetched_at for one in readings]), _earliest(one.as_of for one in readings)


def _dated(loaded: Loaded, entries: Iterable[Entry]) -> Loaded:
    """The same where some of it is as old as these entries."""
    fetched_at, as_of = _moments(entries)
    return replace(
        loaded, fetched_at=min(loaded.fetched_at, fetched_at), as_of=_earliest((loaded.as_of, as_of))
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
    _namers: dict[Any, Callable[[Key], str]] = field(default_factory=dict)
    """What names entries, by resource as declared and columns of the key."""

    @property
    def capabilities(self) -> Capabilities:
        """The inner connector's."""
        return self.inner.capabilities

    async def load(self, load: Load) -> Loaded:
        """Answer from entries that cover the request; load the rest in one call."""
        found = self.look_up(load)
        return found.loaded() if found.is_complete else await self.complete(found)

    def look_up(self, load: Load) -> LookUp:
        """What this process remembers of a request. Asks nobody."""
        nothing: tuple[Entry | None, ...] = (None,) * len(load.keys)
        if load.resource.cache_seconds <= 0:
            return LookUp(load, 0, (), nothing, nothing)
        now = asyncio.get_running_loop().time()
        names = tuple(map(self._namer(load), load.keys))
        return self._answering(LookUp(load, now, names, nothing, nothing), self.store.get(names, now))

    async def complete(self, found: LookUp) -> Loaded:
        """Load what was not remembered in one call, and remember it."""
        load = found.load
        if not found.names:
            return await self._fly(load)
        second = self._second_of(load)
        if second is not None:
            found = await self._from_second(second, found)
            if found.is_complete:
                return found.loaded()
        missing = found.missing()
        asked = load if len(missing) == len(load.keys) else replace(load, keys=tuple([k for k, _ in missing]))
        try:
            loaded = await self._fly(asked)
        except SourceError as error:
            return found.joined(found.in_place_of(error))
        if not loaded.partial:
            reading = _reading_of(load, loaded, found.now)
            kept = [
                (name, Entry(reading, entry))
                for (_, name), entry in zip(missing, loaded.entries, strict=True)
                if not isinstance(entry, SourceError)
            ]
            self.store.put(kept)
            if second is not None and kept:
                await second.put(dict(kept), load.resource.cache_seconds)
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

    def _answering(self, found: LookUp, entries: Iterable[Entry | None]) -> LookUp:
        """The same look-up with what these entries, one for each key, answer of it."""
        load, now = found.load, found.now
        held, stale = list(found.held), list(found.stale)
        reading: Reading | None = None
        answering: Answering | None = None
        is_fresh = False
        for place, entry in enumerate(entries):
            if entry is None:
                continue
            if entry.reading is not reading:  # neighbours were often read together
                reading = entry.reading
                answering, is_fresh = reading.answering(load), reading.is_fresh(load, now)
            rows = None if answering is None else answering(entry.rows)
            if rows is None:
                continue
            if is_fresh:
                held[place] = Entry(reading, rows)
            elif load.allows_stale:
                stale[place] = Entry(reading, rows)
        return found._replace(held=tuple(held), stale=tuple(stale))

    async def _from_second(self, second: SecondLevel, found: LookUp) -> LookUp:
        """The same look-up with what other processes remember."""
        absent = [name for _, name in found.missing() if not self.store.holds(name, found.now)]
        known = await second.get(absent, found.now)
        self.store.put(known.items())
        return self._answering(found, map(known.get, found.names))

    def _second_of(self, load: Load) -> SecondLevel | None:
        """Rows of persons stay in this process: the second level signs and does not encrypt."""
        return None if load.resource.is_personal else self.second

    async def _fly(self, load: Load) -> Loaded:
        """Share the call with everyone who asks exactly the same now.

        Who starts it is bounded by the call itself, which has the same deadline. Who joined and has more
        time left when that passes asks again.
        """
        flight_key = _flight_key(load, scoped=self.inner.capabilities.depends_on_caller)
        clock = asyncio.get_running_loop().time
        while True:
            flight = self._flights.get(flight_key)
            if flight is None or flight.task.done():
                return await self._wait(self._start(flight_key, load), flight_key)
            try:
                with Until(load.deadline):
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
        about = _about(load, scoped=self.inner.capabilities.depends_on_caller)
        if load.arguments or load.as_of is not None or about[-1] is not None:
            return self._name(load.resource, repr(about))
        namer = self._namers.get(about)
        if namer is None:
            if len(self._namers) >= MAX_NAMERS:
                self._namers.clear()
            namer = self._namers[about] = self._name(load.resource, repr(about))
        return namer

    def _name(self, resource: Resource, about: str) -> Callable[[Key], str]:
        code, hash_key = resource.code, self.hash_key(about)
        return lambda key: f"{code}:{hash_key(key)}"


def _about(load: Load, *, scoped: bool) -> tuple[Any, ...]:
    """What the rows of a request depend on beside the key: who asks only where the source wants to know."""
    return (
        load.resource.code,
        load.resource.version,
        tuple([by.columns for by in load.key.alternatives]),
        load.as_of,
        repr(sorted(load.arguments.items())) if load.arguments else "",
        load.scope if scoped else None,
    )


def _flight_key(load: Load, *, scoped: bool) -> tuple[Any, ...]:
    asked = load.keys, load.items, load.predicate, load.order, load.limit_per_key
    return *_about(load, scoped=scoped), *asked


def _reading_of(load: Load, loaded: Loaded, now: float) -> Reading:
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
    )
