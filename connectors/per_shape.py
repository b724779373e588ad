"""What all requests of one shape share, made once and kept within a bound."""

from collections.abc import Callable
from typing import Generic, TypeVar

from connectors.requests import KeyBinding, Load, Scan
from schema.catalogue.model import Resource

Request = TypeVar("Request", bound=Load | Scan)
Prepared = TypeVar("Prepared")
MAX_SHAPES = 1_024
"""Of one source: shapes come from plans, of which there are few; the oldest goes first."""


class PerShape(Generic[Request, Prepared]):
    """What `prepare` makes of a request, for all requests of its shape: so far."""

    def __init__(self, prepare: Callable[[Request], Prepared]) -> None:
        self._prepare = prepare
        self._made: dict[tuple[int, int, tuple[str, ...]], tuple[Resource, KeyBinding | None, Prepared]] = {}

    def of(self, request: Request) -> Prepared:
        """What the request's shape needs.

        Resource and binding count by identity, since comparing them costs more than the rest: plans keep
        theirs, and what is kept here keeps them from being another's.
        """
        key = request.key if isinstance(request, Load) else None
        name = (id(request.resource), id(key), request.items)
        found = self._made.get(name)
        if found is None:
            if len(self._made) >= MAX_SHAPES:
                del self._made[next(iter(self._made))]
            found = self._made[name] = (request.resource, key, self._prepare(request))
        return found[2]
