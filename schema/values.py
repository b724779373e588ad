"""How a stored value becomes a value of the graph, and back. (Being built: the contract stands.)"""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Invalid:
    """A stored value that is not what its item promises. It carries nothing of the value."""

    reason: str = "unreadable"


class Codec(Protocol):
    """Reads and writes the values of one column."""

    @property
    def exact(self) -> frozenset[str]:
        """Operators of `schema.predicate` that hold on stored values exactly as on decoded ones."""
        ...

    def decode(self, raw: Any) -> Any:
        """Give the value, `None` where empty, or `Invalid`; never raises."""
        ...

    def encode(self, value: Any) -> tuple[Any, ...]:
        """Give every stored form of a value, the usual one first."""
        ...
