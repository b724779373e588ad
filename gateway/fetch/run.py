"""Runs a plan's fetches: each begins the moment its own inputs are complete, and no other waits for it.

    roots ──▶ begin ──▶ held by the cache? ── yes ──▶ complete ──▶ begin what waited for it
                              └── no ──▶ a call to the source ──▶ complete …

No task is made for what the cache answers, nor for a call that is alone, and one alone for any other.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from connectors.requests import Key
from gateway.fetch.areas import place_areas
from gateway.fetch.call import Call, UnderWay
from gateway.fetch.closure import Closure
from gateway.fetch.environment import Environment
from gateway.fetch.failures import Failure
from gateway.fetch.guards import NOTHING_KNOWN
from gateway.fetch.identified import Identified
from gateway.fetch.keys import distinct, linked_keys, root_keys
from gateway.fetch.prepared import Prepared, part_of
from gateway.fetch.result import Result, Results, Rows, Subjects
from gateway.fetch.scanning import scan_page
from gateway.fetch.via import ViaKeys, join_via, read_via
from gateway.plan.model import Fetch, LinkKeys, Node, Operands, Path, Plan, RootKeys

Begun = Result | Call | Coroutine[Any, Any, Result]
"""A fetch that is complete, or what to await for it."""
Pending = tuple[Fetch, Call | Coroutine[Any, Any, Result]]
"""A fetch whose source has to be asked."""


class FetchRun:
    """One run of the fetches below the roots, or below one hand-written entry."""

    def __init__(
        self,
        plan: Plan,
        operands: Operands,
        environment: Environment,
        entry: Path | None = None,
        entry_keys: tuple[Key, ...] = (),
    ) -> None:
        self._plan = plan
        self._operands = operands
        self._environment = environment
        self._entry_keys = entry_keys
        self._part = part_of(plan, entry)
        self._waiting: Sequence[Prepared] = self._part.fetches
        self._results: dict[int, Result] = {}
        self._known_keys: dict[int, tuple[Key, ...]] = {}
        """By node."""
        self._closures: dict[int, Closure] = {}
        """By node: what registers of aliases say of its keys."""
        self._calls: dict[int, UnderWay | asyncio.Task[Result]] = {}
        """What is under way, by fetch."""
        self._ended: asyncio.Future[None] | None = None

    async def run(self) -> Results:
        """Run to the end. A failed source is a failure in its result; nothing is raised for it."""
        try:
            pending = self._begin()
            while len(pending) == 1:
                ((fetch, call),) = pending
                self._results[fetch.id] = await call
                pending = self._begin()
            if pending:
                await self._run_side_by_side(pending)
        finally:
            for closure in self._closures.values():
                closure.cancel()
        assert not self._waiting, "a fetch waits for rows that nobody reads: its answer would be empty"
        return self._results

    def given_subjects(self) -> list[Subjects]:
        """Whom this run asks about from the start: keys that the request itself gives."""
        return [(node, self._keys(node)) for node in self._part.given]

    def found_subjects(self) -> list[Subjects]:
        """Whom it reached besides, over links and aliases."""
        found: list[Subjects] = [(node, self._keys(node)) for node in self._part.linked]
        return found + [(closure.node, closure.resolved_keys()) for closure in self._closures.values()]

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
            done = partial(self._completed, fetch)
            if isinstance(call, Call):
                self._calls[fetch.id] = call.start(done)
            else:
                self._calls[fetch.id] = task = asyncio.ensure_future(call)
                task.add_done_callback(done)

    def _completed(self, fetch: Fetch, _done: object) -> None:
        assert self._ended is not None
        if self._ended.done():
            return
        call = self._calls.pop(fetch.id)
        if isinstance(call, asyncio.Task) and call.cancelled():  # not by us: whoever did it ended the request
            self._ended.cancel()
            return
        try:
            self._results[fetch.id] = call.result()
            if self._waiting:
                self._call(self._begin())
        except Exception as error:  # noqa: BLE001 - raised where the run is awaited
            self._ended.set_exception(error)
            return
        if not self._calls:
            self._ended.set_result(None)

    def _begin(self) -> list[Pending]:
        """Begin every fetch whose inputs are complete; give those whose source has to be asked."""
        pending: list[Pending] = []
        waiting: list[Prepared] = []
        for one in self._waiting:  # in the order of the plan: what one completes, a later one may need
            fetch = one.fetch
            if fetch.needs and not self._results.keys() >= set(fetch.needs):
                waiting.append(one)
                continue
            begun = self._begin_one(one)
            if isinstance(begun, Result):
                self._results[fetch.id] = begun
            else:
                pending.append((fetch, begun))
        self._waiting = waiting
        return pending

    def _begin_one(self, prepared: Prepared) -> Begun:
        fetch, operands, environment = prepared.fetch, self._operands, self._environment
        spec = fetch.spec
        node = self._plan.draft.nodes[spec.node]
        if spec.areas:
            found_areas = place_areas(spec.areas, self._plan, self._results, operands)
            if isinstance(found_areas, Failure):
                keys = ((),) if spec.page is not None else self._keys(node)
                return Result(dict.fromkeys(keys, found_areas))
            operands = found_areas
        if fetch.is_alias_lookup:
            return self._ask_aliases(fetch, node)
        given = keys = ((),) if spec.page is not None else self._keys(node)
        if spec.covers.prefixes:
            keys = spec.covers.among(keys)
        closure = self._closures.get(node.id)
        known = NOTHING_KNOWN if closure is None else closure.known()
        withheld = environment.withheld(fetch, node, keys, known)
        if spec.page is not None:
            return Result(withheld) if withheld else scan_page(prepared, spec.page, operands, environment)
        if withheld:
            keys = tuple([key for key in keys if key not in withheld])
        if spec.via is not None:
            return self._begin_via(prepared, keys, withheld, operands)
        if not spec.binding.alternatives:
            keys = ()  # only an alias leads to what its rows hold
        call = Call(prepared, keys, withheld, operands, environment)
        begun = call.at_once() or call
        if closure is None or closure.finds_nothing:
            return begun
        return Identified(fetch, closure, given, withheld, operands, environment).result(begun)

    def _begin_via(
        self, prepared: Prepared, keys: tuple[Key, ...], withheld: dict[Key, Failure], operands: Operands
    ) -> Begun:
        """Ask for what the rows of another fetch name, and give it to the keys of those rows."""
        fetch, via = prepared.fetch, prepared.fetch.spec.via
        assert via is not None
        closure = self._closures.get(fetch.spec.node)  # complete, as the fetch before is
        untold = None if closure is None else closure.untold(fetch)
        if untold is not None:
            keys, withheld = (), dict.fromkeys(keys, untold) | withheld
        source = self._plan.by_id[via.fetch]
        found = read_via(keys, self._results[source.id], source.items.index(via.item), withheld)
        call = Call(prepared, found.asked, {}, operands, self._environment)
        result = call.at_once()
        if result is None:
            return self._join_later(found, call, fetch, operands)
        return self._join(found, result, fetch, operands)

    def _join(self, found: ViaKeys, result: Result, fetch: Fetch, operands: Operands) -> Result:
        joined = join_via(found, result, fetch, operands)
        closure = self._closures.get(fetch.spec.node)
        return joined if closure is None else closure.under_current(joined)

    async def _join_later(self, found: ViaKeys, begun: Call, fetch: Fetch, operands: Operands) -> Result:
        return self._join(found, await begun, fetch, operands)

    def _ask_aliases(self, fetch: Fetch, node: Node) -> Begun:
        """Ask all registers of aliases of a node together; the first of its look-ups does."""
        closure = self._closures.get(node.id)
        if closure is None:
            lookups = [(one, self._plan.by_id[one.spec]) for one in self._plan.draft.lookups[node.id]]
            given = tuple((node.key.name, key) for key in self._keys(node))
            closure = Closure(node, lookups, given, self._operands, self._environment)
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
            case RootKeys() as origin:
                return root_keys(origin, self._operands)
            case LinkKeys() as origin:
                source = self._plan.by_id[origin.fetch]
                entries = self._results[source.id].entries.values()
                rows = (row for entry in entries if isinstance(entry, Rows) for row in entry.rows)
                return distinct(linked_keys(origin, source, rows))
        return self._entry_keys
