"""The rows of identities: what is kept under any of their keys, under the one that was asked for."""

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, filterfalse

from msgspec import structs

from connectors.requests import Key
from gateway.fetch.alias_graph import Identity, Name
from gateway.fetch.call import Call
from gateway.fetch.closure import Closure
from gateway.fetch.environment import Environment
from gateway.fetch.failures import Failure, is_not_open, manual_check
from gateway.fetch.prepared import prepare
from gateway.fetch.remaining import Finisher
from gateway.fetch.result import Result, Rows, all_rows
from gateway.plan.model import Fetch, Operands


@dataclass(slots=True)
class Identified:
    """One fetch over the identities of its place."""

    fetch: Fetch
    closure: Closure
    keys: tuple[Key, ...]
    withheld: Mapping[Key, Failure]
    """Keys that nothing was loaded for, before anything was known of them."""
    operands: Operands
    environment: Environment
    _parts: dict[Name, Rows | Failure] = field(default_factory=dict)
    _last: Result = field(default_factory=Result)

    async def result(self, begun: Result | Awaitable[Result]) -> Result:
        """Load round by round what the given keys turn out to stand for, and join it."""
        kind = self.closure.node.key.name
        self._take(kind, begun if isinstance(begun, Result) else await begun)
        number, is_last = 0, False
        while not is_last:
            await self.closure.round(number)
            is_last = self.closure.is_complete
            await self._load(self._missing())
            number += 1
        return self.joined()

    def joined(self) -> Result:
        """What is said of each key, and of the current key that it stands for."""
        entries: dict[Key, Rows | Failure] = {}
        kind = self.closure.node.key.name
        identities = {key: self.closure.identity((kind, key)) for key in self.keys}
        withheld = self._withheld({key: one.names for key, one in identities.items() if one is not None})
        for key, identity in identities.items():
            entries[key] = withheld.get(key) or self._entry(identity)
            if identity is not None:
                entries[identity.current[1]] = entries[key]
        return structs.replace(self._last, entries=entries)

    def _entry(self, identity: Identity | None) -> Rows | Failure:
        resource = self.fetch.spec.resource
        if identity is None:
            return manual_check(resource)
        if identity.current[1] not in self.fetch.spec.covers:
            return Rows(())
        untold = self.closure.untold(self.fetch)
        if untold is not None:
            return untold
        found = [self._parts.get(name, Rows(())) for name in identity.names]
        entry = _joined(found, self.fetch, self.operands)
        if isinstance(entry, Failure):
            return entry
        if self.closure.failure is not None:
            return structs.replace(entry, is_partial=True)
        return structs.replace(entry, ways=identity.ways) if identity.ways else entry

    def _withheld(self, names: Mapping[Key, Iterable[Name]]) -> dict[Key, Failure]:
        """Keys that the guards leave out, whichever of its names they know each by."""
        known = {key: tuple(one for _, one in some) for key, some in names.items()}
        return self.environment.withheld(self.fetch, self.closure.node, tuple(known), known)

    def _missing(self) -> list[Name]:
        kind = self.closure.node.key.name
        related = {key: self.closure.aliases.related((kind, key)) for key in self.keys}
        covered = {key: names for key, names in related.items() if self._is_covered(names)}
        withheld = self._withheld(covered)
        wanted = dict.fromkeys(chain.from_iterable(covered[key] for key in covered if key not in withheld))
        return [name for name in wanted if name not in self._parts]

    def _is_covered(self, names: Iterable[Name]) -> bool:
        """Whether the register may be the authority for what the current key turns out to be."""
        covers, default = self.fetch.spec.covers, self.closure.node.entity.default_key.name
        return not covers.prefixes or any(kind == default and key in covers for kind, key in names)

    async def _load(self, names: Iterable[Name]) -> None:
        kinds: dict[str, list[Key]] = {}
        for kind, key in names:
            kinds.setdefault(kind, []).append(key)
        for kind, keys in kinds.items():
            self._parts.update({(kind, key): Rows(()) for key in keys})
            fetch = in_kind(self.fetch, kind, self.closure.node.key.name)
            if fetch is None:
                continue
            call = Call(prepare(fetch), tuple(keys), {}, self.operands, self.environment)
            self._take(kind, call.at_once() or await call.result())

    def _take(self, kind: str, result: Result) -> None:
        for key, entry in result.entries.items():
            if self.withheld.get(key) is not entry:
                self._parts[kind, key] = entry
        self._last = result if not self._last.entries else self._last.aged_by(result)


def in_kind(fetch: Fetch, kind: str, own: str) -> Fetch | None:
    """The fetch for another kind of key; `None` where rows do not hold it."""
    if kind == own:
        return fetch if fetch.spec.binding.alternatives else None
    binding = fetch.spec.others.get(kind)
    return None if binding is None else replace(fetch, spec=replace(fetch.spec, binding=binding))


def _joined(found: list[Rows | Failure], fetch: Fetch, operands: Operands) -> Rows | Failure:
    """A list has the rows of all keys; where one record is promised, that of the latest key that has any."""
    if not fetch.spec.many:
        telling = [one for one in found if isinstance(one, Failure) or one.rows or one.is_partial]
        return next(chain(filterfalse(is_not_open, telling), telling), Rows(()))
    parts = all_rows(found, allows_partial=fetch.allows_partial)
    if isinstance(parts, Failure):
        return parts
    with_rows = [part for part in parts if part.rows]
    if len(with_rows) < 2:
        return structs.replace((with_rows or parts)[0], is_partial=any(part.is_partial for part in parts))
    rows = tuple(dict.fromkeys(row for part in parts for row in part.rows))
    return Finisher(fetch, operands, sorts=True).together(parts, rows)
