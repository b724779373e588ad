"""Random examples without a bound on time, the same ones for the same code in CI; a loop for all tests, and their order."""

import asyncio
import os
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, settings

from tests.patience import LeapingLoop

settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("patient")

LONGEST = (
    "tests/benchmarks/test_reload.py",
    "tests/connectors/test_reference.py",
    "tests/differential/",
    "tests/docs/test_tutorial.py",
    "tests/gateway/plan/test_fetch_count.py",
    "tests/schema/catalogue/test_robustness.py",
)
"""Single tests of half a minute and more: begun last, they would be waited for by one process alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; groups of tests, which are longer, come before that by themselves."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """For every test whose folder has no other."""
    return {"leaping": LeapingLoop}
