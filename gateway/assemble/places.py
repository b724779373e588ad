"""Where things stand in a response: known when compiling, but for the positions in lists."""

from dataclasses import dataclass, field

ResponsePath = tuple[str | int, ...]
At = tuple[int, ...]
"""Positions in the lists that lead to a place, outermost first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a compiled function fills; `path` is made only where something is to be said of it."""

    steps: tuple[str | None, ...]
    """Response keys from the root; `None` stands for a position in a list."""
    below: tuple[str, ...] = ()
    """Response keys below the entity."""
    pattern: str = field(init=False)
    """`persons.*.name`: the path with list positions as stars."""
    name: str = field(init=False)
    """`transport.permits`: the field as the entity's states call it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", ".".join(step or "*" for step in self.steps))
        object.__setattr__(self, "name", ".".join(self.below))

    def child(self, key: str) -> "Place":
        """The place of a field."""
        return Place((*self.steps, key), (*self.below, key))

    def each(self) -> "Place":
        """The place of each element of a list."""
        return Place((*self.steps, None), self.below)

    def entity(self) -> "Place":
        """The same place, where an entity begins: what is below it is named from here."""
        return Place(self.steps)

    def path(self, at: At) -> ResponsePath:
        """The path, with the positions put in."""
        positions = iter(at)
        return tuple(next(positions) if step is None else step for step in self.steps)
