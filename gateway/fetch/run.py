"""Runs a plan's fetches: each begins the moment its own inputs are complete, and no other waits for it.

    roots ──▶ begin ──▶ held by the cache? ── yes ──▶ complete ──▶ begin what waited for it
                              └── no ──▶ a call to the source ──▶ complete …

No task is made for what the cache answers, nor for a call that is alone, and one alone for any other.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connectors.requests import Key
from gateway.fetch.areas import place_areas
from gateway.fetch.call import Call, Environment, UnderWay, scan_page
from gateway.fetch.closure import Closure
from gateway.fetch.failures import Failure
from gateway.fetch.guards import NOTHING_KNOWN
from gateway.fetch.identified import Identified
from gateway.fetch.keys import distinct, linked_keys, root_keys
from gateway.fetch.result import Result, Results, Rows
from gateway.fetch.via import ViaKeys, join_via, read_via
from gateway.plan.model import Fetch, LinkKeys, Node, Operands, Path, Plan, RootKeys

Begun = Result | Call | Coroutine[Any, Any, Result]
"""A fetch that is complete, or what to await for it."""
Pending = tuple[Fetch, Call | Coroutine[Any, Any, Result]]
"""A fetch whose source has to be asked."""


@dataclass(slots=True)
class FetchRun:
    """One run of the fetches below the roots, or below one hand-written entry."""

    plan: Plan
    operands: Operands
    environment: Environment
    entry: Path | None = None
    """The entry whose fetches to run; `None`: those of catalogue roots."""
    entry_keys: tuple[Key, ...] = ()
    results: dict[int, Result] = field(default_factory=dict)
    _waiting: list[Fetch] = field(default_factory=list)
    _calls: "dict[int, UnderWay | asyncio.Task[Result]]" = field(default_factory=dict)
    """What is under way, by fetch."""
    _ended: "asyncio.Future[None] | None" = None
    _closures: dict[int, Closure] = field(default_factory=dict)
    """By node: what registers of aliases say of its keys."""
    _known_keys: dict[int, tuple[Key, ...]] = field(default_factory=dict)
    """By node."""

    async def run(self) -> Results:
        """Run to the end. A failed source is a failure in its result; nothing is raised for it."""
        try:
            return await self._run()
        finally:
            for closure in self._closures.values():
                closure.cancel()

    async def _run(self) -> Results:
        self._waiting = list(self.plan.fetches_of(self.entry))
        pending = self._begin()
        while len(pending) == 1:
            ((fetch, call),) = pending
            self.results[fetch.id] = await call
            pending = self._begin()
        if pending:
            await self._run_side_by_side(pending)
        assert not self._waiting, "a fetch waits for rows that nobody reads: its answer would be empty"
        return self.results

    def given(self) -> list[tuple[Node, Key]]:
        """Whom this run asks about from the start: keys that the request itself gives."""
        return [(node, key) for node in self.plan.given_nodes(self.entry) for key in self._keys(node)]

    def found(self) -> list[tuple[Node, Key]]:
        """Whom it came to over links."""
        found = [
            (node, key)
            for node, fetch in self.plan.linked_fetches(self.entry)
            for key in self.results[fetch.id].entries
        ]
        for closure in self._closures.values():
            found += closure.found()
        return found

    async def _run_side_by_side(self, pending: list[Pending]) -> None:
        """Run calls that do not wait for one another; the first fault or our cancellation ends all."""
        self._ended = asyncio.get_running_loop().create_future()
        try:
            self._call(pending)
            await self._ended
        finally:
            calls = list(self._calls.values())
            for one in calls:
                one.cancel()
            tasks = [one for one in calls if isinstance(one, asyncio.Task)]
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)

    def _call(self, pending: list[Pending]) -> None:
        for fetch, call in pending:
            begun = call.start() if isinstance(call, Call) else asyncio.ensure_future(call)
            self._calls[fetch.id] = begun
            begun.add_done_callback(partial(self._completed, fetch, begun))

    def _completed(self, fetch: Fetch, call: "UnderWay | asyncio.Task[Result]", _done: object) -> None:
        assert self._ended is not None
        if self._ended.done():
            return
        del self._calls[fetch.id]
        if call.cancelled():  # not by us: whoever did it ended the request
            self._ended.cancel()
            return
        try:
            self.results[fetch.id] = call.result()
            self._call(self._begin())
        except Exception as error:  # noqa: BLE001 - raised where the run is awaited
            self._ended.set_exception(error)
            return
        if not self._calls:
            self._ended.set_result(None)

    def _begin(self) -> list[Pending]:
        """Begin every fetch whose inputs are complete; give those whose source has to be asked."""
        pending: list[Pending] = []
        waiting = []
        for fetch in self._waiting:  # in the order of the plan: what one completes, a later one may need
            if fetch.needs and not all(one in self.results for one in fetch.needs):
                waiting.append(fetch)
                continue
            begun = self._begin_one(fetch)
            if isinstance(begun, Result):
                self.results[fetch.id] = begun
            else:
                pending.append((fetch, begun))
        self._waiting = waiting
        return pending

    def _begin_one(self, fetch: Fetch) -> Begun:
        spec, operands = fetch.spec, self.operands
        if spec.areas:
            found_areas = place_areas(spec.areas, self.plan, self.results, operands)
            if isinstance(found_areas, Failure):
                keys = ((),) if spec.page is not None else self._keys(self.plan.draft.nodes[spec.node])
                return Result(dict.fromkeys(keys, found_areas))
            operands = found_areas
        if spec.page is not None:
            return scan_page(fetch, spec.page, operands, self.environment)
        node = self.plan.draft.nodes[spec.node]
        if fetch.is_lookup:
            return self._look_up(fetch, node)
        given = keys = self._keys(node)
        if spec.covers:
            keys = tuple(key for key in keys if str(key[0]).startswith(spec.covers))
        closure = self._closures.get(node.id)
        known = NOTHING_KNOWN if closure is None else closure.known()
        withheld: dict[Key, Failure] = {}
        for guard in self.environment.guards:
            withheld |= guard.withheld(fetch, node, keys, self.environment.caller, known)
        if withheld:
            keys = tuple(key for key in keys if key not in withheld)
        if spec.via is None:
            if not spec.binding.alternatives:
                keys = ()  # only an alias leads to what its rows hold
            begun = _result_of(Call(fetch, keys, withheld, operands, self.environment))
            if closure is None or closure.finds_nothing:
                return begun
            return Identified(fetch, closure, given, withheld, operands, self.environment).result(begun)
        source = self.plan.by_id[spec.via.fetch]
        position = source.items.index(spec.via.item)
        found = read_via(keys, self.results[source.id], position, withheld)
        begun = _result_of(Call(fetch, found.asked, {}, operands, self.environment))
        if isinstance(begun, Result):
            return self._join(found, begun, fetch, operands)
        return self._join_later(found, begun, fetch, operands)

    def _join(self, found: ViaKeys, result: Result, fetch: Fetch, operands: Operands) -> Result:
        joined = join_via(found, result, fetch, operands)
        closure = self._closures.get(fetch.spec.node)
        return joined if closure is None else closure.under_current(joined)

    async def _join_later(self, found: ViaKeys, begun: Call, fetch: Fetch, operands: Operands) -> Result:
        return self._join(found, await begun, fetch, operands)

    def _look_up(self, fetch: Fetch, node: Node) -> Begun:
        """Ask all registers of aliases of a node together; the first of its look-ups does."""
        closure = self._closures.get(node.id)
        if closure is None:
            lookups = [(one, self.plan.by_id[one.spec]) for one in self.plan.draft.lookups[node.id]]
            given = tuple((node.key.name, key) for key in self._keys(node))
            closure = Closure(node, lookups, given, self.operands, self.environment)
            self._closures[node.id] = closure
            closure.begin()
        return closure.result(fetch.id) if closure.is_complete else closure.result_later(fetch.id)

    def _keys(self, node: Node) -> tuple[Key, ...]:
        """The keys of a node, once they can be known."""
        keys = self._known_keys.get(node.id)
        if keys is None:
            keys = self._known_keys[node.id] = self._find_keys(node)
        return keys

    def _find_keys(self, node: Node) -> tuple[Key, ...]:
        match node.origin:
            case LinkKeys() as origin:
                source = self.plan.by_id[origin.fetch]
                entries = self.results[source.id].entries.values()
                rows = (row for entry in entries if isinstance(entry, Rows) for row in entry.rows)
                return distinct(linked_keys(origin, source, rows))
            case RootKeys() as origin:
                return root_keys(origin, self.operands)
        return self.entry_keys


def _result_of(call: Call) -> Result | Call:
    found = call.at_once()
    return call if found is None else found
