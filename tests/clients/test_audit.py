"""GraphQL over HTTP as graphql-http's audits hold a server to it: every MUST and every SHOULD."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.served import Served

pytestmark = pytest.mark.xdist_group("clients")


@pytest.mark.parametrize(("path", "key"), [("/graphql", "desk"), ("/open/graphql", "")])
def test_every_must_and_should_of_the_audits(
    served: Served, node: Callable[..., Any], path: str, key: str
) -> None:
    results = node("audit.mjs", f"{served.url}{path}", *([key] if key else []))
    levels = [result["name"].split()[0] for result in results]
    assert (levels.count("MUST"), levels.count("SHOULD")) == (13, 23)
    assert [result for result in results if result["status"] != "ok" and result["name"][:3] != "MAY"] == []
