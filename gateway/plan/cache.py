"""Plans of one document, by what planning looked at: the operands of no request are among it.

    question (operation, shape of the variables, day) ──▶ rights of a caller ──▶ plan

Callers whose rights differ only on what the question does not touch have one plan: it is found again by the
rights on the items of which its making asked for verdicts.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from gateway.plan.model import Operands, Plan
from schema.policy.caller import Caller


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a plan was made for: enough to make it again, and nothing that a request brought."""

    operation: int
    """Its number in the document."""
    shape: Hashable
    """The key of the variables' shape."""
    caller: Caller
    """Unnamed."""


class Planned(NamedTuple):
    """A plan as it is kept: for every request that asks the same with the same rights."""

    plan: Plan
    unresolved: Operands
    """Where each operand of a request comes from."""
    recipe: Recipe
    rights: Hashable = None
    """Of the caller, on the items that were decided on."""
    bytes: int = 0
    """Memory it takes with what is made of it, as estimated."""


PLAN_BYTES = 16_000
SELECTION_BYTES = 1_200
TERM_BYTES = 400
"""What a plan takes with its assembly, and what each selection of its document and each term of its filters
and orders adds: measured, and held by a test."""
PlanKey = tuple[Hashable, Hashable]
"""A question, and all rights of a caller; neither has a name or a value that a client chose."""
Decided = frozenset[tuple[str, str]]
"""Items, by resource and name."""
RightsOn = Callable[[Decided], Hashable]
"""From items to a caller's rights on them."""


@dataclass(slots=True, eq=False)
class Kept:
    """A plan where it is kept: known by identity, so that counting it as used compares nothing."""

    cache: "PlanCache"
    key: PlanKey
    planned: Planned


class PlanBudget:
    """How many plans all documents of a schema keep together: those used last.

    One bound for all, since one document may be asked by a thousand applications with grants of their
    own, and a thousand documents by one.
    """

    def __init__(self, max_plans: int = 2_000, max_bytes: int = 64 * 1_048_576) -> None:
        self._max_plans = max_plans
        self._max_bytes = max_bytes
        self.bytes = 0
        """Of all plans that are kept; callers that share one count once."""
        self._order: OrderedDict[Kept, None] = OrderedDict()
        self.use: Callable[[Kept], None] = self._order.move_to_end
        """Count a plan as used now."""

    def add(self, kept: Kept) -> None:
        """Count another; those that were used longest ago may have to go."""
        self._order[kept] = None
        while len(self._order) > self._max_plans or (self.bytes > self._max_bytes and len(self._order) > 1):
            oldest, _ = self._order.popitem(last=False)
            oldest.cache.forget(oldest.key)

    def remove(self, kept: Kept) -> None:
        """Count one no longer."""
        del self._order[kept]

    def last(self, count: int) -> dict[int, list[PlanKey]]:
        """Keys of the plans that were used last, by the `id` of their cache; the latest is the last."""
        found: dict[int, list[PlanKey]] = {}
        for kept in islice(reversed(self._order), count):
            found.setdefault(id(kept.cache), []).insert(0, kept.key)
        return found

    def clear(self) -> None:
        """Let all plans go: caches and their budget lead to one another."""
        while self._order:
            kept, _ = self._order.popitem()
            kept.cache.forget(kept.key)

    def __len__(self) -> int:
        return len(self._order)


class PlanCache:
    """Keeps the plans of one document, within the budget of all."""

    def __init__(self, budget: PlanBudget | None = None) -> None:
        self._budget = PlanBudget() if budget is None else budget
        self._plans: dict[Hashable, dict[Hashable, Kept]] = {}
        self.made = 0
        """Plans made so far; what the cache is held to in tests."""

    def get(self, key: PlanKey) -> Planned | None:
        """The plan that was found for this very key before."""
        question, rights = key
        plans = self._plans.get(question)
        kept = None if plans is None else plans.get(rights)
        if kept is None:
            return None
        self._budget.use(kept)
        return kept.planned

    def find(self, key: PlanKey, rights_on: RightsOn, make: Callable[[], Planned]) -> Planned:
        """The plan of a caller for whom none was kept: that of one alike, or made now."""
        question, rights = key
        plans = self._plans.get(question, {})
        found = _alike(plans, rights_on)
        if found is None:
            self.made += 1
            found = make()
            self._budget.bytes += found.bytes
        kept = self._plans.setdefault(question, plans)[rights] = Kept(self, key, found)
        self._budget.add(kept)
        return found

    def recipes(self, keys: Iterable[PlanKey]) -> tuple[Recipe, ...]:
        """What the plans of some keys were made for, each once."""
        return tuple(dict.fromkeys(self._plans[question][rights].planned.recipe for question, rights in keys))

    def forget(self, key: PlanKey) -> None:
        """Let a plan go, and with its last place what was made of it, which leads back to it."""
        question, rights = key
        plans = self._plans[question]
        planned = plans.pop(rights).planned
        if not plans:
            del self._plans[question]
        if not any(other.planned is planned for other in plans.values()):
            self._budget.bytes -= planned.bytes
            planned.plan.forget()  # a request that is on it makes again what it needs

    def clear(self) -> None:
        """Let all plans of the document go."""
        for kept in self.kept():
            self._budget.remove(kept)
            self.forget(kept.key)

    def kept(self) -> list[Kept]:
        """All plans of the document, as they are kept; one that callers share stands for each of them."""
        return [one for plans in self._plans.values() for one in plans.values()]


def _alike(plans: Mapping[Hashable, Kept], rights_on: RightsOn) -> Planned | None:
    """A plan that would not be another for this caller."""
    rights: dict[Decided, Hashable] = {}
    for kept in plans.values():
        planned = kept.planned
        decided = planned.plan.draft.decided
        if decided not in rights:
            rights[decided] = rights_on(decided)
        if rights[decided] == planned.rights:
            return planned
    return None
