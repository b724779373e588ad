"""One running demo for the tests that only read."""

from collections.abc import Iterator

import pytest

from tests.examples.demo import Demo, run_demo


@pytest.fixture(scope="package")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with run_demo(tmp_path_factory.mktemp("city")) as running:
        yield running
