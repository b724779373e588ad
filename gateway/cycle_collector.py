"""Keeps Python's cycle collector, and work in threads, from stopping the loop.

A full collection over a city's catalogue and schema stops everything for 0.3 s, and each that falls into
their making costs as much for nothing. What is made here is counted by references alone from then on.
Requests leave next to nothing that references do not free, but each makes more than the 700 objects after
which Python looks; what it then finds are rows of requests under way.

Python counts objects made less objects freed. A cache that is full lets an old row go for each new one, so
the count stands still while new rows pile up unseen: whatever looks at them next, a reload or an ordinary
collection, stops everything for 50 ms. So they are looked at often, a few at a time.
"""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Lock

SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter from the loop. Python's own five milliseconds would be waited for
with each system call that a request makes."""

COLLECT_AFTER = 10_000
"""Objects made and not freed before the youngest are looked at; some megabytes."""

LOOK_SECONDS = 0.003
"""What one look at the young should take: as much as a small request waits for another."""

BETWEEN_SECONDS = 0.02, 0.5
"""The shortest and the longest time between looks, however much or little there is to look at."""

ALL_AFTER_LOOKS = 500
"""Looks at the young before Python may take in the older ones by itself, which are all that was made since
the start: half a minute at least. Documents and plans are much to look at, and little of it is garbage."""

_lock = Lock()
_aside: list[float] = []
"""Those at work aside; the first entry is the interval to go back to."""
_uncollecting: list[bool] = []
"""Those at work without the collector; the first entry says whether it is to go on afterwards."""


@asynccontextmanager
async def serving() -> AsyncIterator[None]:
    """Serve requests: collect after as many objects as some requests make, and often."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, ALL_AFTER_LOOKS, ALL_AFTER_LOOKS)
    collecting = asyncio.create_task(_collect_often())
    try:
        yield
    finally:
        collecting.cancel()
        gc.set_threshold(*before)


async def _collect_often() -> None:
    shortest, longest = BETWEEN_SECONDS
    between = shortest
    while True:
        await asyncio.sleep(between)
        began = time.monotonic()
        if not gc.isenabled():  # something is being made aside, and all of it is young
            continue
        gc.collect(0)
        gc.collect(1)  # a tuple of tuples, as rows of the cache are, is left alone once it was seen twice
        took = time.monotonic() - began
        between = min(max(between * min(LOOK_SECONDS / took, 2), shortest), longest)


@contextmanager
def long_lived() -> Iterator[None]:
    """Make what stays: no collection while it is made, and none that looks at it afterwards."""
    gc.collect(0)  # what is young and lost would stay, too; so does what is older: some hundred objects
    with _uncollected():
        try:
            yield
        finally:
            gc.freeze()  # moves lists of objects, whatever their number


@contextmanager
def aside() -> Iterator[None]:
    """Work in another thread than the loop's, on much that goes again without the collector's help."""
    with yielding(), _uncollected():
        yield


@contextmanager
def yielding() -> Iterator[None]:
    """Work in another thread than the loop's, which has the interpreter whenever it wants it.

    Of what makes little: what requests leave is looked at meanwhile, and not all at once in the end.
    """
    with _lock:
        _aside.append(sys.getswitchinterval() if not _aside else SWITCH_SECONDS)
        sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        with _lock:
            before = _aside[0]
            _aside.pop()
            if not _aside:
                sys.setswitchinterval(before)


def collect_young() -> None:
    """Free what a piece of work aside has left in cycles: after each piece, or all at once when it ends."""
    gc.collect(0)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Until the last of those that are at work has ended: one may begin in the middle of another."""
    with _lock:
        _uncollecting.append(gc.isenabled() if not _uncollecting else False)
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            was_enabled = _uncollecting[0]
            _uncollecting.pop()
            if not _uncollecting and was_enabled:
                gc.enable()
