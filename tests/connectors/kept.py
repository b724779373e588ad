"""Readings as the cache keeps them."""

from connectors.caching.entry import Reading
from tests.kit import NOW


def reading(size: int = 10, ends_at: float = 100) -> Reading:
    return Reading((), None, (), None, NOW, None, ends_at, ends_at, size)
