"""Another gateway of ours as the source: a real process, asked through its front door with a key of its own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.request import Ask
from gateway.settings import Settings
from schema.policy.caller import Caller, Operator
from tests.connectors.http.liar import chosen_transport
from tests.faults.city import FLEET, citizen, name_of, write_city
from tests.faults.department import Department, open_department
from tests.faults.served import Served, serve
from tests.patience import soon

NOBODY = citizen(70_000)
DESK = Caller("desk", "share", "far", frozenset({"PERMIT"}), "PERMIT", Operator("op-1"), "c-1")
FILES = {
    "city.yaml": """city: Far
use: [Person, Enterprise]
promoted: { Person: [far.licence, far.number, far.household, far.wage], Enterprise: [far.fine] }
""",
    "departments/far/department.yaml": """department: far
title: Far
sources:
  quay: { kind: graphql, endpoint: "%(url)s/graphql", bearer: %(key)s, max_keys: 20, transport: %(transport)s }
""",
    "departments/far/licence.yaml": """resource: licence
title: Licences
source: quay
from:
  query: "query ($key: CitizenId!) { person(id: $key) { licences { __typename } } }"
  keys: aliases
  keyless: true
  fields: { operator: operator.uscc }
identity: [number]
attach: [{ on: Person, field: licences, by: { citizenId: holder } }]
items:
  number: { title: Number, column: number }
  operator: { title: Operator, column: operator, type: CreditCode, link: { to: Enterprise, by: uscc } }
""",
    "departments/far/number.yaml": """resource: number
title: Numbers, asked in one list
source: quay
from:
  query: "query ($keys: [String!]!) { persons(ids: $keys) { person { licences { __typename } } } }"
  positional: true
  keyless: true
identity: [number]
attach: [{ on: Person, field: numbers, by: { citizenId: holder } }]
items:
  number: { title: Number, column: number }
""",
    "departments/far/household.yaml": """resource: household
title: Households
source: quay
from:
  query: "query ($key: CitizenId!) { person(id: $key) { __typename } }"
  keys: aliases
  keyless: true
  filled: name
identity: [holder]
attach: [{ on: Person, field: household, many: false, by: { citizenId: holder } }]
items:
  name: { title: Name, column: name }
""",
    "departments/far/wage.yaml": """resource: wage
title: Wages, of a source that is down
source: quay
from:
  query: "query ($keys: [String!]!) { persons(ids: $keys) { person { wages { __typename } } } }"
  positional: true
  keyless: true
identity: [month]
attach: [{ on: Person, field: wages, by: { citizenId: holder } }]
items:
  month: { title: Month, column: month }
""",
    "departments/far/fine.yaml": """resource: fine
title: Fines
source: quay
from:
  query: "query ($key: CreditCode!) { enterprise(uscc: $key) { fines { __typename } } }"
  keys: aliases
  keyless: true
identity: [number]
attach: [{ on: Enterprise, field: fines, by: { uscc: code } }]
open: unconditional
items:
  number: { title: Number, column: number }
""",
}
ACCESS = """application: desk
title: Desk
audience: share
department: far
purposes: [PERMIT]
grants:
  - { id: G, purposes: [PERMIT], items: [far.licence.*, far.number.*, far.household.*, far.wage.*], level: 4 }
"""
Open = Callable[[str], AbstractAsyncContextManager[Gateway]]


@pytest.fixture(scope="module")
def department() -> Iterator[Department]:
    with open_department() as opened:
        yield opened


@pytest.fixture(scope="module")
def quay(department: Department, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("quay")
    settings = {"JUTONG_DEMO_DATA": str(folder), "JUTONG_DEMO_LICENCES": department.url}
    with serve(folder, write_city(folder, 50), **settings) as served:
        yield served


@pytest.fixture
def far(quay: Served, tmp_path: Path) -> Open:
    @asynccontextmanager
    async def open_far(key: str) -> AsyncIterator[Gateway]:
        told = {"url": quay.url, "key": key, "transport": chosen_transport.get()}
        for name, text in {**FILES, "access/desk.yaml": ACCESS}.items():
            file = tmp_path / "city" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text % told if "%(" in text else text, encoding="utf-8")
        settings = Settings(catalogue=tmp_path / "city", state=tmp_path / "state")
        async with open_gateway(settings) as opened:
            yield opened

    return open_far


async def ask(gateway: Gateway, document: str, **variables: Any) -> tuple[Any, dict[str, str]]:
    """The data, and the codes of errors by their pattern."""
    deadline = soon()
    answer = await gateway.answer(Ask(document, DESK, "r-1", deadline, variables=variables))
    body = orjson.loads(answer.body)
    errors = {e["extensions"].get("pattern", ""): e["extensions"]["code"] for e in body.get("errors", ())}
    return body.get("data"), errors


async def test_what_one_gateway_shows_another_joins(far: Open) -> None:
    async with far("desk") as gateway:
        data, errors = await ask(
            gateway,
            f"""{{ a: person(id: "{citizen(1)}") {{ household {{ name }} numbers {{ number }}
                licences {{ number operator {{ fines(orderBy: [{{ number: ASC }}]) {{ number }} }} }} }}
              b: person(id: "{citizen(2)}") {{ household {{ name }} numbers {{ number }} }} }}""",
        )
    assert errors == {}
    fines = [{"number": f"F-{number}"} for number in range(3)]
    mine = f"L-{citizen(1)[-5:]}"
    assert data["a"] == {
        "household": {"name": name_of(1)},
        "numbers": [{"number": mine}],
        "licences": [{"number": mine, "operator": {"fines": fines}}],
    }
    assert data["b"] == {
        "household": {"name": name_of(2)},
        "numbers": [{"number": f"L-{citizen(2)[-5:]}"}],
    }


async def test_many_keys_are_one_request_to_the_other(far: Open, department: Department) -> None:
    ids = [citizen(number) for number in range(20)]
    async with far("desk") as gateway:
        document = "query($ids: [String!]!) { persons(ids: $ids) { person { licences { number } numbers { number } } } }"
        data, errors = await ask(gateway, document, ids=ids)
    assert errors == {}
    for id_, one in zip(ids, data["persons"], strict=True):
        expected = [] if id_.endswith("X") else [{"number": f"L-{id_[-5:]}"}]
        assert one["person"] == {"licences": expected, "numbers": expected}


async def test_nobody_in_the_other_is_no_record_here(far: Open) -> None:
    async with far("desk") as gateway:
        data, errors = await ask(gateway, f'{{ person(id: "{NOBODY}") {{ household {{ name }} }} }}')
    assert (data, errors) == ({"person": {"household": None}}, {})


async def test_what_is_down_behind_the_other_is_down_here_for_everybody(far: Open) -> None:
    """The other tells one error for all of them, with a count."""
    async with far("desk") as gateway:
        document = (
            "query($ids: [String!]!) { persons(ids: $ids) { person { wages { month } numbers { number } } } }"
        )
        data, errors = await ask(gateway, document, ids=[citizen(1), citizen(2), citizen(3)])
    assert [one["person"]["wages"] for one in data["persons"]] == [None, None, None]
    assert all(one["person"]["numbers"] for one in data["persons"])
    assert errors == {"persons.*.person.wages": "SOURCE_DOWN"}


@pytest.mark.parametrize("key", ["stranger", "nobody-has-this-key"])
async def test_what_the_other_refuses_us_is_an_error_and_never_empty(far: Open, key: str) -> None:
    async with far(key) as gateway:
        document = "query($ids: [String!]!) { persons(ids: $ids) { person { numbers { number } licences { number } } } }"
        data, errors = await ask(gateway, document, ids=[citizen(1), citizen(2)])
        fines, _ = await ask(gateway, f'{{ enterprise(uscc: "{FLEET}") {{ fines {{ number }} }} }}')
    assert [one["person"] for one in data["persons"]] == [{"numbers": None, "licences": None}] * 2
    assert set(errors.values()) == {"SOURCE_DOWN"}
    assert (fines["enterprise"]["fines"] is None) == (key != "stranger")
