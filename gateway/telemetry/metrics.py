"""Metrics. Labels are names of endpoints and status codes; never anything of a request.

Requests are counted as plain numbers, in memory that worker processes share through files, so that each of
them can give the sum of all. The library's own counters take nine calls for each request, and locks; here it
only writes the numbers when somebody asks.
"""

import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate
from mmap import mmap
from pathlib import Path
from typing import Final, Literal

from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

Endpoint = Literal["share", "open"]
ENDPOINTS: tuple[Endpoint, ...] = ("share", "open")

_BOUNDS = Histogram.DEFAULT_BUCKETS
"""Seconds; the last is infinite."""
_TOTAL = len(_BOUNDS)
_STATUSES = range(100, 600)
_FIRST_STATUS = _TOTAL + 1 - _STATUSES.start
_SIZE = _TOTAL + 1 + len(_STATUSES)
"""Numbers of an endpoint: answers by their time, their seconds in all, answers by their status."""
_NUMBER: Final = "d"
_BYTES = 8 * _SIZE
_SUFFIX = ".requests"


class Tally:
    """What one process has answered at one endpoint. The event loop alone counts."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: "memoryview[float]") -> None:
        self._numbers = numbers

    def count(self, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        numbers = self._numbers
        numbers[bisect_left(_BOUNDS, seconds)] += 1
        numbers[_TOTAL] += seconds
        numbers[_FIRST_STATUS + status] += 1


class Requests(Collector):
    """Requests answered by this process, or by all workers that share a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._began = time.time() if folder is None else None
        size = _BYTES * len(ENDPOINTS)
        self._own = memoryview(bytearray(size) if folder is None else _shared(folder, size))

    def at(self, endpoint: Endpoint) -> Tally:
        """Where this process counts what it answers at an endpoint."""
        start = ENDPOINTS.index(endpoint) * _BYTES
        return Tally(self._own[start : start + _BYTES].cast(_NUMBER))

    def collect(self) -> Iterable[Metric]:
        """What the library writes: a metric of an endpoint or a status is there once it counted something."""
        answered = CounterMetricFamily("jutong_requests", "Requests answered.", labels=["endpoint", "status"])
        took = HistogramMetricFamily(
            "jutong_request_seconds", "Seconds from first byte to answer.", labels=["endpoint"]
        )
        totals = list(map(sum, zip(*self._of_all(), strict=True)))
        for number, endpoint in enumerate(ENDPOINTS):
            numbers = totals[number * _SIZE : (number + 1) * _SIZE]
            buckets = list(zip(map(floatToGoString, _BOUNDS), accumulate(numbers[:_TOTAL]), strict=True))
            if not buckets[-1][1]:
                continue
            took.add_metric([endpoint], buckets, numbers[_TOTAL])
            if self._began is not None:
                took.add_sample("jutong_request_seconds_created", {"endpoint": endpoint}, self._began)
            for status in _STATUSES:
                if count := numbers[_FIRST_STATUS + status]:
                    answered.add_metric([endpoint, str(status)], count, self._began)
        return answered, took

    def _of_all(self) -> Iterator["memoryview[float]"]:
        if self._folder is None:
            yield self._own.cast(_NUMBER)
            return
        for path in self._folder.glob(f"*{_SUFFIX}"):
            written = path.read_bytes()
            if len(written) == len(self._own):  # else its worker begins in this moment
                yield memoryview(written).cast(_NUMBER)


def _shared(folder: Path, size: int) -> mmap:
    """Memory of this process that others read. It outlives the process, however that ends."""
    with (folder / f"{os.getpid()}{_SUFFIX}").open("a+b") as file:
        file.truncate(size)  # to its length; what a process of the same number has counted stays
        return mmap(file.fileno(), size)


def _registry() -> tuple[Requests, CollectorRegistry]:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    registry = CollectorRegistry() if folder else REGISTRY
    requests = Requests(Path(folder) if folder else None)
    registry.register(requests)
    return requests, registry


REQUESTS, REGISTRY_OF_ALL = _registry()
"""What is counted, and what `/metrics` gives: with workers the sum of all, alone this process as well."""
