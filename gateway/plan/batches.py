"""How a page is read whose rows are sifted by us: in batches that grow, up to the resource's bound."""

from collections.abc import Iterator
from typing import Final

LARGEST: Final = 2_000
"""Rows of one batch: more would keep the source's connection, and our memory, for one request."""


def batch_sizes(first: int, max_rows: int) -> Iterator[int]:
    """Give the size of each batch, `max_rows` in all: one row more than asked, then twice as many."""
    read, size = 0, first + 1
    while read < max_rows:
        size = min(size, LARGEST, max_rows - read)
        yield size
        read += size
        size *= 2
