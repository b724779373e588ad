"""The third of the three bounds: how many fields an answer may have."""

from typing import NoReturn

from msgspec import Struct

from gateway.errors import LimitExceeded


class NodeBound(Struct):
    """Fields in the whole response, counted before they are made and long before they are serialised."""

    limit: int
    counted: int = 0

    def count(self, nodes: int) -> None:
        """Add fields, or refuse."""
        self.counted += nodes
        if self.counted > self.limit:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Say that there would be too many."""
        raise LimitExceeded(f"The answer would have more than {self.limit} fields.")
