"""What a connector does exactly, as data. What it does not do, the gateway does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Promises of one connector; the conformance suite holds it to each of them."""

    max_keys: int = 1
    """Keys in one call."""
    projects: bool = False
    """Only asked items leave the source."""
    operators: frozenset[str] = frozenset()
    """Comparison operators pushed down (those a column's codec keeps exact)."""
    orders: bool = False
    """Sorts as asked, empty values last."""
    limits_per_key: bool = False
    """Gives the first `limit_per_key` rows of each key in the asked order."""
    as_of: bool = False
    """Answers for a day in the past, where a resource says that it is asked for one (`Load.as_of`)."""
    scans: bool = False
    """Reads without keys, page by page."""
    depends_on_caller: bool = False
    """Answers differ by caller: the scope is part of every cache key."""
    max_concurrent: int = 16
    """Loads and scans that are at the source at once; others wait, which counts towards their deadline."""
