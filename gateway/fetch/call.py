"""One call to a source: the request of a fetch for some keys, and what its answer says of each key."""

import asyncio
from collections.abc import Callable, Generator, Mapping
from typing import Any

from msgspec import Struct, structs

from connectors.caching.cached import Cached
from connectors.caching.flights import Flight
from connectors.caching.remembered import Remembered
from connectors.errors import SourceError
from connectors.requests import Key
from connectors.results import Loaded
from gateway.fetch import failures
from gateway.fetch.cycles import is_past_cycle
from gateway.fetch.environment import Environment
from gateway.fetch.failures import Failure
from gateway.fetch.prepared import Prepared
from gateway.fetch.result import Result, Rows
from gateway.plan.model import Operands


class Call(Struct):
    """A fetch that asks its source for keys. It gives a result and never raises a `SourceError`."""

    prepared: Prepared
    keys: tuple[Key, ...]
    withheld: Mapping[Key, Failure]
    operands: Operands
    environment: Environment
    _recalled: tuple[Cached, Remembered] | None = None
    """The cache that stands before the source, and what it remembers. The rest is asked for through that,
    and by `Connector.load` only where no cache stands there."""

    def at_once(self) -> Result | None:
        """The result, where no source has to be asked for it."""
        if not self.keys:
            return Result(dict(self.withheld))
        resource, most = self.prepared.fetch.spec.resource, self.environment.max_keys
        if len(self.keys) > most:
            return self._failed(failures.too_many_keys(resource, most))
        if self.prepared.fetch.asks_nobody:
            none = self.prepared.finisher(self.operands)(())
            return Result(dict.fromkeys(self.keys, none) | dict(self.withheld))
        connector = self.environment.connector(resource.source)
        if isinstance(connector, Cached):  # no task and no wait, where it remembers all
            found = connector.recall(self.prepared.load(self.keys, self.operands, self.environment))
            loaded = found.loaded()
            if loaded is not None:
                return self._result(loaded)
            self._recalled = connector, found
        return None

    async def result(self) -> Result:
        """Ask the source; its deadline is the request's."""
        try:
            if self._recalled is not None:
                cache, found = self._recalled
                return self._result(await cache.complete(found))
            connector = self.environment.open_connector(self.prepared.fetch.spec.resource.source)
            load = self.prepared.load(self.keys, self.operands, self.environment)
            return self._result(await connector.load(load))
        except SourceError as error:
            return self._failed(self._failure(error))

    def __await__(self) -> Generator[Any, None, Result]:
        """Its result."""
        return self.result().__await__()

    def start(self, done: Callable[[Any], None]) -> "UnderWay | asyncio.Task[Result]":
        """Ask the source beside others, and call `done` when that is over: without a task of its own where
        the cache makes one for all."""
        if self._recalled is not None:
            cache, found = self._recalled
            flight = cache.begin(found)
            if flight is not None:
                flight.board(done)
                return UnderWay(self, flight, done)
        task = asyncio.ensure_future(self.result())
        task.add_done_callback(done)
        return task

    def landed(self, flight: Flight) -> Result:
        """The result, once the call that the cache made is over."""
        assert self._recalled is not None
        cache, found = self._recalled
        try:
            return self._result(cache.landed(found, flight))
        except SourceError as error:
            return self._failed(self._failure(error))

    def _failed(self, failure: Failure) -> Result:
        """The same failure for every key."""
        return Result(dict.fromkeys(self.keys, failure) | dict(self.withheld))

    def _failure(self, error: SourceError) -> Failure:
        """What an error is to the caller, once the log has heard of it."""
        fetch = self.prepared.fetch
        self.environment.report(fetch, error)
        return failures.from_source(error, fetch.spec.resource)

    def _result(self, loaded: Loaded) -> Result:
        finish = self.prepared.finisher(self.operands)
        entries: dict[Key, Rows | Failure] = dict(self.withheld)
        for place, rows in enumerate(loaded.entries):
            if not isinstance(rows, tuple):
                entries[self.keys[place]] = self._failure(rows)
            elif len(rows) <= finish.max_unchanged:
                entries[self.keys[place]] = Rows(rows)
            else:
                entries[self.keys[place]] = finish(rows)
        if loaded.partial:
            entries = {key: _partial(entry) for key, entry in entries.items()}
        is_stale = loaded.stale
        if loaded.as_of is not None:
            is_stale = is_stale or is_past_cycle(self.prepared.fetch.spec.resource, loaded)
        return Result(entries, loaded.fetched_at, loaded.as_of, is_stale)


class UnderWay(Struct):
    """Our wait for a call that the cache makes for all. Cancelling it ends the wait; the call ends when
    nobody waits."""

    _call: Call
    _flight: Flight
    _done: Callable[[Any], None]

    def cancel(self) -> None:
        """Wait no longer."""
        self._flight.leave(self._done)

    def result(self) -> Result:
        """The result, once the call is over."""
        self._flight.leave(self._done)
        return self._call.landed(self._flight)


def _partial(entry: Rows | Failure) -> Rows | Failure:
    return structs.replace(entry, is_partial=True) if isinstance(entry, Rows) else entry
