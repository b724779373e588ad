"""Metrics. Labels are names from the catalogue and status codes; never anything of a request."""

import os
from functools import lru_cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("jutong_requests", "Requests answered.", ["endpoint", "status"])
SECONDS = Histogram("jutong_request_seconds", "Seconds from first byte to answer.", ["endpoint"])
SOURCE_FAILURES = Counter("jutong_source_failures", "Loads that failed.", ["source", "error"])


def count_request(endpoint: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    answered, took = _children(endpoint, status)
    answered.inc()
    took.observe(seconds)


@lru_cache(maxsize=256)
def _children(endpoint: str, status: int) -> tuple[Counter, Histogram]:
    """Looking labels up costs more than counting."""
    return REQUESTS.labels(endpoint, str(status)), SECONDS.labels(endpoint)


def registry_of_all() -> CollectorRegistry:
    """What all worker processes have counted, or this one where it is alone."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
