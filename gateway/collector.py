"""Keeps Python's cycle collector, and work in threads, from stopping the loop.

A full collection over a city's catalogue and schema stops everything for 0.3 s, and each that falls into
their making costs as much for nothing. What is made here is counted by references alone from then on.
Requests leave next to nothing that references do not free, but each makes more than the 700 objects after
which Python looks; what it then finds are rows of requests under way.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter from the loop. Python's own five milliseconds would be waited for
with each system call that a request makes."""

COLLECT_AFTER = 10_000
"""Objects made and not freed before the youngest are looked at; some megabytes."""

_lock = Lock()
_aside: list[float] = []
"""Those at work aside; the first entry is the interval to go back to."""


@contextmanager
def serving() -> Iterator[None]:
    """Serve requests: collect after as many objects as some requests make."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def long_lived() -> Iterator[None]:
    """Make what stays: no collection while it is made, and none that looks at it afterwards."""
    gc.collect(1)  # what is young and lost already would stay, too
    with _uncollected():
        try:
            yield
        finally:
            gc.freeze()  # moves lists of objects, whatever their number


@contextmanager
def aside() -> Iterator[None]:
    """Work in another thread than the loop's, on much that goes again without the collector's help."""
    with _lock:
        _aside.append(sys.getswitchinterval() if not _aside else SWITCH_SECONDS)
        sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with _uncollected():
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
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
