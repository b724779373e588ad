"""A request that a cache stands before: what is remembered of it, and how the rest is put to that."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from connectors.caching.entry import Answering, Entry, Reading, Rows, whole
from connectors.caching.store import Found
from connectors.errors import SourceAvailableAt, SourceError, SourceTimeout, SourceUnavailable
from connectors.requests import Load
from connectors.results import Loaded


class Remembered(Struct, frozen=True):
    """A request, and what is remembered of it."""

    load: Load
    now: float
    names: Sequence[str]
    """Names of entries; empty where nothing of the resource is ever kept."""
    held: Sequence[Rows | None]
    """The rows of each key, in order; `None` where they have to be asked for."""
    readings: Sequence[Reading] = ()
    """What those rows are of."""
    stale: Mapping[int, Entry] = {}
    """By place of the key: what would answer for what is not held if the source were down, and may."""

    def asked(self) -> Load:
        """What has to be asked of the source."""
        if not self.readings:
            return self.load
        keys = zip(self.load.keys, self.held, strict=True)
        return replace(self.load, keys=tuple([key for key, rows in keys if rows is None]))

    def missing(self) -> Sequence[str]:
        """The names of what is not held."""
        if not self.readings:
            return self.names
        return [name for name, rows in zip(self.names, self.held, strict=True) if rows is None]

    def loaded(self) -> Loaded | None:
        """The answer, where every key is held."""
        if None in self.held:
            return None
        rows: tuple[Rows, ...] = tuple(self.held)  # type: ignore[arg-type] # none is missing
        return Loaded(rows, *_moments(self.readings), from_cache=True)

    def completed(self, loaded: Loaded | SourceError) -> Loaded:
        """The answer, with the rest as it was loaded. Raises what the source failed with, unless rows that
        have expired may stand for all of it."""
        if self.stale:
            loaded = self._with_stale(loaded)
        if isinstance(loaded, SourceError):
            raise loaded
        if not self.readings:
            return loaded
        fresh = iter(loaded.entries)
        entries = tuple([next(fresh) if rows is None else rows for rows in self.held])
        return _dated(replace(loaded, entries=entries), self.readings)

    def _with_stale(self, loaded: Loaded | SourceError) -> Loaded | SourceError:
        """What was loaded, with stale rows in the places of keys that the source is down for."""
        stale = [self.stale.get(place) for place, rows in enumerate(self.held) if rows is None]
        if isinstance(loaded, SourceError):
            if not _is_down(loaded):
                return loaded
            loaded = Loaded((loaded,) * len(stale), *_moments([old.reading for old in self.stale.values()]))
        fresh = list(zip(loaded.entries, stale, strict=True))
        used = [old.reading for entry, old in fresh if old is not None and _is_down(entry)]
        if not used:
            return loaded
        entries = tuple([old.rows if old is not None and _is_down(entry) else entry for entry, old in fresh])
        return _dated(replace(loaded, entries=entries, stale=True), used)


def read_kept(load: Load, now: float, names: Sequence[str], kept: Found) -> Remembered:
    """What of a request is answered by what is kept under the names of its keys."""
    held: list[Rows | None] = [None] * len(names)
    readings: list[Reading] = []
    stale: dict[int, Entry] = {}
    reading: Reading | None = None
    answering: Answering | None = None
    is_fresh, max_age = False, load.max_age_seconds
    for place, (rows, one) in enumerate(zip(*kept, strict=True)):
        if rows is None or one is None:
            continue
        if one is not reading:  # neighbours were often read together
            reading = one
            answering = None if reading.ends_at <= now else reading.answering(load)
            is_fresh = now < reading.expires_at and (max_age is None or reading.is_within(max_age))
        if answering is None:
            continue
        answered = rows if answering is whole else answering(rows)
        if answered is None:
            continue
        if not is_fresh:
            if load.allows_stale:
                stale[place] = Entry(reading, answered)
            continue
        held[place] = answered
        if not readings or readings[-1] is not reading:
            readings.append(reading)
    return Remembered(load, now, names, held, readings, stale)


def _moments(readings: Sequence[Reading]) -> tuple[datetime, datetime | None]:
    """When the oldest of some readings was made, and how far back its data stands."""
    if len(readings) == 1:
        return readings[0].fetched_at, readings[0].as_of
    return min(one.fetched_at for one in readings), _earliest(one.as_of for one in readings)


def _dated(loaded: Loaded, readings: Sequence[Reading]) -> Loaded:
    """The same where some of it is as old as these readings."""
    fetched_at, as_of = _moments(readings)
    return replace(
        loaded, fetched_at=min(loaded.fetched_at, fetched_at), as_of=_earliest((loaded.as_of, as_of))
    )


def _is_down(entry: object) -> bool:
    """Whether the source did not answer; one that refuses us has answered."""
    return isinstance(entry, SourceUnavailable | SourceTimeout | SourceAvailableAt)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
