"""Where things stand in a response: known when compiling, but for the positions in lists."""

from dataclasses import dataclass

ResponsePath = tuple[str | int, ...]
Steps = tuple[str | None, ...]
"""Response keys from the root; `None` stands for a position in a list."""
At = tuple[int, ...]
"""Positions in the lists that lead to a place, outermost first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a compiled function fills. A plan has one for each leaf, so it is small; names are made
    where something is said of it."""

    steps: Steps
    start: int
    """How many of them lead to the entity."""

    @property
    def pattern(self) -> str:
        """`persons.*.name`: the path with list positions as stars."""
        return ".".join([step or "*" for step in self.steps])

    @property
    def name(self) -> str:
        """`transport.permits`: the field as the entity's states call it."""
        return ".".join([step for step in self.steps[self.start :] if step])

    def child(self, key: str) -> "Place":
        """The place of a field."""
        return Place((*self.steps, key), self.start)

    def each(self) -> "Place":
        """The place of each element of a list."""
        return Place((*self.steps, None), self.start)

    def entity(self) -> "Place":
        """The same place, where an entity begins: what is below it is named from here."""
        return Place(self.steps, len(self.steps))

    def path(self, at: At) -> ResponsePath:
        """The path, with the positions put in."""
        positions = iter(at)
        return tuple(next(positions) if step is None else step for step in self.steps)
