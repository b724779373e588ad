"""The drop of one resource: which one is served, and what became of the latest."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

import duckdb
import structlog

from connectors.errors import SourceError, SourceMisbehaved, SourceUnavailable
from connectors.files.engine import literal, quoted
from connectors.files.errors import DRIVER_ERRORS, translate
from connectors.files.finding import Found, find
from connectors.files.layout import layout_of
from connectors.files.order import stands_by
from connectors.files.refused import DropNotThere, DropRefused
from connectors.files.settings import FilesOrigin, FilesSettings
from connectors.files.shelf import Shelf
from connectors.files.taking import ABOUT, TABLE, take_in
from schema.catalogue.model import Resource

log = structlog.get_logger()

RETRY_SECONDS = 60.0
"""Until files are tried again that could not be taken in for want of memory, disk, or rights."""


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


class Drop:
    """Follows the files of one resource. One thread calls `look`; any may take and give."""

    def __init__(
        self,
        resource: Resource,
        settings: FilesSettings,
        shelf: Shelf,
        engine: duckdb.DuckDBPyConnection,
        aliases: Callable[[], str],
        on_order: Callable[[str, tuple[str, ...]], None],
        on_gone: Callable[[str], None],
    ) -> None:
        self.resource = resource
        self._origin = FilesOrigin.model_validate(resource.origin)
        self._layout = layout_of(resource, self._origin.sorted_by)
        self._settings = settings
        self._shelf = shelf
        self._engine = engine
        self._aliases = aliases
        self._on_order = on_order
        self._on_gone = on_gone
        self._lock = Lock()
        self._standing: Standing | None = None
        self._gone: list[Standing] = []
        self._handled = ""
        """Fingerprint of the files that are served, or were refused."""
        self._first_seen = ("", 0.0)
        """Fingerprint of the latest files, and when they were first seen so, on the monotonic clock."""
        self._error: type[SourceError] = SourceUnavailable
        self.trouble: str | None = None
        """Why the files that are there now are not served; without values."""
        self.is_behind = False
        """Whether newer files are there than those that are served."""
        self._retry_at = ("", 0.0)
        """Fingerprint of files that could not be taken in, and when to try again, on the same clock."""
        self._unchecked: Standing | None = None
        """What is served, and declared to stand in an order of which nobody knows yet whether it is true."""
        self._interrupt: Callable[[], None] = lambda: None
        """Ends what is being taken in, or checked."""
        self._is_stopped = False

    @property
    def is_served(self) -> bool:
        """Whether there is a drop to read."""
        return self._standing is not None

    def take(self) -> Standing:
        """The drop that is served, for one load: give it back. Raises `SourceError` where none is."""
        with self._lock:
            if self._standing is None:
                raise self._error(self.trouble or "no drop was looked for yet")
            self._standing.readers += 1
            return self._standing

    def give(self, standing: Standing) -> None:
        """One load less; what nobody reads or serves is detached with the next look."""
        with self._lock:
            standing.readers -= 1
            if standing.readers == 0:
                self._gone.append(standing)

    def stop(self) -> None:
        """End what is being taken in."""
        self._is_stopped = True
        with suppress(duckdb.Error):  # which may just have ended
            self._interrupt()

    def look(self) -> bool:
        """Take in what is new; `False` where files are being written and one should look again soon."""
        self._detach_gone()
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
        is_waiting = found.fingerprint == self._retry_at[0] and time.monotonic() < self._retry_at[1]
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
            self._retry_at = (found.fingerprint, time.monotonic() + RETRY_SECONDS)
            raise
        if is_same:
            self._handled = found.fingerprint
            self.trouble, self.is_behind = None, False
        return is_same

    def _is_settled(self, found: Found) -> bool:
        """Whether nobody is writing any more: the files are old enough, by their clock or by ours."""
        if found.fingerprint != self._first_seen[0]:
            self._first_seen = (found.fingerprint, time.monotonic())
        seen_for = time.monotonic() - self._first_seen[1]
        return max(time.time() - found.changed_at, seen_for) >= self._settings.settle_seconds

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
        except duckdb.Error:
            raise DropRefused(f"{found.paths[0].name}: no database that DuckDB can read") from None
        self._shelf.clear(self.resource, link)

    def _serve(self, place: Path, table: str, as_of: datetime | None) -> None:
        """Attach a database and let it answer; loads under way finish on the one before.

        Without `as_of` the database itself says on which moment it stands.
        """
        alias = self._aliases()
        engine = self._engine.cursor()
        try:
            engine.execute(f"ATTACH {literal(place.absolute())} AS {alias} (READ_ONLY)")
            if as_of is None:
                (row,) = engine.execute(f"SELECT as_of FROM {alias}.{ABOUT}").fetchall()
                as_of = datetime.fromisoformat(row[0])
            self._check_columns(engine, alias, table)
        except BaseException:
            with suppress(duckdb.Error):
                engine.execute(f"DETACH {alias}")
            raise
        finally:
            engine.close()
        standing = Standing(alias, f"{alias}.{quoted(table)}", as_of)
        if self._origin.kind != "duckdb":
            self._on_order(standing.origin, self._layout.order)
        elif self._origin.sorted_by:
            self._unchecked = standing
        with self._lock:
            before, self._standing = self._standing, standing
        if before is not None:
            self.give(before)

    def _check_columns(self, engine: duckdb.DuckDBPyConnection, alias: str, table: str) -> None:
        """A table, and never a view: its text would be run here, over whatever we may read."""
        rows = engine.execute(
            "SELECT column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_oid)"
            " WHERE database_name = ? AND duckdb_tables.table_name = ?",
            [alias, table],
        ).fetchall()
        missing = self._layout.columns.keys() - {row[0] for row in rows}
        if missing:
            what = f"no column '{min(missing)}'" if rows else "no such table"
            raise DropRefused(f"{self._origin.file}, table '{table}': {what}")

    def _check_order(self) -> None:
        """Whether rows stand in the order that is declared: what is served answers meanwhile, sorted."""
        standing, self._unchecked = self._unchecked, None
        if standing is None:
            return
        engine = self._engine.cursor()
        self._interrupt = engine.interrupt
        try:
            is_true = stands_by(engine, standing.origin, self._origin.sorted_by)
        finally:
            engine.close()
        if is_true:
            self._on_order(standing.origin, tuple(self._origin.sorted_by))
            return
        where = f"{self._origin.file}, table '{self._origin.table}'"
        self.trouble = f"{where}: a row stands out of the order of 'sorted_by', or is empty there"
        log.warning("drop_not_sorted", resource=self.resource.code, reason=self.trouble)

    def _serve_last(self) -> None:
        """After a start: serve what was good the last time, until there is better."""
        last = None if self.is_served else self._shelf.last(self.resource)
        if last is not None and self._origin.kind != "duckdb":
            with suppress(duckdb.Error, DropRefused):
                self._serve(last, TABLE, None)

    def _is_not_served(self, why: str, error: type[SourceError], *, is_behind: bool = True) -> None:
        if why != self.trouble:
            log.warning("drop_not_served", resource=self.resource.code, reason=why)
        self.trouble, self._error, self.is_behind = why, error, is_behind
        self._serve_last()

    def _may_interrupt(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt

    def _detach_gone(self) -> None:
        with self._lock:
            gone, self._gone = self._gone, []
        for standing in gone:
            self._on_gone(standing.origin)
            engine = self._engine.cursor()
            engine.execute(f"DETACH {standing.alias}")
            engine.close()
