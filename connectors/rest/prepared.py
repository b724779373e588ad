"""What all loads of one shape share: columns, requests, reader. Made once, kept within a bound."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.requests import KeyBinding, Load
from connectors.rest.asking import Asking
from connectors.rest.rows import Reader, make_reader
from connectors.rest.settings import RestOrigin
from connectors.shaping import columns_of
from schema.catalogue.model import Resource

MAX_SHAPES = 1_024
"""Of one source: shapes come from plans, of which there are few; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Loads of one resource by one binding for one set of items."""

    resource: Resource
    binding: KeyBinding
    origin: RestOrigin
    columns: tuple[str, ...]
    identity: tuple[int, ...]
    """Positions of its columns."""
    asking: Asking
    read: Reader


class Shapes:
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


def prepare(load: Load, origin: RestOrigin, prefix: str) -> Prepared:
    """Prepare a shape; raises `SourceMisbehaved` where the declaration has no place for the key."""
    columns = columns_of(load)
    return Prepared(
        resource=load.resource,
        binding=load.key,
        origin=origin,
        columns=columns,
        identity=tuple(columns.index(name) for name in load.resource.identity),
        asking=Asking(origin, prefix, load.key, columns),
        read=make_reader(columns),
    )
