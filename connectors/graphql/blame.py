"""Whose an error of the answer is: its path leads to an alias, to a position, or to a record with its key.

What cannot be told is everybody's: an error is never left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import SourceError, SourceMisbehaved
from connectors.graphql.answer import Failure, Path
from connectors.graphql.asking import Copy
from connectors.graphql.columns import Column
from connectors.graphql.rows import Chain, read_value
from connectors.requests import Key, KeyBinding


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the path of an error ends in the data of a copy."""

    chain: Chain = ()
    """Objects of the route that it leads through."""
    position: int | None = None
    """In the first list that it leads through."""
    names: tuple[str, ...] = ()
    """The members that it names, those behind a null too."""
    is_null: bool = False


NOWHERE = Spot()


@dataclass(slots=True)
class Blame:
    """What the errors of one copy take away."""

    keys: dict[Key, SourceError] = field(default_factory=dict)
    objects: set[int] = field(default_factory=set)
    """Identities of objects on the route that are not whole."""
    positions: set[int] = field(default_factory=set)
    """Entries that are not read."""

    def is_whole(self, chain: Chain) -> bool:
        """Whether no error took anything away from a record or what is around it."""
        return self.objects.isdisjoint(map(id, chain))


class Blaming:
    """Finds the keys of errors, for loads of one shape."""

    def __init__(
        self,
        binding: KeyBinding,
        route: Sequence[str],
        columns: Mapping[str, Column],
        *,
        is_positional: bool,
    ) -> None:
        """`route` begins with the copy; `columns` are those of keys, as far as rows hold them."""
        self._binding = binding
        self._below = tuple(route[1:])
        self._depth = len(route)
        self._columns = columns
        self.is_positional = is_positional

    def of(self, copy: Copy, value: Any, failures: Iterable[Failure]) -> Blame:
        """What failures at a copy take away; their paths begin with its alias."""
        blame = Blame()
        followed: set[Path] = set()
        for failure in failures:
            if failure.is_one_of_many:
                kind = tuple(step for step in failure.path if isinstance(step, str))
                if kind in followed:
                    continue
                followed.add(kind)
            spots = list(self._spots(value, failure.path[1:], NOWHERE, is_wide=failure.is_one_of_many))
            for spot in spots or [NOWHERE]:
                if failure.is_no_record and self._is_missing(copy, spot):
                    continue
                for key in self._keys(copy, spot):
                    blame.keys.setdefault(key, failure.error)
                if spot.chain:
                    blame.objects.add(id(spot.chain[-1]))
                if spot.position is not None:
                    blame.positions.add(spot.position)
        return blame

    def _is_missing(self, copy: Copy, spot: Spot) -> bool:
        """Whether nothing is where one key's record would be; of several nobody knows whose is missing."""
        is_one = len(copy.keys) == 1 or (self.is_positional and spot.position is not None)
        return is_one and spot.is_null and len(spot.chain) < self._depth

    def _keys(self, copy: Copy, spot: Spot) -> tuple[Key, ...]:
        if not copy.places:
            return self._named(copy, spot) or copy.keys
        if not self.is_positional:
            return copy.places[0].keys
        is_known = spot.position is not None and spot.position < len(copy.places)
        return copy.places[spot.position or 0].keys if is_known else copy.keys

    def _named(self, copy: Copy, spot: Spot) -> tuple[Key, ...]:
        """The keys that a record names; none where it may not name all of them."""
        if any(self._is_hidden(column, spot) for column in self._columns.values()):
            return ()
        whole = spot.chain + ({},) * (self._depth - len(spot.chain))
        named: dict[Key, None] = {}
        for at, by in enumerate(self._binding.alternatives):
            try:
                held = [read_value(whole, self._columns[column]) for column in by.columns]
            except SourceMisbehaved:
                return ()
            decoded = tuple(codec.decode(one) for codec, one in zip(by.codecs, held, strict=True))
            named.update((key, None) for key in copy.keys if self._binding.expected(at, key) == decoded)
        return tuple(named)

    def _is_hidden(self, column: Column, spot: Spot) -> bool:
        """Whether a column stands where the error is, or beyond it."""
        level = self._depth - 1 - column.climbs
        if level != len(spot.chain) - 1:
            return level >= len(spot.chain)
        names = tuple(step for step in column.reads if isinstance(step, str))
        beyond = spot.names[level:]
        return names[: len(beyond)] == beyond[: len(names)]

    def _spots(self, value: Any, path: Path, at: Spot, *, is_wide: bool) -> Iterator[Spot]:
        """Where a path ends, from a spot on; one that stands for many, at every null of its kind."""
        chain = at.chain
        if isinstance(value, dict) and at.names == self._below[: len(chain)]:
            chain = (*chain, value)
        if value is None or not path:
            if value is None or not is_wide:
                beyond = tuple(step for step in path if isinstance(step, str))
                yield Spot(chain, at.position, (*at.names, *beyond), value is None)
            return
        step, left = path[0], path[1:]
        if isinstance(step, int) and isinstance(value, list):
            for place in range(len(value)) if is_wide else (step,):
                if 0 <= place < len(value):
                    position = place if at.position is None else at.position
                    yield from self._spots(
                        value[place], left, Spot(chain, position, at.names), is_wide=is_wide
                    )
        elif isinstance(step, str) and isinstance(value, dict) and step in value:
            names = (*at.names, step)
            yield from self._spots(value[step], left, Spot(chain, at.position, names), is_wide=is_wide)
