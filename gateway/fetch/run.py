"""Runs the fetches of a plan. Each starts the moment *its* inputs are complete: no levels, no timers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from connectors.errors import SourceError, SourceTimeout, SourceUnavailable
from connectors.protocol import Connector
from connectors.requests import Key, Load, Scan, Scope
from connectors.results import Loaded
from gateway.fetch import failures
from gateway.fetch.guards import KeyGuard
from gateway.fetch.keys import distinct, linked_keys, root_keys
from gateway.fetch.remaining import finish_rows
from gateway.fetch.result import PageEnds, Result, Results, Rows
from gateway.plan.model import (
    NOWHERE,
    EntryKeys,
    Fetch,
    LinkKeys,
    Node,
    Operands,
    PageInput,
    Path,
    Plan,
    RootKeys,
)
from schema.policy.caller import Caller
from schema.predicate import Slot, bind
from schema.values import Invalid

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Environment:
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


@dataclass(slots=True)
class FetchRun:
    """One run of the fetches below the roots, or below one hand-written entry."""

    plan: Plan
    operands: Operands
    environment: Environment
    entry: Path | None = None
    """The entry whose fetches to run; `None`: those of catalogue roots."""
    entry_keys: tuple[Key, ...] = ()
    _tasks: dict[int, "asyncio.Task[Result]"] = field(default_factory=dict)

    async def run(self) -> Results:
        """Run to the end. A failed source is a failure in its result; nothing is raised for it."""
        async with asyncio.TaskGroup() as group:
            for fetch in self.plan.fetches:
                if self._root_of(fetch) == self.entry:
                    self._tasks[fetch.id] = group.create_task(self._fetch(fetch))
        return {id_: task.result() for id_, task in self._tasks.items()}

    def subjects(self, results: Results) -> list[tuple[Node, Key]]:
        """Everyone this run asked about, found keys included."""
        found: dict[tuple[int, Key], tuple[Node, Key]] = {}
        for id_, result in results.items():
            node = self._node(self.plan.by_id[id_])
            for key in result.entries if node.entity is not NOWHERE else ():
                found[node.id, key] = (node, key)
        return list(found.values())

    async def _fetch(self, fetch: Fetch) -> Result:
        if fetch.spec.page is not None:
            return await self._scan(fetch, fetch.spec.page)
        node = self._node(fetch)
        keys = await self._keys(node)
        if fetch.spec.covers:
            keys = tuple(key for key in keys if str(key[0]).startswith(fetch.spec.covers))
        withheld = self._withheld(fetch, node, keys)
        keys = tuple(key for key in keys if key not in withheld)
        if fetch.spec.via is not None:
            return await self._fetch_via(fetch, keys, withheld)
        return await self._load(fetch, keys, withheld)

    def _withheld(self, fetch: Fetch, node: Node, keys: Iterable[Key]) -> dict[Key, failures.Failure]:
        withheld: dict[Key, failures.Failure] = {}
        for guard in self.environment.guards:
            withheld |= guard.withheld(fetch, node, keys, self.environment.caller)
        return withheld

    async def _fetch_via(self, fetch: Fetch, keys: tuple[Key, ...], withheld: Mapping[Key, Any]) -> Result:
        """One more hop: another fetch's rows say which values to ask for, and whose they are."""
        assert fetch.spec.via is not None
        source = self.plan.by_id[fetch.spec.via.fetch]
        position = source.items.index(fetch.spec.via.item)
        before = await self._tasks[source.id]
        values: dict[Key, tuple[Key, ...]] = {}
        cut: set[Key] = set()
        entries: dict[Key, Rows | failures.Failure] = dict(withheld)
        for key in keys:
            found = before.entries.get(key, Rows(()))
            if isinstance(found, failures.Failure):
                entries[key] = found
            else:
                values[key] = distinct((row[position],) for row in found.rows if _is_key(row[position]))
                if found.is_truncated:
                    cut.add(key)
        asked = distinct(value for some in values.values() for value in some)
        result = await self._load(fetch, asked, {})
        for key, some in values.items():
            joined = _joined([result.entries[value] for value in some], fetch, self.operands)
            if key in cut and isinstance(joined, Rows):
                joined = replace(joined, is_truncated=True)
            entries[key] = joined
        return Result(entries, result.fetched_at, result.as_of, result.is_stale)

    async def _scan(self, fetch: Fetch, page: PageInput) -> Result:
        """One page of a collection, under the empty key."""
        scan = self._scan_request(fetch, page)
        try:
            found = await self._within_deadline(fetch, lambda connector: connector.scan(scan))
        except SourceError as error:
            self.environment.report(fetch, error)
            return Result({(): failures.from_source(error, fetch.spec.resource)})
        ends = PageEnds(found.cursors, found.cursor, found.total)
        return Result({(): Rows(found.rows)}, found.fetched_at, found.as_of, page=ends)

    async def _load(self, fetch: Fetch, keys: tuple[Key, ...], withheld: Mapping[Key, Any]) -> Result:
        if not keys:
            return Result(dict(withheld))
        if len(keys) > self.environment.max_keys:
            failure = failures.too_many_keys(fetch.spec.resource, self.environment.max_keys)
            return Result(dict.fromkeys(keys, failure) | dict(withheld))
        try:
            loaded = await self._ask(fetch, keys)
        except SourceError as error:
            self.environment.report(fetch, error)
            failure = failures.from_source(error, fetch.spec.resource)
            return Result(dict.fromkeys(keys, failure) | dict(withheld))
        entries: dict[Key, Rows | failures.Failure] = dict(withheld)
        for key, entry in zip(keys, loaded.entries, strict=True):
            if isinstance(entry, SourceError):
                self.environment.report(fetch, entry)
                entries[key] = failures.from_source(entry, fetch.spec.resource)
            else:
                finished = finish_rows(fetch, entry, self.operands)
                if loaded.partial and isinstance(finished, Rows):
                    finished = replace(finished, is_partial=True)
                entries[key] = finished
        return Result(entries, loaded.fetched_at, loaded.as_of, loaded.stale)

    async def _ask(self, fetch: Fetch, keys: tuple[Key, ...]) -> Loaded:
        load = self._request(fetch, keys)
        return await self._within_deadline(fetch, lambda connector: connector.load(load))

    async def _within_deadline(self, fetch: Fetch, ask: Callable[[Connector], Awaitable[Answer]]) -> Answer:
        connector = self.environment.connector(fetch.spec.resource.source)
        if connector is None:
            raise SourceUnavailable("the source is not open")
        try:
            async with asyncio.timeout_at(self.environment.deadline):
                return await ask(connector)
        except TimeoutError as error:
            raise SourceTimeout("the request's deadline passed") from error

    def _scan_request(self, fetch: Fetch, page: PageInput) -> Scan:
        return Scan(
            resource=fetch.spec.resource,
            items=fetch.items,
            limit=first_of(fetch, self.operands),
            deadline=self.environment.deadline,
            arguments=self._arguments(fetch),
            predicate=bind(fetch.pushed, self.operands),
            order=fetch.spec.order,
            cursor=None if page.after is None else self.operands[page.after.index],
            with_total=page.with_total,
            scope=self._scope(),
        )

    def _arguments(self, fetch: Fetch) -> dict[str, Any]:
        return {
            name: self.operands[slot.index]
            for name, slot in fetch.spec.arguments
            if not name.startswith("argument:")
        }

    def _scope(self) -> Scope:
        return Scope(self.environment.caller.application, self.environment.caller.purpose)

    def _request(self, fetch: Fetch, keys: tuple[Key, ...]) -> Load:
        spec = fetch.spec
        limit = None
        if fetch.pushes_limit and spec.first is not None:
            limit = first_of(fetch, self.operands) + 1
        return Load(
            resource=spec.resource,
            key=spec.binding,
            keys=keys,
            items=fetch.items,
            deadline=self.environment.deadline,
            arguments=self._arguments(fetch),
            predicate=bind(fetch.pushed, self.operands),
            order=spec.order if fetch.pushes_order else (),
            limit_per_key=limit,
            scope=self._scope(),
        )

    async def _keys(self, node: Node) -> tuple[Key, ...]:
        match node.origin:
            case LinkKeys() as origin:
                source = self.plan.by_id[origin.fetch]
                result = await self._tasks[source.id]
                rows = (
                    row for entry in result.entries.values() if isinstance(entry, Rows) for row in entry.rows
                )
                return distinct(linked_keys(origin, source, rows))
            case RootKeys() as origin:
                return root_keys(node.entity, origin, self.operands)
        return self.entry_keys

    def _node(self, fetch: Fetch) -> Node:
        return self.plan.draft.nodes[fetch.spec.node]

    def _root_of(self, fetch: Fetch) -> Path | None:
        origin = self._node(fetch).origin
        while isinstance(origin, LinkKeys):
            origin = self._node(self.plan.by_id[origin.fetch]).origin
        return origin.path if isinstance(origin, EntryKeys) else None


def first_of(fetch: Fetch, operands: Operands) -> int:
    """How many rows per key the caller wants."""
    first = fetch.spec.first
    assert first is not None
    return int(operands[first.index]) if isinstance(first, Slot) else first


def _is_key(value: Any) -> bool:
    return value is not None and not isinstance(value, Invalid)


def _joined(
    found: list[Rows | failures.Failure], fetch: Fetch, operands: Operands
) -> Rows | failures.Failure:
    """The rows of all values of one key; one failed part fails the whole."""
    parts: list[Rows] = []
    for entry in found:
        if isinstance(entry, failures.Failure):
            return entry
        parts.append(entry)
    if len(parts) == 1:
        return parts[0]
    joined = finish_rows(fetch, tuple(row for part in parts for row in part.rows), operands)
    if isinstance(joined, failures.Failure):
        return joined
    return replace(
        joined,
        is_truncated=joined.is_truncated or any(part.is_truncated for part in parts),
        is_partial=joined.is_partial or any(part.is_partial for part in parts),
    )
