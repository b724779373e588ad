"""Python's gql: introspection, variables, partial data with errors."""

from collections.abc import AsyncIterator

import pytest
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from tests.faults.city import FLEET, citizen, name_of
from tests.faults.served import Served
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.xdist_group("clients")


@pytest.fixture
async def session(served: Served) -> AsyncIterator[AsyncClientSession]:
    """A session that has read the schema and checks documents against it."""
    transport = HTTPXAsyncTransport(
        f"{served.url}/graphql", headers={"authorization": "Bearer desk"}, timeout=PATIENCE_SECONDS
    )
    async with Client(
        transport=transport, fetch_schema_from_transport=True, execute_timeout=PATIENCE_SECONDS
    ) as opened:
        yield opened


async def test_a_query_with_variables(session: AsyncClientSession) -> None:
    request = gql("query N($i: CitizenId!) { person(id: $i) { name licences { operator { name } } } }")
    request.variable_values = {"i": citizen(3)}
    assert await session.execute(request) == {
        "person": {"name": name_of(3), "licences": [{"operator": {"name": "码头运输"}}]}
    }


async def test_partial_data_comes_with_its_errors(session: AsyncClientSession) -> None:
    request = gql("query P($i: CitizenId!) { person(id: $i) { name wages { month } } }")
    request.variable_values = {"i": citizen(4)}
    with pytest.raises(TransportQueryError) as caught:
        await session.execute(request)
    assert caught.value.data == {"person": {"name": name_of(4), "wages": None}}
    assert caught.value.errors is not None
    (error,) = caught.value.errors
    assert error["path"] == ["person", "wages"]
    assert error["extensions"]["code"] == "SOURCE_DOWN"


async def test_a_refusal_is_raised(session: AsyncClientSession) -> None:
    request = gql("query W($i: CitizenId!) { person(id: $i) { name } }")
    request.variable_values = {"i": "no identifier"}
    with pytest.raises(TransportQueryError) as caught:
        await session.execute(request)
    assert caught.value.data is None
    assert "no identifier" not in str(caught.value.errors)


async def test_the_open_graph_needs_no_key(served: Served) -> None:
    transport = HTTPXAsyncTransport(f"{served.url}/open/graphql", timeout=PATIENCE_SECONDS)
    async with Client(
        transport=transport, fetch_schema_from_transport=True, execute_timeout=PATIENCE_SECONDS
    ) as session:
        found = await session.execute(gql(f'{{ enterprise(uscc: "{FLEET}") {{ name fines {{ number }} }} }}'))
        assert session.client.schema is not None
        assert "Person" not in session.client.schema.type_map
    assert found["enterprise"]["fines"] == [{"number": f"F-{n}"} for n in range(3)]
