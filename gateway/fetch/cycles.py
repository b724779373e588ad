"""What update cycles promise: how old data may be that keeps to them."""

from collections.abc import Mapping
from datetime import timedelta

from connectors.results import Loaded
from schema.catalogue.model import Resource

LONGEST: Mapping[str, timedelta] = {
    "realtime": timedelta(hours=1),
    "daily": timedelta(days=2),
    "weekly": timedelta(days=8),
    "tenDays": timedelta(days=12),
    "monthly": timedelta(days=32),
    "quarterly": timedelta(days=93),
    "yearly": timedelta(days=367),
}
"""One cycle, and a day in which what is due may arrive. `other` promises nothing."""


def is_past_cycle(resource: Resource, loaded: Loaded) -> bool:
    """Whether data was older than promised when it was read, as far as the source says how old it is."""
    longest = LONGEST.get(resource.update_cycle)
    if longest is None or loaded.as_of is None:
        return False
    return loaded.fetched_at - loaded.as_of > longest
