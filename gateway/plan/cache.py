"""Plans of one document, by what planning looked at: the operands of no request are among it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from gateway.plan.model import Operands, Plan

Made = tuple[Plan, Operands]
"""A plan, and where its operands come from."""


class PlanCache:
    """Keeps the plans used last."""

    def __init__(self, max_plans: int = 100) -> None:
        self._max_plans = max_plans
        self._plans: OrderedDict[Hashable, Made] = OrderedDict()
        self.made = 0
        """Plans made so far; what the cache is held to in tests."""

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The plan of a key, made if there is none."""
        found = self._plans.get(key)
        if found is not None:
            self._plans.move_to_end(key)
            return found
        self.made += 1
        found = self._plans[key] = make()
        if len(self._plans) > self._max_plans:
            self._plans.popitem(last=False)
        return found
