"""Every test of the REST connector runs over every client."""

from collections.abc import Iterator

import pytest

from tests.connectors.rest.liar import TRANSPORTS, chosen_transport


@pytest.fixture(params=TRANSPORTS, autouse=True)
def transport(request: pytest.FixtureRequest) -> Iterator[str]:
    """The client of this run."""
    token = chosen_transport.set(request.param)
    yield request.param
    chosen_transport.reset(token)
