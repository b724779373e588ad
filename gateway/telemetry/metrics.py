"""Metrics. Labels are names of endpoints and status codes; never anything of a request.

Requests are counted as plain numbers, in memory that worker processes share through files, so that each of
them can give the sum of all. The library's own counters take nine calls for each request, and locks; here it
only writes the numbers when somebody asks.
"""

import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from itertools import accumulate
from mmap import mmap
from pathlib import Path
from typing import Final, Literal, get_args

from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

Endpoint = Literal["share", "open"]
ENDPOINTS: tuple[Endpoint, ...] = ("share", "open")
Transport = Literal["websocket", "sse"]
"""What stays open for several answers."""
Condition = Literal["record_unwritable", "catalogue_problems"]
CONDITIONS: dict[Condition, str] = {
    "record_unwritable": "1 while the record cannot be written.",
    "catalogue_problems": "Mistakes in the catalogue's files as they were read last.",
}
"""How a process is now; of several the worst counts."""
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)

_BOUNDS = Histogram.DEFAULT_BUCKETS
"""Seconds; the last is infinite."""
_TOTAL = len(_BOUNDS)
_STATUSES = range(100, 600)
_FIRST_STATUS = _TOTAL + 1 - _STATUSES.start
_FIRST_OPEN = _TOTAL + 1 + len(_STATUSES)
_SIZE = _FIRST_OPEN + len(TRANSPORTS)
"""Numbers of an endpoint: answers by their time, their seconds in all, answers by their status; what is open
by its transport."""
_FIRST_CONDITION = _SIZE * len(ENDPOINTS)
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

    @contextmanager
    def holding(self, transport: Transport) -> Iterator[None]:
        """Count what is open, while it is."""
        place = _FIRST_OPEN + TRANSPORTS.index(transport)
        self._numbers[place] += 1
        try:
            yield
        finally:
            self._numbers[place] -= 1


class Metrics(Collector):
    """What this process, or all workers that share a folder, answered, hold open and say of themselves."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._began = time.time() if folder is None else None
        size = _BYTES * len(ENDPOINTS) + 8 * len(CONDITIONS)
        self._own = memoryview(bytearray(size) if folder is None else _shared(folder, size))
        _close_all(self._own.cast(_NUMBER))

    def at(self, endpoint: Endpoint) -> Tally:
        """Where this process counts what it answers at an endpoint."""
        start = ENDPOINTS.index(endpoint) * _BYTES
        return Tally(self._own[start : start + _BYTES].cast(_NUMBER))

    def say(self, condition: Condition, number: float) -> None:
        """Say how this process is."""
        self._own.cast(_NUMBER)[_FIRST_CONDITION + list(CONDITIONS).index(condition)] = number

    def collect(self) -> Iterable[Metric]:
        """What the library writes: a metric of an endpoint or a status is there once it counted something."""
        answered = CounterMetricFamily("jutong_requests", "Requests answered.", labels=["endpoint", "status"])
        took = HistogramMetricFamily(
            "jutong_request_seconds", "Seconds from first byte to answer.", labels=["endpoint"]
        )
        held = GaugeMetricFamily(
            "jutong_open_streams",
            "WebSockets and streams of events that are open.",
            labels=["endpoint", "transport"],
        )
        every = list(self._of_all())
        totals = list(map(sum, zip(*every, strict=True)))
        for number, endpoint in enumerate(ENDPOINTS):
            numbers = totals[number * _SIZE : (number + 1) * _SIZE]
            for transport, count in zip(TRANSPORTS, numbers[_FIRST_OPEN:], strict=True):
                held.add_metric([endpoint, transport], count)
            buckets = list(zip(map(floatToGoString, _BOUNDS), accumulate(numbers[:_TOTAL]), strict=True))
            if not buckets[-1][1]:
                continue
            took.add_metric([endpoint], buckets, numbers[_TOTAL])
            if self._began is not None:
                took.add_sample("jutong_request_seconds_created", {"endpoint": endpoint}, self._began)
            for status in _STATUSES:
                if count := numbers[_FIRST_STATUS + status]:
                    answered.add_metric([endpoint, str(status)], count, self._began)
        worst = list(map(max, zip(*every, strict=True)))[_FIRST_CONDITION:]
        said = (
            GaugeMetricFamily(f"jutong_{name}", text, value=number)
            for (name, text), number in zip(CONDITIONS.items(), worst, strict=True)
        )
        return answered, took, held, *said

    def _of_all(self) -> Iterator["memoryview[float]"]:
        if self._folder is None:
            yield self._own.cast(_NUMBER)
            return
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with path.open("rb") as file:
                written = bytearray(file.read())
                if len(written) != len(self._own):  # its worker begins in this moment
                    continue
                numbers = memoryview(written).cast(_NUMBER)
                if not _is_held(file.fileno()):
                    _close_all(numbers)
                yield numbers


def _close_all(numbers: "memoryview[float]") -> None:
    """Nothing of a process that has ended is open, or in any condition."""
    for first in range(_FIRST_OPEN, _FIRST_CONDITION, _SIZE):
        for place in range(first, first + len(TRANSPORTS)):
            numbers[place] = 0
    for place in range(_FIRST_CONDITION, len(numbers)):
        numbers[place] = 0


def _is_held(file: int) -> bool:
    """Whether the process that counts in a file lives."""
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _shared(folder: Path, size: int) -> mmap:
    """Memory of this process that others read. It outlives the process, however that ends."""
    with (folder / f"{os.getpid()}{_SUFFIX}").open("a+b") as file:
        file.truncate(size)  # to its length; what a process of the same number has counted stays
        flock(file, LOCK_SH)  # until the process ends: the mapping keeps the file open
        return mmap(file.fileno(), size)


def _registry() -> tuple[Metrics, CollectorRegistry]:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    registry = CollectorRegistry() if folder else REGISTRY
    metrics = Metrics(Path(folder) if folder else None)
    registry.register(metrics)
    return metrics, registry


METRICS, REGISTRY_OF_ALL = _registry()
"""What is counted, and what `/metrics` gives: with workers the sum of all, alone this process as well."""
