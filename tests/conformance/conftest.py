"""Every test of the suite runs over every connector, or over the one that `JUTONG_HARNESS` names."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from tests.conformance.databases import EngineHarness, MemoryHarness, SqlHarness
from tests.conformance.files import FORMATS, FilesHarness
from tests.conformance.harness import Harness
from tests.conformance.queries import STYLES as QUERIES
from tests.conformance.queries import GraphQLHarness
from tests.conformance.services import CLIENTS, RestHarness


def _harnesses() -> Mapping[str, Callable[[Path], Harness]]:
    named = os.environ.get("JUTONG_HARNESS")
    if named is not None:
        module, _, name = named.partition(":")
        return {name: getattr(import_module(module), name)}
    databases = {name: partial(SqlHarness, name) for name in ("sqlite", "postgres", "mariadb")}
    engines = {f"sqlalchemy-{name}": partial(EngineHarness, name) for name in ("postgres", "mariadb")}
    services = {
        f"rest-{style}-{client}": partial(RestHarness, style, client)
        for client, styles in CLIENTS.items()
        for style in styles
    }
    queries = {
        f"graphql-{style}-{client}": partial(GraphQLHarness, style, client)
        for client in CLIENTS
        for style in (QUERIES if client == "native" else ("list",))
    }
    files = {f"files-{name}": partial(FilesHarness, name) for name in FORMATS}
    return {"memory": MemoryHarness, **databases, **engines, **services, **queries, **files}


HARNESSES = _harnesses()


@pytest.fixture(params=HARNESSES)
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    """One connector on trial."""
    made = HARNESSES[request.param](tmp_path)
    yield made
    await made.aclose()
