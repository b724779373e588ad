"""GraphQL servers of others as departments: Apollo Server (npm) and Strawberry, asked in every way."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.request import Ask
from gateway.settings import Settings
from schema.policy.caller import ANONYMOUS
from tests.clients.conftest import HERE, node
from tests.connectors.thirdparty.test_servers import running
from tests.patience import soon
from tests.plain_http import CLIENT

__all__ = ["node"]
pytestmark = pytest.mark.xdist_group("clients")  # one worker installs what Node needs

FLEET, SHOP, MILL = "91500000DEM000129B", "91500112DEM000022H", "91500103DEM000014M"
REFUSED = "91500000DEM000217R"
PERMITS = [
    {"no": f"D{number}", "uscc": holder, "trade": trade, "hall": hall}
    for number, (holder, trade, hall) in enumerate(
        [
            (FLEET, "freight", "North"),
            (SHOP, "sealed", None),
            (FLEET, "repair", None),
            (REFUSED, "tax", "South"),
        ],
        1,
    )
]
SOURCE = """department: guild
title: Guild
sources:
  members: { kind: graphql, endpoint: "http://127.0.0.1:%d/", codes: { COMPANY_UNKNOWN: no_record } }
"""
WAYS = {
    "listed": """
  query: "query ($keys: [String!]!) { permits(keys: $keys) { __typename } }"
  scan:
    query: |
      query ($first: Int!, $after: String) {
        allPermits(first: $first, after: $after) { edges { node { __typename } } }
      }
    pages: { variable: after, size: 3, size_variable: first }
""",
    "aliased": """
  query: "query ($key: ID!) { company(uscc: $key) { permits { __typename } } }"
  keys: aliases
""",
    "federated": """
  query: "query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Company { permits { __typename } } } }"
  keys: representations
  typename: Company
""",
    "keyless": """
  query: "query ($key: ID!) { company(uscc: $key) { permits { __typename } } }"
  keys: aliases
  keyless: true
""",
}
RESOURCE = """resource: {way}
title: Permits
source: members
from:{origin}  fields: {{ hall: hall.name }}
identity: [no]
attach: [{{ on: Enterprise, field: {way}, by: {{ uscc: uscc }} }}]
open: unconditional
{more}items:
  number: {{ title: Number, column: no }}
  trade: {{ title: Trade, column: trade }}
  hall: {{ title: Hall, column: hall }}
"""


@pytest.fixture(scope="module", params=["apollo", "strawberry"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    file = tmp_path_factory.mktemp("guild") / "permits.json"
    file.write_bytes(orjson.dumps(PERMITS))

    def command(port: int) -> list[str]:
        if request.param == "apollo":
            request.getfixturevalue("node")
            return ["node", str(HERE / "guild.mjs"), str(port), str(file)]
        return [sys.executable, str(Path(__file__).with_name("guild.py")), str(port), str(file)]

    with running("/", command) as opened:
        yield opened


@pytest.fixture
async def gateway(port: int, tmp_path: Path) -> AsyncIterator[Gateway]:
    texts = {
        "city.yaml": "city: Town\nuse: [Enterprise]\n",
        "departments/guild/department.yaml": SOURCE % port,
    }
    for way, origin in WAYS.items():
        more = "collection: { field: permits }\n" if way == "listed" else ""
        texts[f"departments/guild/{way}.yaml"] = RESOURCE.format(way=way, origin=origin, more=more)
    for name, text in texts.items():
        file = tmp_path / "city" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    async with open_gateway(Settings(catalogue=tmp_path / "city", state=tmp_path / "state")) as opened:
        yield opened


async def ask(gateway: Gateway, document: str, **variables: Any) -> dict[str, Any]:
    deadline = soon()
    answer = await gateway.answer(Ask(document, ANONYMOUS, "r-1", deadline, variables=variables))
    body: dict[str, Any] = orjson.loads(answer.body)
    return body


async def permits(gateway: Gateway, way: str, *companies: str) -> tuple[list[Any], list[str]]:
    document = "query($ids: [String!]!) { enterprises(ids: $ids) { enterprise { guild { %s { number trade hall } } } } }"
    body = await ask(gateway, document % way, ids=list(companies))
    found = [one["enterprise"]["guild"][way] for one in body["data"]["enterprises"]]
    return found, [one["extensions"]["code"] for one in body.get("errors", [])]


FLEETS = [
    {"number": "D1", "trade": "freight", "hall": "North"},
    {"number": "D3", "trade": "repair", "hall": None},
]


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_of_asking_finds_the_same(gateway: Gateway, way: str) -> None:
    assert await permits(gateway, way, MILL, FLEET) == ([[], FLEETS], [])


@pytest.mark.parametrize("way", WAYS)
async def test_a_row_that_is_not_whole_fails_its_company_alone(gateway: Gateway, way: str) -> None:
    found, codes = await permits(gateway, way, SHOP, FLEET)
    assert (found, codes) == ([None, FLEETS], ["SOURCE_DOWN"])


@pytest.mark.parametrize("way", ["aliased", "federated", "keyless"])
async def test_a_company_that_is_refused_fails_alone(gateway: Gateway, way: str) -> None:
    found, codes = await permits(gateway, way, REFUSED, FLEET)
    assert (found, codes) == ([None, FLEETS], ["SOURCE_DOWN"])


async def test_pages_lead_through_every_row_unless_one_is_not_whole(gateway: Gateway) -> None:
    document = "query($first: Int, $after: String) { permits(first: $first, after: $after) { nodes { %s } pageInfo { hasNextPage endCursor } } }"
    seen, after = [], None
    while True:
        page = (await ask(gateway, document % "number", first=2, after=after))["data"]["permits"]
        seen += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["D1", "D2", "D3", "D4"]
    body = await ask(gateway, document % "trade", first=2)
    assert body["data"]["permits"] is None
    assert [one["extensions"]["code"] for one in body["errors"]] == ["SOURCE_DOWN"]


async def test_what_we_send_is_valid_to_the_server_itself(port: int) -> None:
    """The declared operations run as they stand, as a steward tries them in an explorer."""
    for way, origin in WAYS.items():
        query = next(line for line in origin.splitlines() if line.startswith("  query")).split('"')[1]
        key = {"__typename": "Company", "uscc": FLEET} if way == "federated" else FLEET
        answer = CLIENT.post(
            f"http://127.0.0.1:{port}/", json={"query": query, "variables": {"keys": [key], "key": FLEET}}
        )
        assert "errors" not in answer.json(), answer.text
