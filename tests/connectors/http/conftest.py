"""Every test of what is spoken over HTTP runs over every client; other rooms import the fixture."""

from collections.abc import Iterator

import pytest

from tests.connectors.http.liar import TRANSPORTS, chosen_transport


@pytest.fixture(params=TRANSPORTS, autouse=True)
def transport(request: pytest.FixtureRequest) -> Iterator[str]:
    """The client of this run."""
    token = chosen_transport.set(request.param)
    yield request.param
    chosen_transport.reset(token)
