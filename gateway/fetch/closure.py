"""Asks registers of aliases about the keys of one place, round by round, beside the fetches of the place.

The first round asks about the given keys, while these are already asked for everywhere. Only what it finds
makes a second one: in each round the registers are asked about keys found in the round before, while the
rows of these keys are loaded. So an identity with one old key costs one more hop, and none costs none.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from connectors.requests import Key
from connectors.results import Row
from gateway.fetch.alias_graph import AliasGraph, Identity, Name, Way
from gateway.fetch.call import Call
from gateway.fetch.environment import Environment
from gateway.fetch.failures import Failure
from gateway.fetch.guards import NOTHING_KNOWN, Known
from gateway.fetch.prepared import prepare
from gateway.fetch.result import Result
from gateway.plan.model import ALIAS_STEPS, AliasLookup, Fetch, Node, Operands
from schema.names import column_item
from schema.values import Invalid


@dataclass(slots=True)
class Closure:
    """The identities of the keys of one place."""

    node: Node
    lookups: Sequence[tuple[AliasLookup, Fetch]]
    given: tuple[Name, ...]
    operands: Operands
    environment: Environment
    aliases: AliasGraph = field(default_factory=AliasGraph)
    first: dict[int, Result] = field(default_factory=dict)
    """What the first round gave, by id of the fetch."""
    is_complete: bool = False
    failure: Failure | None = None
    """Of a register that did not answer."""
    _rounds: "list[asyncio.Future[None]]" = field(default_factory=list)
    _task: "asyncio.Task[None] | None" = None

    def begin(self) -> None:
        """Ask; no task is made where the cache knows that nothing is an alias."""
        frontier = list(self.given)
        calls = self._calls(frontier)
        known = [call.at_once() for call, _ in calls]
        if all(known):
            self._read(calls, [one for one in known if one is not None], frontier)
            frontier = self.aliases.frontier(self.given)
            if not frontier:
                self.is_complete = True
                return
            calls = self._calls(frontier)
        loop = asyncio.get_running_loop()
        self._rounds = [loop.create_future() for _ in range(ALIAS_STEPS + 1)]
        self._task = asyncio.ensure_future(self._run(calls, frontier, 1 if all(known) else 0))

    async def round(self, number: int) -> None:
        """Wait until a round is over, or all are."""
        if self._rounds and number < len(self._rounds):
            await asyncio.shield(self._rounds[number])

    async def complete(self) -> None:
        """Wait until all is known that will be."""
        if self._task is not None:
            await asyncio.shield(self._task)

    def result(self, lookup: int) -> Result:
        """What a look-up gave, once all is complete."""
        first = self.first.get(lookup, Result())
        return structs.replace(first, identities=self.identities(), untold=self.failure)

    async def result_later(self, lookup: int) -> Result:
        """The same, when it is."""
        await self.complete()
        return self.result(lookup)

    @property
    def finds_nothing(self) -> bool:
        """Whether it is known by now that no key is an alias."""
        return self.is_complete and self.failure is None and self.aliases.is_empty

    def untold(self, fetch: Fetch) -> Failure | None:
        """Why a fetch shows nothing of anybody: who is protected by another key cannot be told."""
        return self.failure if "protection" in fetch.guards else None

    def known(self) -> Known:
        """All keys of each given one that has several, as far as all is complete."""
        if not self.is_complete or self.aliases.is_empty:
            return NOTHING_KNOWN
        found = self.identities().items()
        return {key: tuple(name for _, name in one.names) for key, one in found if one is not None}

    def resolved_keys(self) -> list[Key]:
        """The current keys that aliases led to."""
        found = [one for one in self.identities().values() if one is not None and len(one.names) > 1]
        return [one.current[1] for one in found]

    def under_current(self, result: Result) -> Result:
        """A result by given keys, by the current ones as well."""
        entries = dict(result.entries)
        for key, one in self.identities().items():
            if key in entries and one is not None:
                entries[one.current[1]] = entries[key]
        return structs.replace(result, entries=entries)

    def cancel(self) -> None:
        """Ask no further."""
        if self._task is not None:
            self._task.cancel()

    def identity(self, name: Name) -> Identity | None:
        """The identity of a key; `None` where only a person can tell."""
        if self.failure is not None:
            return Identity(name, (name,))
        found = self.aliases.identity(name)
        if found is None or all(lookup.tells for lookup, _ in self.lookups):
            return found
        return replace(found, ways=(), steps=())

    def identities(self) -> Mapping[Key, Identity | None]:
        """Of all given keys."""
        return {key: self.identity((kind, key)) for kind, key in self.given}

    async def _run(self, calls: "list[_AliasCall]", frontier: list[Name], number: int) -> None:
        try:
            for one in self._rounds[:number]:
                one.set_result(None)
            for place in range(number, len(self._rounds)):
                self._read(calls, await asyncio.gather(*(call.result() for call, _ in calls)), frontier)
                frontier = self.aliases.frontier(self.given)
                if place == len(self._rounds) - 1 or not frontier:
                    break
                self._rounds[place].set_result(None)
                calls = self._calls(frontier)
        finally:
            self.is_complete = True
            for one in self._rounds:
                if not one.done():
                    one.set_result(None)

    def _calls(self, names: Sequence[Name]) -> "list[_AliasCall]":
        made = []
        for lookup, fetch in self.lookups:
            for kind, binding in lookup.bindings.items():
                keys = tuple(key for one, key in names if one == kind)
                if not keys:
                    continue
                asked = fetch
                if binding is not fetch.spec.binding:
                    asked = replace(fetch, spec=replace(fetch.spec, binding=binding))
                made.append((Call(prepare(asked), keys, {}, self.operands, self.environment), lookup))
        return made

    def _read(self, calls: "list[_AliasCall]", results: Sequence[Result], frontier: Sequence[Name]) -> None:
        self.aliases.asked.update(frontier)
        for (call, lookup), result in zip(calls, results, strict=True):
            self.first.setdefault(lookup.spec, result)
            reader = _RowReader(call.prepared.fetch, lookup)
            for entry in result.entries.values():
                if isinstance(entry, Failure):
                    self.failure = entry
                    continue
                for row in entry.rows:
                    reader.read(row, self.aliases)


_AliasCall = tuple[Call, AliasLookup]


class _RowReader:
    """Reads what rows of a register say."""

    def __init__(self, fetch: Fetch, lookup: AliasLookup) -> None:
        self._lookup, resource = lookup, fetch.spec.resource
        assert resource.aliases is not None
        self._aliases = resource.aliases
        self._way = Way(resource.code, resource.aliases.kind)
        self._old, self._current = (
            [fetch.items.index(column_item(column)) for column in end.columns]
            for end in (lookup.old, lookup.current)
        )
        self._kind = fetch.items.index(lookup.kind_item) if lookup.kind_item else None

    def read(self, row: Row, aliases: AliasGraph) -> None:
        old, current = (tuple(row[place] for place in end) for end in (self._old, self._current))
        if not _is_key(old) or any(part is None for part in current):
            return
        successor = (self._lookup.current.key, current) if _is_key(current) else None
        aliases.add((self._lookup.old.key, old), successor, self._way_of(row))

    def _way_of(self, row: Row) -> Way:
        if self._kind is None:
            return self._way
        return structs.replace(self._way, kind=self._aliases.kinds.get(str(row[self._kind])))


def _is_key(parts: Key) -> bool:
    return not any(part is None or part == "" or isinstance(part, Invalid) for part in parts)
