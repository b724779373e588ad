"""One call to a source: the request of a fetch for some keys, and what its answer says of each key."""

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from connectors.caching.cached import Boarded, Cached
from connectors.caching.look_up import LookUp
from connectors.errors import SourceError, SourceUnavailable
from connectors.protocol import Connector
from connectors.requests import Key, Load
from connectors.results import Loaded
from gateway.fetch import failures
from gateway.fetch.asking import asking_of
from gateway.fetch.cycles import is_past_cycle
from gateway.fetch.failures import Failure
from gateway.fetch.guards import KeyGuard
from gateway.fetch.remaining import finisher
from gateway.fetch.result import PageEnds, Result, Rows
from gateway.fetch.scanning import scan_sifting
from gateway.plan.model import Fetch, Operands, PageInput
from schema.policy.caller import Caller


class Environment(Struct, frozen=True):
    """What every fetch of a request needs of the world."""

    connector: Callable[[str], Connector | None]
    """By name of the source; `None` where it is not open."""
    caller: Caller
    deadline: float
    guards: Sequence[KeyGuard] = ()
    max_keys: int = 5_000
    """Distinct keys for one fetch: the second of the three bounds."""
    report: Callable[[Fetch, SourceError], None] = lambda fetch, error: None  # noqa: ARG005
    """Hears of every source error, for the log."""


class Call(Struct):
    """A fetch that asks its source for keys. It gives a result and never raises a `SourceError`."""

    fetch: Fetch
    keys: tuple[Key, ...]
    withheld: Mapping[Key, Failure]
    operands: Operands
    environment: Environment
    _known: tuple[Cached, LookUp] | None = None
    """The cache that stands before the source, and what it was found to hold."""

    def at_once(self) -> Result | None:
        """The result, where no source has to be asked for it."""
        if not self.keys:
            return Result(dict(self.withheld))
        limit = self.environment.max_keys
        if len(self.keys) > limit:
            return self._failed(failures.too_many_keys(self.fetch.spec.resource, limit))
        connector = self.environment.connector(self.fetch.spec.resource.source)
        if isinstance(connector, Cached):
            found = connector.look_up(self._load())
            if found.is_complete:
                return self._result(found.loaded())
            self._known = connector, found
        return None

    async def result(self) -> Result:
        """Ask the source; its deadline is the request's."""
        try:
            if self._known is not None:
                cache, found = self._known
                return self._result(await cache.complete(found))
            return self._result(await _open(self.fetch, self.environment).load(self._load()))
        except SourceError as error:
            return self._refused(error)

    def __await__(self) -> Generator[Any, None, Result]:
        """Its result."""
        return self.result().__await__()

    def start(self) -> "UnderWay | asyncio.Task[Result]":
        """Ask the source beside others: without a task of its own where the cache makes one for all."""
        boarded = None if self._known is None else self._known[0].begin(self._known[1])
        return asyncio.ensure_future(self.result()) if boarded is None else UnderWay(self, boarded)

    def landed(self, boarded: Boarded) -> Result:
        """The result, once the call that the cache made is over."""
        try:
            return self._result(boarded.loaded())
        except SourceError as error:
            return self._refused(error)

    def _refused(self, error: SourceError) -> Result:
        self.environment.report(self.fetch, error)
        return self._failed(failures.from_source(error, self.fetch.spec.resource))

    def _failed(self, failure: Failure) -> Result:
        return Result(dict.fromkeys(self.keys, failure) | dict(self.withheld))

    def _result(self, loaded: Loaded) -> Result:
        fetch, finish = self.fetch, finisher(self.fetch, self.operands)
        entries: dict[Key, Rows | Failure] = dict(self.withheld)
        for key, entry in zip(self.keys, loaded.entries, strict=True):
            if isinstance(entry, SourceError):
                self.environment.report(fetch, entry)
                entries[key] = failures.from_source(entry, fetch.spec.resource)
                continue
            finished = finish(entry)
            if loaded.partial and isinstance(finished, Rows):
                finished = structs.replace(finished, is_partial=True)
            entries[key] = finished
        is_stale = loaded.stale or is_past_cycle(fetch.spec.resource, loaded)
        return Result(entries, loaded.fetched_at, loaded.as_of, is_stale)

    def _load(self) -> Load:
        environment = self.environment
        return asking_of(self.fetch).load(self.keys, self.operands, environment.caller, environment.deadline)


class UnderWay(Struct):
    """A call that waits for the cache's, in the words of a task."""

    _call: Call
    _boarded: Boarded
    _landed: Callable[[Any], None] | None = None

    def add_done_callback(self, done: Callable[[Any], None]) -> None:
        """Call this, once, when the call is over."""
        self._landed = done
        self._boarded.flight.board(done)

    def cancelled(self) -> bool:
        """Never by others: what ends the source's call is an error of the source."""
        return False

    def cancel(self) -> None:
        """Wait no longer."""
        if self._landed is not None:
            self._boarded.flight.leave(self._landed)
            self._landed = None

    def result(self) -> Result:
        """The result, once the call is over."""
        self.cancel()
        return self._call.landed(self._boarded)


async def scan_page(fetch: Fetch, page: PageInput, operands: Operands, environment: Environment) -> Result:
    """One page of a collection, under the empty key."""
    scan = asking_of(fetch).scan(page, operands, environment.caller, environment.deadline)
    try:
        connector = _open(fetch, environment)
        if fetch.finishes_here:
            found = await scan_sifting(fetch, scan, operands, connector.scan)
        else:
            found = await connector.scan(scan)
    except SourceError as error:
        environment.report(fetch, error)
        return Result({(): failures.from_source(error, fetch.spec.resource)})
    ends = PageEnds(found.cursors, found.cursor, found.total)
    return Result({(): Rows(found.rows)}, found.fetched_at, found.as_of, page=ends)


def _open(fetch: Fetch, environment: Environment) -> Connector:
    connector = environment.connector(fetch.spec.resource.source)
    if connector is None:
        raise SourceUnavailable("the source is not open")
    return connector
