"""A request that a cache stands before: what is remembered of it, and how the rest is put to that."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from msgspec import Struct, structs

from connectors.caching.entry import Answering, Entry, Reading
from connectors.errors import SourceAvailableAt, SourceError, SourceTimeout, SourceUnavailable
from connectors.requests import Load
from connectors.results import Loaded


class LookUp(Struct, frozen=True):
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

    def answered(self, entries: Iterable[Entry | None]) -> "LookUp":
        """The same with what these entries, one for each key, answer of it."""
        load, now = self.load, self.now
        held, stale = list(self.held), list(self.stale)
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
            answer = entry if rows is entry.rows else Entry(reading, rows)
            if is_fresh:
                held[place] = answer
            elif load.allows_stale:
                stale[place] = answer
        return LookUp(load, now, self.names, tuple(held), tuple(stale))

    def asked(self) -> Load:
        """What has to be asked of the source."""
        if not any(self.held):
            return self.load
        keys = zip(self.load.keys, self.held, strict=True)
        return structs.replace(self.load, keys=tuple([key for key, entry in keys if entry is None]))

    def missing(self) -> list[str]:
        """The names of what is not held."""
        return [name for name, entry in zip(self.names, self.held, strict=True) if entry is None]

    def loaded(self) -> Loaded:
        """The answer of a look-up that is complete."""
        entries = cast("tuple[Entry, ...]", self.held)
        rows = tuple([entry.rows for entry in entries])
        return Loaded(rows, *_moments(entries), from_cache=True)

    def completed(self, loaded: Loaded | SourceError) -> Loaded:
        """The answer, with the rest as it was loaded. Raises what the source failed with, unless rows that
        have expired may stand for all of it."""
        loaded = self._with_stale(loaded)
        held = [entry for entry in self.held if entry is not None]
        if not held:
            return loaded
        fresh = iter(loaded.entries)
        entries = tuple([next(fresh) if entry is None else entry.rows for entry in self.held])
        return _dated(structs.replace(loaded, entries=entries), held)

    def _with_stale(self, loaded: Loaded | SourceError) -> Loaded:
        """What was loaded, with stale rows in the places of keys that the source is down for."""
        if not any(self.stale):
            if isinstance(loaded, SourceError):
                raise loaded
            return loaded
        stale = [old for entry, old in zip(self.held, self.stale, strict=True) if entry is None]
        if isinstance(loaded, SourceError):
            known = [old for old in stale if old is not None]
            if not (known and _is_down(loaded)):
                raise loaded
            loaded = Loaded((loaded,) * len(stale), *_moments(known))
        fresh = list(zip(loaded.entries, stale, strict=True))
        used = [old for entry, old in fresh if old is not None and _is_down(entry)]
        if not used:
            return loaded
        entries = tuple([old.rows if old is not None and _is_down(entry) else entry for entry, old in fresh])
        return _dated(structs.replace(loaded, entries=entries, stale=True), used)


def _moments(entries: Iterable[Entry]) -> tuple[datetime, datetime | None]:
    """When the oldest of some entries was fetched, and how far back their data stands."""
    readings: dict[int, Reading] = {}
    for entry in entries:
        readings[id(entry.reading)] = entry.reading
    first, *others = readings.values()
    if not others:
        return first.fetched_at, first.as_of
    return min(one.fetched_at for one in readings.values()), _earliest(one.as_of for one in readings.values())


def _dated(loaded: Loaded, entries: Iterable[Entry]) -> Loaded:
    """The same where some of it is as old as these entries."""
    fetched_at, as_of = _moments(entries)
    return structs.replace(
        loaded, fetched_at=min(loaded.fetched_at, fetched_at), as_of=_earliest((loaded.as_of, as_of))
    )


def _is_down(entry: object) -> bool:
    """Whether the source did not answer; one that refuses us has answered."""
    return isinstance(entry, SourceUnavailable | SourceTimeout | SourceAvailableAt)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
