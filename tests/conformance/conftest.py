"""Every test of the suite runs over every connector."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.databases import MemoryHarness, SqlHarness
from tests.conformance.harness import Harness


@pytest.fixture(params=["memory", "sqlite", "postgres", "mariadb"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    """One connector on trial."""
    made: Harness = MemoryHarness() if request.param == "memory" else SqlHarness(request.param, tmp_path)
    yield made
    await made.aclose()
