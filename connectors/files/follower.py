"""Follows the files of one resource: takes in what is new, lets it be served, and says what is wrong."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

import duckdb
import structlog

from connectors.errors import SourceError, SourceMisbehaved, SourceUnavailable
from connectors.files.errors import DRIVER_ERRORS, translate
from connectors.files.finding import Found, find
from connectors.files.layout import layout_of
from connectors.files.order import stands_by
from connectors.files.refused import DropNotThere, DropRefused
from connectors.files.served import Served, Standing, Trouble
from connectors.files.settings import FilesOrigin, FilesSettings
from connectors.files.shelf import Shelf
from connectors.files.tables import Tables
from connectors.files.taking import TABLE, take_in
from schema.catalogue.model import Resource

log = structlog.get_logger()

RETRY_SECONDS = 60.0
"""Until files are tried again that could not be taken in for want of memory, disk, or rights."""


class Clock(Protocol):
    """What tells the time: the module `time` does."""

    def time(self) -> float:
        """Seconds since 1970, as files are dated."""
        ...

    def monotonic(self) -> float:
        """Seconds of which none is told twice."""
        ...


class Follower:
    """All of it is the one thread's that calls `look`, but for what is served, which any may read, and for
    `stop` and the two fields that it needs."""

    def __init__(
        self,
        resource: Resource,
        settings: FilesSettings,
        *,
        shelf: Shelf,
        tables: Tables,
        clock: Clock = time,
    ) -> None:
        self.resource = resource
        self.served = Served()
        self._origin = FilesOrigin.model_validate(resource.origin)
        self._layout = layout_of(resource, self._origin.sorted_by)
        self._settings = settings
        self._shelf = shelf
        self._tables = tables
        self._clock = clock
        self._handled = ""
        """Fingerprint of the files that are served, or were refused."""
        self._first_seen = ("", 0.0)
        """Fingerprint of the latest files, and when they were first seen so, on the monotonic clock."""
        self._retry_at = ("", 0.0)
        """Fingerprint of files that could not be taken in, and when to try again, on the same clock."""
        self._unchecked: Standing | None = None
        """What is served, and declared to stand in an order of which nobody knows yet whether it is true."""
        self._interrupt: Callable[[], None] = lambda: None
        """Ends what is being taken in, or checked, from another thread."""
        self._is_stopped = False
        """Set by another thread."""

    def stop(self) -> None:
        """End what is being taken in; called by another thread."""
        self._is_stopped = True
        with suppress(duckdb.Error):  # which may just have ended
            self._interrupt()

    def look(self) -> bool:
        """Take in what is new; `False` where files are being written and one should look again soon."""
        for standing in self.served.take_gone():
            self._tables.detach(standing)
        try:
            self._check_order()
            return self._follow() and self._unchecked is None
        except DropNotThere as problem:
            self._is_not_served(str(problem), SourceUnavailable, is_behind=False)
        except DropRefused as problem:
            self._is_not_served(str(problem), SourceMisbehaved)
        except DRIVER_ERRORS as error:
            told = translate(error)
            if not self._is_stopped:
                self._is_not_served(f"could not be taken in: {told.detail}", type(told))
        return True

    def _follow(self) -> bool:
        found = find(self._settings, self._origin)
        is_waiting = found.fingerprint == self._retry_at[0] and self._clock.monotonic() < self._retry_at[1]
        if found.fingerprint == self._handled or is_waiting:
            return True
        if not self._is_settled(found):
            self._serve_last()
            return False
        try:
            is_same = self._take_up(found)
        except DropRefused:
            self._handled = found.fingerprint
            raise
        except DRIVER_ERRORS:
            self._retry_at = (found.fingerprint, self._clock.monotonic() + RETRY_SECONDS)
            raise
        if is_same:
            self._handled = found.fingerprint
            self.served.trouble = None
        return is_same

    def _is_settled(self, found: Found) -> bool:
        """Whether nobody is writing any more: the files are old enough, by their clock or by ours."""
        if found.fingerprint != self._first_seen[0]:
            self._first_seen = (found.fingerprint, self._clock.monotonic())
        seen_for = self._clock.monotonic() - self._first_seen[1]
        return max(self._clock.time() - found.changed_at, seen_for) >= self._settings.settle_seconds

    def _take_up(self, found: Found) -> bool:
        """Serve the files; `False` if they changed meanwhile, or another process is taking them in."""
        place = self._shelf.place(self.resource, found.fingerprint)
        if self._origin.kind == "duckdb":
            self._serve_in_place(found, place)
            return True
        if not self._is_kept(found, place):
            if not self._take_in(found, place):
                return False
            self._serve(place, TABLE, found.as_of)
        self._shelf.clear(self.resource, place)
        return True

    def _is_kept(self, found: Found, place: Path) -> bool:
        """Whether the files were taken in before, and can be served from there."""
        if place.exists():
            with suppress(duckdb.Error, DropRefused):
                self._serve(place, TABLE, found.as_of)
                return True
            place.unlink(missing_ok=True)  # of no use, whoever made it: it is made again
        return False

    def _take_in(self, found: Found, place: Path) -> bool:
        with self._shelf.lock(self.resource) as is_ours:
            if not is_ours:
                return False
            if place.exists():
                return True
            rows = take_in(found, self._origin, self._layout, self._settings, place, self._may_interrupt)
            if find(self._settings, self._origin).fingerprint != found.fingerprint:
                place.unlink()
                return False
        log.info("drop_taken", resource=self.resource.code, rows=rows, as_of=found.as_of.isoformat())
        return True

    def _serve_in_place(self, found: Found, link: Path) -> None:
        """Attach a database by a name of its own: by one name there is one, and the last is still read."""
        if len(found.paths) != 1:
            raise DropRefused(f"{self._origin.file}: {len(found.paths)} databases; one can be served")
        with suppress(FileExistsError):
            link.symlink_to(found.paths[0])
        try:
            self._serve(link, self._origin.table, found.as_of)
        except DropRefused as refused:
            raise DropRefused(f"{self._origin.file}, {refused}") from None
        except duckdb.Error:
            raise DropRefused(f"{found.paths[0].name}: no database that DuckDB can read") from None
        self._shelf.clear(self.resource, link)

    def _serve(self, place: Path, table: str, as_of: datetime | None) -> None:
        """Attach a database and let it answer; without `as_of` it says itself on which moment it stands."""
        standing = self._tables.attach(place, table, self._layout.columns.keys(), as_of)
        if self._origin.kind != "duckdb":
            self._tables.know_order(standing, self._layout.order)
        elif self._origin.sorted_by:
            self._unchecked = standing
        self.served.serve(standing)

    def _check_order(self) -> None:
        """Whether rows stand in the order that is declared: what is served answers meanwhile, sorted."""
        standing, self._unchecked = self._unchecked, None
        if standing is None:
            return
        with self._tables.session() as session:
            self._interrupt = session.interrupt
            is_true = stands_by(session, standing.origin, self._origin.sorted_by)
        if is_true:
            self._tables.know_order(standing, tuple(self._origin.sorted_by))
            return
        where = f"{self._origin.file}, table '{self._origin.table}'"
        why = f"{where}: a row stands out of the order of 'sorted_by', or is empty there"
        self.served.trouble = Trouble(why, SourceMisbehaved, self.served.is_behind)
        log.warning("drop_not_sorted", resource=self.resource.code, reason=why)

    def _serve_last(self) -> None:
        """After a start: serve what was good the last time, until there is better."""
        last = None if self.served.has_drop else self._shelf.last(self.resource)
        if last is not None and self._origin.kind != "duckdb":
            with suppress(duckdb.Error, DropRefused):
                self._serve(last, TABLE, None)

    def _is_not_served(self, why: str, error: type[SourceError], *, is_behind: bool = True) -> None:
        before, self.served.trouble = self.served.trouble, Trouble(why, error, is_behind)
        if before is None or why != before.why:
            log.warning("drop_not_served", resource=self.resource.code, reason=why)
        self._serve_last()

    def _may_interrupt(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
