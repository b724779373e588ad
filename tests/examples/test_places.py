"""Places of the demo: districts, areas without a code, what stands where, and what a sensor says of itself."""

from typing import Any

import pytest

from tests.examples.demo import Demo

pytestmark = pytest.mark.xdist_group("demo")

WATCH = """query Watch($division: String!) {
  place(code: $division) {
    cityManagement { bridges(first: 100) { name reading observedAt ageSeconds isStale } }
    emergency { hazards(where: { level: { eq: "一级" } }) { hazardNo } }
  } }"""


def test_what_stands_in_a_district_takes_two_calls_and_a_stale_sensor_is_flagged(city: Demo) -> None:
    place = city.ask(WATCH, {"division": "500106"}, "demo-hall")["data"]["place"]
    stale, alive = place["cityManagement"]["bridges"]
    assert (stale["name"], stale["reading"], stale["isStale"]) == ("沙坪坝示范大桥", "18.7", True)
    assert stale["ageSeconds"] > 200 * 86_400
    assert (alive["name"], alive["isStale"]) == ("沙坪坝区2号大桥", False)
    assert alive["ageSeconds"] < 3_600
    assert place["emergency"] == {"hazards": [{"hazardNo": "WXY-500106-1"}]}


def test_there_are_26_districts_and_12_counties_in_force(city: Demo) -> None:
    codes = [f"500{number}" for number in range(100, 250)]
    document = "query($ids: [String!]!) { places(ids: $ids) { code place { planning { divisions { code name boundary } } } } }"
    answers = city.ask(document, {"ids": codes}, "")["data"]["places"]
    found = [
        one
        for answer in answers
        if answer["code"] == "OK"
        for one in answer["place"]["planning"]["divisions"]
    ]
    assert [answer["code"] for answer in answers].count(
        "DUPLICATE_OF"
    ) == 11  # retired, of the districts before
    assert len([one for one in found if one["code"] < "500200"]) == 26
    assert len([one for one in found if one["code"] > "500200"]) == 12
    assert {"500100", "500200"}.isdisjoint(one["code"] for one in found)
    assert all(one["boundary"]["type"] == "Polygon" for one in found)
    holes = [one["name"] for one in found if len(one["boundary"]["coordinates"]) == 2]
    assert holes == ["渝北区"]


NEAR = """query($where: HealthInstitutionSearch!) {
  medicalInstitutions(where: $where, orderBy: [{ name: ASC }]) { totalCount nodes { name division } } }"""
PLACES: list[tuple[dict[str, Any], list[str]]] = [
    # 沙坪坝's field begins at 108.9 east; its clinics stand 0.175 degrees apart at 28.6 north, which is 17.1 km
    (
        {"near": {"point": {"lon": 109.25, "lat": 28.6}, "radiusMetres": 17_000}},
        ["沙坪坝区第2示范诊所"],
    ),
    (
        {"near": {"point": {"lon": 109.25, "lat": 28.6}, "radiusMetres": 17_200}},
        ["沙坪坝区第1示范诊所", "沙坪坝区第2示范诊所", "沙坪坝区第3示范诊所"],
    ),
    (
        {"within": {"division": "500106"}},
        ["沙坪坝区第1示范诊所", "沙坪坝区第2示范诊所", "沙坪坝区第3示范诊所"],
    ),
    (
        {"within": {"division": "500222"}},  # retired: the area is that of the district in its place
        ["綦江区第1示范诊所", "綦江区第2示范诊所", "綦江区第3示范诊所", "綦江县示范卫生院"],
    ),
    (
        {"box": {"west": 109.2, "south": 28, "east": 109.3, "north": 29}},
        ["沙坪坝区第2示范诊所"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("where", "names"), PLACES)
def test_everyone_may_ask_what_is_near(city: Demo, where: dict[str, Any], names: list[str]) -> None:
    found = city.ask(NEAR, {"where": where}, "")["data"]["medicalInstitutions"]
    assert [one["name"] for one in found["nodes"]] == names
    assert found["totalCount"] == len(names)


def test_a_service_without_filters_is_asked_by_place_all_the_same(city: Demo) -> None:
    document = """query($where: CityManagementBridgeWhere) {
      place(code: "500106") { cityManagement { bridges(where: $where) { name } } } }"""
    where = {"box": {"west": 109, "south": 28.4, "east": 109.1, "north": 28.5}}
    found = city.ask(document, {"where": where}, "demo-hall")["data"]["place"]["cityManagement"]
    assert found == {"bridges": [{"name": "沙坪坝示范大桥"}]}


def test_gcj_02_is_refused_where_it_says_what_it_is(city: Demo) -> None:
    area = {"type": "Polygon", "coordinates": [], "crs": {"properties": {"name": "GCJ-02"}}}
    body = city.ask(NEAR, {"where": {"within": {"polygon": area}}}, "")
    assert "names a coordinate system" in body["errors"][0]["message"]
