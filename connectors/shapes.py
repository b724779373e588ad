"""What all loads of one shape share, made once and kept within a bound."""

from collections.abc import Callable
from typing import Generic, TypeVar

from connectors.requests import Load

Prepared = TypeVar("Prepared")
MAX_SHAPES = 1_024
"""Of one source: shapes come from plans, of which there are few; the oldest goes first."""


class Shapes(Generic[Prepared]):
    """Everything prepared so far."""

    def __init__(self, prepare: Callable[[Load], Prepared]) -> None:
        self._prepare = prepare
        self._made: dict[tuple[int, int, tuple[str, ...]], Prepared] = {}

    def of(self, load: Load) -> Prepared:
        """What the load's shape needs.

        Resource and binding count by identity, since comparing them costs more than the rest: plans keep
        theirs, and what is kept here keeps them from being another's.
        """
        name = (id(load.resource), id(load.key), load.items)
        found = self._made.get(name)
        if found is None:
            if len(self._made) >= MAX_SHAPES:
                del self._made[next(iter(self._made))]
            found = self._made[name] = self._prepare(load)
        return found
