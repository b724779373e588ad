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

    operation: str
    """Its name, or nothing."""
    shape: Hashable
    """The key of the variables' shape."""
    caller: Caller
    """Unnamed."""


class Made(NamedTuple):
    """A plan."""

    plan: Plan
    operands: Operands
    """Where they come from."""
    recipe: Recipe
    rights: Hashable = None
    """Of the caller, on the items that were decided on."""


Key = tuple[Hashable, Hashable]
"""A question, and all rights of a caller."""
Decided = frozenset[tuple[str, str]]
"""Items, by resource and name."""
RightsOn = Callable[[Decided], Hashable]
"""From items to a caller's rights on them."""


class PlanBudget:
    """How many plans all documents of a schema keep together: those used last.

    One bound for all, since one document may be asked by a thousand applications with grants of their
    own, and a thousand documents by one.
    """

    def __init__(self, max_plans: int = 2_000) -> None:
        self._max_plans = max_plans
        self._order: OrderedDict[tuple[int, Key], PlanCache] = OrderedDict()

    def use(self, cache: "PlanCache", key: Key) -> None:
        """Count a plan as used now; the one that was used longest ago may have to go."""
        name = (id(cache), key)  # the cache is held, so its id stays its own
        self._order[name] = cache
        self._order.move_to_end(name)
        if len(self._order) > self._max_plans:
            (_, oldest), owner = self._order.popitem(last=False)
            owner.forget(oldest)

    def last(self, count: int) -> dict[int, list[Key]]:
        """Keys of the plans that were used last, by the `id` of their cache; the latest is the last."""
        found: dict[int, list[Key]] = {}
        for owner, key in islice(reversed(self._order), count):
            found.setdefault(owner, []).insert(0, key)
        return found

    def clear(self) -> None:
        """Let all plans go: caches and their budget lead to one another."""
        while self._order:
            (_, key), owner = self._order.popitem()
            owner.forget(key)

    def __len__(self) -> int:
        return len(self._order)


class PlanCache:
    """Keeps the plans of one document, within the budget of all."""

    def __init__(self, budget: PlanBudget | None = None) -> None:
        self._budget = PlanBudget() if budget is None else budget
        self._plans: dict[Hashable, dict[Hashable, Made]] = {}
        self.made = 0
        """Plans made so far; what the cache is held to in tests."""

    def get(self, key: Key, rights_on: RightsOn, make: Callable[[], Made]) -> Made:
        """The plan of a caller with these rights; made if nobody alike has one."""
        question, rights = key
        plans = self._plans.get(question, {})
        found = plans.get(rights)
        if found is None:
            found = _alike(plans, rights_on)
            if found is None:
                self.made += 1
                found = make()
            self._plans.setdefault(question, plans)[rights] = found
        self._budget.use(self, key)
        return found

    def recipes(self, keys: Iterable[Key]) -> tuple[Recipe, ...]:
        """What the plans of some keys were made for, each once."""
        return tuple(dict.fromkeys(self._plans[question][rights].recipe for question, rights in keys))

    def forget(self, key: Key) -> None:
        """Let a plan go, and with its last place what was made of it, which leads back to it."""
        question, rights = key
        plans = self._plans[question]
        made = plans.pop(rights)
        if not plans:
            del self._plans[question]
        if not any(other is made for other in plans.values()):
            made.plan.forget()  # a request that is on it makes again what it needs


def _alike(plans: Mapping[Hashable, Made], rights_on: RightsOn) -> Made | None:
    """A plan that would not be another for this caller."""
    rights: dict[Decided, Hashable] = {}
    for made in plans.values():
        decided = made.plan.draft.decided
        if decided not in rights:
            rights[decided] = rights_on(decided)
        if rights[decided] == made.rights:
            return made
    return None
