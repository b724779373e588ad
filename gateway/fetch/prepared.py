"""A plan's fetches as they are run: with all that is the same in every request of the plan.

fetch + operands of a request ──▶ `Load` or `Scan`, and what finishes the rows that come
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.requests import NO_ARGUMENTS, Key, Load, Scan, Scope
from gateway.fetch.environment import Environment
from gateway.fetch.remaining import Finisher
from gateway.plan.model import EntryKeys, Fetch, LinkKeys, Node, Operands, PageInput, Path, Plan, RootKeys
from schema.predicate import Slot, bind


class Prepared:
    """A fetch, and what is the same in all its requests: found out once for a plan."""

    def __init__(self, fetch: Fetch) -> None:
        spec = fetch.spec
        self.fetch = fetch
        self._arguments = [(name, slot.index) for name, slot in spec.arguments]
        self._order = spec.order if fetch.pushes_order else ()
        self._day = None if spec.as_of is None else spec.as_of.index
        self._ages = [slot.index for slot in spec.freshness.max_ages]
        self._is_cut = fetch.pushes_limit and spec.first is not None
        is_settled = fetch.remaining is None and not isinstance(spec.first, Slot) and spec.page is None
        self._finisher = Finisher(fetch, (), sorts=fetch.sorts_here) if is_settled else None

    def load(self, keys: tuple[Key, ...], operands: Operands, environment: Environment) -> Load:
        """The request for the rows of keys."""
        fetch, spec, ages = self.fetch, self.fetch.spec, self._ages
        caller = environment.caller
        return Load(
            resource=spec.resource,
            key=spec.binding,
            keys=keys,
            items=fetch.items,
            deadline=environment.deadline,
            arguments=self._given(operands) if self._arguments else NO_ARGUMENTS,
            predicate=None if fetch.pushed is None else bind(fetch.pushed, operands),
            order=self._order,
            limit_per_key=spec.rows_wanted(operands) + 1 if self._is_cut else None,
            as_of=None if self._day is None else operands[self._day],
            scope=Scope(caller.application, caller.purpose),
            max_age_seconds=min([operands[place] for place in ages]) if ages else None,
            allows_stale=spec.freshness.allows_stale,
        )

    def scan(self, page: PageInput, operands: Operands, environment: Environment) -> Scan:
        """The request for a page of rows."""
        fetch, caller = self.fetch, environment.caller
        return Scan(
            resource=fetch.spec.resource,
            items=fetch.items,
            limit=fetch.spec.rows_wanted(operands),
            deadline=environment.deadline,
            arguments=self._given(operands),
            predicate=None if fetch.pushed is None else bind(fetch.pushed, operands),
            order=fetch.spec.order,
            cursor=None if page.after is None else operands[page.after.index],
            with_total=page.with_total,
            as_of=None if self._day is None else operands[self._day],
            scope=Scope(caller.application, caller.purpose),
        )

    def finisher(self, operands: Operands) -> Finisher:
        """What finishes rows: one for all requests, where no operand has a say."""
        return self._finisher or Finisher(self.fetch, operands, sorts=self.fetch.sorts_here)

    def _given(self, operands: Operands) -> Mapping[str, Any]:
        return {name: operands[place] for name, place in self._arguments}


def prepare(fetch: Fetch) -> Prepared:
    """A fetch, prepared once."""
    prepared: Prepared | None = fetch.memo.get("prepared")
    if prepared is None:
        prepared = fetch.memo["prepared"] = Prepared(fetch)
    return prepared


@dataclass(frozen=True, slots=True)
class Part:
    """What of a plan is run together: below its catalogue roots, or below one hand-written field."""

    fetches: tuple[Prepared, ...]
    """Each after those it needs, with those of areas that they ask by: the key of an area is an argument,
    wherever it stands."""
    given: tuple[Node, ...]
    """Nodes whose keys are there before anything is fetched, each once."""
    linked: tuple[Node, ...]
    """Nodes that links lead to, of which something is fetched or told who they are."""


def part_of(plan: Plan, entry: Path | None) -> Part:
    """The part of a plan below a hand-written field, `None`: below catalogue roots; found once."""
    name = "part", entry
    part: Part | None = plan.memo.get(name)
    if part is None:
        part = plan.memo[name] = _find_part(plan, entry)
    return part


def _find_part(plan: Plan, entry: Path | None) -> Part:
    areas = {area.fetch for fetch in plan.fetches if fetch.entry == entry for area in fetch.spec.areas}
    fetches = [fetch for fetch in plan.fetches if fetch.entry == entry or fetch.id in areas]
    pairs = [(plan.node_of(fetch), fetch) for fetch in fetches]
    nodes = {node.id: node for node, _ in pairs}
    reached = {node.id: node for node in plan.draft.nodes if _is_told_by(fetches, node)} | nodes
    return Part(
        tuple(map(prepare, fetches)),
        given=tuple(node for node in nodes.values() if isinstance(node.origin, RootKeys | EntryKeys)),
        linked=tuple(node for node in reached.values() if isinstance(node.origin, LinkKeys)),
    )


def _is_told_by(fetches: Iterable[Fetch], node: Node) -> bool:
    """Whether one of them shows the item that links to a node, and so who that is."""
    origin = node.origin
    return isinstance(origin, LinkKeys) and any(
        fetch.id == origin.fetch and read.item == origin.item and read.right == "show"
        for fetch in fetches
        for read in fetch.reads
    )
