"""Every base entity reaches every other in at most two hops: a query for each pair, answered as written."""

from pathlib import Path
from typing import Any

import pytest

from gateway.cli.explain import explain_document
from gateway.opening import open_gateway
from gateway.settings import Settings
from tests.examples.demo import CITY, Demo

pytestmark = pytest.mark.xdist_group("demo")

ZHANG, FLEET = "500000198502140017", "91500000DEM000129B"
ADDRESS, CERTIFICATE = "5001030010010001", "1.2.156.3005.2.DEM.ZHANG.1"
LICENCE = "1.2.156.3005.2.DEM.FLEET.2"
FLEET_NAME, ZHANG_ROW = "重庆示范运输集团有限公司", {"name": "张伟"}
ENTITIES = ("Person", "Enterprise", "Place", "Certificate")
PAIRS: dict[tuple[str, str], tuple[str, Any]] = {
    ("Person", "Enterprise"): (
        f'{{ person(id: "{ZHANG}") {{ marketRegulation {{ legalRepresentativeOf {{ enterprise {{ name }} }} }} }} }}',
        {"person": {"marketRegulation": {"legalRepresentativeOf": [{"enterprise": {"name": FLEET_NAME}}]}}},
    ),
    ("Person", "Place"): (
        f'{{ person(id: "{ZHANG}") {{ planning {{ realEstate {{ address {{ planning {{ address {{ fullAddress }} }} }} }} }} }} }}',
        {"person": {"planning": {"realEstate": [{"address": {"planning": {"address": {"fullAddress": "重庆市渝中区示范路1号"}}}}]}}},
    ),
    ("Person", "Certificate"): (
        f'{{ person(id: "{ZHANG}") {{ bigData {{ certificates {{ certificate {{ bigData {{ index {{ type }} }} }} }} }} }} }}',
        {"person": {"bigData": {"certificates": [{"certificate": {"bigData": {"index": {"type": "道路运输从业资格证"}}}}]}}},
    ),
    ("Enterprise", "Person"): (
        f'{{ enterprise(uscc: "{FLEET}") {{ legalRepresentative {{ ... on Person {{ name }} }} }} }}',
        {"enterprise": {"legalRepresentative": ZHANG_ROW}},
    ),
    ("Enterprise", "Place"): (
        f'{{ enterprise(uscc: "{FLEET}") {{ division {{ planning {{ divisions {{ name }} }} }} }} }}',
        {"enterprise": {"division": {"planning": {"divisions": [{"name": "渝北区"}]}}}},
    ),
    ("Enterprise", "Certificate"): (
        f'{{ enterprise(uscc: "{FLEET}") {{ bigData {{ certificates {{ certificate {{ bigData {{ index {{ number }} }} }} }} }} }} }}',
        {"enterprise": {"bigData": {"certificates": [{"certificate": {"bigData": {"index": {"number": "500112000129"}}}}]}}},
    ),
    ("Place", "Person"): (
        f'{{ place(code: "{ADDRESS}") {{ planning {{ realEstate {{ person {{ name }} }} }} }} }}',
        {"place": {"planning": {"realEstate": [{"person": ZHANG_ROW}]}}},
    ),
    ("Place", "Enterprise"): (
        '{ place(code: "500106-B1") { cityManagement { bridges { maintainer { name } } } } }',
        {"place": {"cityManagement": {"bridges": [{"maintainer": {"name": FLEET_NAME}}]}}},
    ),
    ("Place", "Certificate"): (
        f'{{ place(code: "{ADDRESS}") {{ bigData {{ certificates {{ certificate {{ bigData {{ index {{ issuer }} }} }} }} }} }} }}',
        {"place": {"bigData": {"certificates": [{"certificate": {"bigData": {"index": {"issuer": "市交通局"}}}}]}}},
    ),
    ("Certificate", "Person"): (
        f'{{ certificate(number: "{CERTIFICATE}") {{ bigData {{ index {{ holder {{ ... on Person {{ name }} }} }} }} }} }}',
        {"certificate": {"bigData": {"index": {"holder": ZHANG_ROW}}}},
    ),
    ("Certificate", "Enterprise"): (
        f'{{ certificate(number: "{LICENCE}") {{ bigData {{ index {{ holder {{ ... on Enterprise {{ name }} }} }} }} }} }}',
        {"certificate": {"bigData": {"index": {"holder": {"name": FLEET_NAME}}}}},
    ),
    ("Certificate", "Place"): (
        f'{{ certificate(number: "{LICENCE}") {{ bigData {{ index {{ premises {{ planning {{ address {{ fullAddress }} }} }} }} }} }} }}',
        {"certificate": {"bigData": {"index": {"premises": {"planning": {"address": {"fullAddress": "重庆市渝北区示范路1号"}}}}}}},
    ),
}  # fmt: skip


def test_there_is_a_query_for_every_pair() -> None:
    assert set(PAIRS) == {(one, other) for one in ENTITIES for other in ENTITIES if one != other}


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_one_reaches_the_other(city: Demo, pair: tuple[str, str]) -> None:
    document, answer = PAIRS[pair]
    assert city.ask(document, {}, "demo-hall") == {"data": answer}


async def test_none_of_them_takes_more_than_two_hops(tmp_path: Path) -> None:
    settings = Settings(catalogue=CITY / "catalogue", state=tmp_path / "state", demo_keys=True)
    async with open_gateway(settings) as gateway:
        for (one, other), (document, _) in PAIRS.items():
            file = tmp_path / f"{one}-{other}.graphql"
            file.write_text(document, encoding="utf-8")
            plan = explain_document(gateway, file, "demo-hall", None)
            assert (plan["hops"], plan["denied"]) == (2, []), (one, other)
