"""The third of the three bounds: how many fields an answer may have."""

from typing import NoReturn

from msgspec import Struct

from gateway.errors import LimitExceeded

NODES_OF_A_TURN = 10_000
"""Fields that are made before others have their turn on the loop: some milliseconds of work."""


class NodeBound(Struct):
    """Fields in the whole response, counted before they are made and long before they are serialised."""

    limit: int
    counted: int = 0
    _paused_at: int = 0

    def count(self, nodes: int) -> None:
        """Add fields, or refuse."""
        self.counted += nodes
        if self.counted > self.limit:
            self.refuse()

    def fills_turn(self) -> bool:
        """Whether enough was made since this was last true that others should have their turn."""
        if self.counted - self._paused_at < NODES_OF_A_TURN:
            return False
        self._paused_at = self.counted
        return True

    def refuse(self) -> NoReturn:
        """Say that there would be too many."""
        raise LimitExceeded(f"The answer would have more than {self.limit} fields.")
