"""Random examples without a bound on time, the same ones for the same code in CI; and a loop for all tests."""

import asyncio
import os
from collections.abc import Callable, Mapping

from hypothesis import HealthCheck, settings

from tests.patience import LeapingLoop

settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("patient")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """For every test whose folder has no other."""
    return {"leaping": LeapingLoop}
