"""Plans of one document, by what planning looked at: the operands of no request are among it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from gateway.plan.model import Operands, Plan

Made = tuple[Plan, Operands]
"""A plan, and where its operands come from."""


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

    def forget(self, key: Hashable) -> None:
        """Let a plan go."""
        self._plans.pop(key, None)
