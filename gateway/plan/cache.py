"""Plans of one document, by what planning looked at: the operands of no request are among it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
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


class PlanBudget:
    """How many plans all documents of a schema keep together: those used last.

    One bound for all, since one document may be asked by a thousand applications with grants of their
    own, and a thousand documents by one.
    """

    def __init__(self, max_plans: int = 2_000) -> None:
        self._max_plans = max_plans
        self._order: OrderedDict[tuple[int, Hashable], PlanCache] = OrderedDict()

    def use(self, cache: "PlanCache", key: Hashable) -> None:
        """Count a plan as used now; the one that was used longest ago may have to go."""
        name = (id(cache), key)  # the cache is held, so its id stays its own
        self._order[name] = cache
        self._order.move_to_end(name)
        if len(self._order) > self._max_plans:
            (_, oldest), owner = self._order.popitem(last=False)
            owner.forget(oldest)

    def last(self, count: int) -> dict[int, list[Hashable]]:
        """Keys of the plans that were used last, by the `id` of their cache; the latest is the last."""
        found: dict[int, list[Hashable]] = {}
        for owner, key in islice(reversed(self._order), count):
            found.setdefault(owner, []).insert(0, key)
        return found

    def __len__(self) -> int:
        return len(self._order)


class PlanCache:
    """Keeps the plans of one document, within the budget of all."""

    def __init__(self, budget: PlanBudget | None = None) -> None:
        self._budget = PlanBudget() if budget is None else budget
        self._plans: dict[Hashable, Made] = {}
        self.made = 0
        """Plans made so far; what the cache is held to in tests."""

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The plan of a key, made if there is none."""
        found = self._plans.get(key)
        if found is None:
            self.made += 1
            found = self._plans[key] = make()
        self._budget.use(self, key)
        return found

    def recipes(self, keys: Iterable[Hashable]) -> tuple[Recipe, ...]:
        """What the plans of some keys were made for."""
        return tuple(self._plans[key].recipe for key in keys)

    def forget(self, key: Hashable) -> None:
        """Let a plan go."""
        self._plans.pop(key, None)
