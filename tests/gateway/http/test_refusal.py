"""Refusals beside the graphs: each is GraphQL's JSON, kept by nobody, and says what would be served."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.app import App
from gateway.settings import read_settings

HARBOUR = Path(__file__).parents[2] / "cities/harbour"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Of the whole application, which refuses these before it is open."""
    transport = httpx.ASGITransport(App(read_settings({}, catalogue=HARBOUR, state=tmp_path)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as opened:
        yield opened


def check_refusal(answer: httpx.Response, status: int, code: str) -> None:
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/livez", "/metrics", "/graphiql", "/graphql/schema.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
async def test_a_method_that_is_not_served_is_told_which_are(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    """RFC 9110, section 15.5.6: `Allow` is a must."""
    answer = await client.request(method, path)
    check_refusal(answer, 405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/nowhere", "/livez/", "/graphiql/assets/nothing.js"])
async def test_a_path_that_is_not_served(client: httpx.AsyncClient, path: str) -> None:
    check_refusal(await client.get(path), 404, "NOT_FOUND")
