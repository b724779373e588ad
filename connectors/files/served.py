"""What loads of a resource read: the drop that is served, and older ones as long as somebody reads them."""

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from connectors.errors import SourceError, SourceUnavailable
from schema.catalogue.model import Resource


@dataclass(eq=False)
class Standing:
    """One drop that is attached to the engine, as long as it is served or read."""

    alias: str
    origin: str
    """Its table, as the SQL driver is told."""
    as_of: datetime
    readers: int = 1
    """Loads under way, and one for being served."""
    _last: tuple[Resource, Resource] | None = None

    def resource(self, asked: Resource) -> Resource:
        """The resource in this table; one and the same for the same one, as caches of drivers want it."""
        if self._last is None or self._last[0] is not asked:
            self._last = asked, replace(asked, origin=self.origin)
        return self._last[1]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the files that are there now are not served, or are not what was declared."""

    why: str
    """Without values."""
    error: type[SourceError]
    """What a load is told where no drop is served."""
    is_behind: bool
    """Whether newer files are there than those that are served."""


_NOTHING_YET = Trouble("no drop was looked for yet", SourceUnavailable, is_behind=False)


class Served:
    """Of one resource. One thread serves drops and says what is wrong; any other may ask, take and give."""

    def __init__(self) -> None:
        self._lock = Lock()
        """For the drop that is served, its readers, and those that nobody reads."""
        self._standing: Standing | None = None
        self._gone: list[Standing] = []
        self.trouble: Trouble | None = None
        """Exchanged whole, and so read without the lock: once, since the next time it may be another."""

    @property
    def has_drop(self) -> bool:
        """Whether there is a drop to read."""
        return self._standing is not None

    @property
    def is_behind(self) -> bool:
        """Whether newer files are there than those that are served."""
        trouble = self.trouble
        return trouble is not None and trouble.is_behind

    def take(self) -> Standing:
        """The drop that is served, for one load: give it back. Raises `SourceError` where none is."""
        with self._lock:
            if self._standing is None:
                trouble = self.trouble or _NOTHING_YET
                raise trouble.error(trouble.why)
            self._standing.readers += 1
            return self._standing

    def give(self, standing: Standing) -> None:
        """One load less; what nobody reads or serves any more is gone."""
        with self._lock:
            standing.readers -= 1
            if standing.readers == 0:
                self._gone.append(standing)

    def serve(self, standing: Standing) -> None:
        """What begins from now on reads this one; loads under way finish on the one before."""
        with self._lock:
            before, self._standing = self._standing, standing
        if before is not None:
            self.give(before)

    def take_gone(self) -> list[Standing]:
        """Those that are gone, each once."""
        with self._lock:
            gone, self._gone = self._gone, []
        return gone
