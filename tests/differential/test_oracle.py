"""Random documents: both assemblers, with and without pushdown, answer as the oracle does."""

from collections import Counter
from typing import Any

import orjson
import pytest
from graphql import GraphQLScalarType
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connectors.capabilities import Capabilities
from schema.policy.caller import Caller
from tests.cities import harbour_rows as rows
from tests.differential.documents import documents
from tests.differential.oracle import Oracle
from tests.kit import ALL, ANONYMOUS, DESK, NOTHING, NOW, PSEUDONYMS, STRANGER, City, open_city

VALUES = {
    "CitizenId": [
        f'"{i}"' for i in (rows.ZHANG, rows.LI, rows.X_CHECK, rows.CHILD, rows.PROTECTED, rows.UNKNOWN)
    ],
    "CreditCode": [f'"{i}"' for i in (rows.FLEET, rows.SHOP, rows.SOCIETY)],
    "String": [
        '"张伟"',
        '"ROAD_FREIGHT"',
        '"P-1"',
        '"渝DEM001"',
        '"渝DEM002"',
        '"DEM000129"',
        '"A"',
        '""',
    ],
    "Int": ["2", "6", "2024"],
    "Decimal": ['"100.50"', '"12345.67"', '"0"'],
    "Date": ['"2026-06-30"', '"2012-03-12"', '"1985-02-14"'],
    "Boolean": ["true", "false"],
}
WRONG_IDS = ["500000850214001", "50000019900101018x", "123", "500000198502140018"]
CALLERS = {"desk": DESK, "stranger": STRANGER, "anonymous": ANONYMOUS}

_cities: dict[str, City] = {}


def city(name: str, capabilities: Capabilities) -> City:
    if name not in _cities:
        _cities[name] = open_city(capabilities)
    return _cities[name]


def oracle(caller: Caller) -> Oracle:
    opened = city("pushed", ALL)
    protected = frozenset({PSEUDONYMS.subject("Person", (rows.PROTECTED,))})
    return Oracle(opened.catalogue, opened.policy, rows.TABLES, caller, PSEUDONYMS, NOW.date(), protected)


ORACLES = {name: oracle(caller) for name, caller in CALLERS.items()}


@pytest.mark.parametrize("name", CALLERS)
@settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_random_documents_answer_as_the_oracle_does(name: str, data: st.DataObject) -> None:
    caller, reference = CALLERS[name], ORACLES[name]
    document = data.draw(documents(reference.schema, VALUES, WRONG_IDS))
    expected_data, expected_errors = reference.run(document, {})
    through_core = document.replace("{", "{ catalogue { __typename } ", 1)
    for run, text in (("pushed", document), ("unpushed", document), ("pushed", through_core)):
        opened = city(run, ALL if run == "pushed" else NOTHING)
        body = await opened.ask(text, caller=caller)
        assert "data" in body, (document, body)
        answered = body["data"]
        answered.pop("catalogue", None)
        assert plain(expected_data) == answered, document
        assert list(expected_data) == list(answered)
        assert expected_errors == errors_in(body), document


def plain(data: Any) -> Any:
    return orjson.loads(orjson.dumps(data))


def errors_in(body: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((e["extensions"]["pattern"], e["extensions"]["code"]) for e in body.get("errors", ()))


def test_every_scalar_has_values_to_draw() -> None:
    used = {
        name
        for reference in ORACLES.values()
        for name, type_ in reference.schema.type_map.items()
        if isinstance(type_, GraphQLScalarType)
    }
    assert used - {"ID", "DateTime"} <= set(VALUES)
