"""One profile for continuous integration: the same random documents for the same code. And a loop for all tests."""

import asyncio
import os
from collections.abc import Callable, Mapping

from hypothesis import settings

from tests.patience import LeapingLoop

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """For every test whose folder has no other."""
    return {"leaping": LeapingLoop}
