"""Near, within and in a box: on lists and collections, over what pushes boxes down and what does not."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import strawberry

from connectors.errors import SourceUnavailable
from gateway.plan.explain import explain
from schema.predicate import And, Compare
from schema.types.splice import EntityRef, entity_placeholder
from tests.cities.shore_rows import LAGOON, SQUARE, TABLES
from tests.kit import ALL, DESK, NOTHING, STRANGER, City, open_city

LIST = (
    'query($where: HarbourBeaconWhere) { place(code: "W1") { harbour { beacons(where: $where) { name } } } }'
)
PAGES = """query($where: HarbourBeaconSearch, $first: Int, $after: String) {
  beacons(where: $where, first: $first, after: $after) {
    totalCount nodes { name } pageInfo { hasNextPage endCursor } } }"""
AREA = {"type": "Polygon", "coordinates": [SQUARE, LAGOON]}
ON_LAND = ["corner", "shore", "lagoon edge"]
CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"box": {"west": 110, "south": 20, "east": "110.05", "north": 20.1}}, ["corner", "shore", "lagoon edge"]),
    ({"box": {"west": 110.0001, "south": 20, "east": 110.0999, "north": 21}}, ["shore", "lagoon edge"]),
    # 0.05 degrees of the parallel at 20.1 degrees north are 5,229.0 m, by the radius of the parallel
    ({"near": {"point": {"lon": 110.1, "lat": 20.1}, "radiusMetres": 5_230}}, ["lagoon", "lagoon edge"]),
    ({"near": {"point": {"lon": 110.1, "lat": 20.1}, "radiusMetres": 5_228}}, ["lagoon"]),
    ({"within": {"polygon": AREA}}, ON_LAND),
    ({"within": {"ward": "W1"}}, ON_LAND),
    ({"within": {"ward": "W1"}, "lit": {"ge": 1990}}, ["corner", "shore"]),
    ({"not": {"within": {"ward": "W1"}}}, ["lagoon"]),
    ({"or": [{"lit": {"eq": 2005}}, {"near": {"point": {"lon": 110, "lat": 20}, "radiusMetres": 1}}]}, ["corner", "lost"]),
]  # fmt: skip


def shore(capabilities: Any = ALL, **options: Any) -> City:
    return open_city(capabilities, TABLES, "shore", **options)


@pytest.mark.parametrize("capabilities", [ALL, NOTHING])
@pytest.mark.parametrize(("where", "names"), CASES)
async def test_a_list_holds_the_rows_that_stand_there(
    capabilities: Any, where: dict[str, Any], names: list[str]
) -> None:
    body = await shore(capabilities).ask(LIST, {"where": where})
    assert body == {"data": {"place": {"harbour": {"beacons": [{"name": name} for name in names]}}}}


@pytest.mark.parametrize("first", [1, 2, 50])
@pytest.mark.parametrize(
    ("where", "names"),
    [
        *CASES[:7],
        ({"not": {"within": {"ward": "W1"}}}, ["lagoon", "far", "dateline", "beyond"]),
        (
            {
                "and": [
                    {"near": {"point": {"lon": 110.1, "lat": 20.1}, "radiusMetres": 5_230}},
                    {"lit": {"in": [2001]}},
                ],
                "name": {"ne": "x"},
            },
            ["lagoon"],
        ),
        (
            {"box": {"west": 179.9, "south": -17, "east": -179.9, "north": -16}},
            ["dateline", "beyond"],
        ),
        (
            {"near": {"point": {"lon": -180, "lat": -16.5}, "radiusMetres": 200}},
            ["dateline", "beyond"],
        ),
    ],
)
async def test_pages_lead_through_the_rows_that_stand_there(
    first: int, where: dict[str, Any], names: list[str]
) -> None:
    city, seen, after = shore(), [], None
    while True:
        body = await city.ask(PAGES, {"where": where, "first": first, "after": after})
        assert "errors" not in body
        page = body["data"]["beacons"]
        assert page["totalCount"] == len(names)
        assert len(page["nodes"]) <= first
        seen += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == names


async def test_the_source_is_given_the_box_and_no_more_columns() -> None:
    city = shore()
    near = {"near": {"point": {"lon": 110.1, "lat": 20.1}, "radiusMetres": 1000}}
    await city.ask(LIST, {"where": near})
    (load,) = city.loads
    assert isinstance(load.predicate, And)
    edges = {
        (part.item, part.operator): part.operand for part in load.predicate.parts if isinstance(part, Compare)
    }
    assert [(name, f"{edge:.3f}") for name, edge in edges.items()] == [
        (("lat", "ge"), "20.091"),
        (("lat", "le"), "20.109"),
        (("lon", "ge"), "110.090"),
        (("lon", "le"), "110.110"),
    ]
    assert set(load.items) == {"name", "lon", "lat"}
    box = {"box": {"west": 110, "south": 20, "east": 111, "north": 21}}
    await city.ask(LIST, {"where": box})
    assert set(city.loads[-1].items) == {"name"}


async def test_an_area_by_its_code_is_one_more_hop_and_shared() -> None:
    city = shore()
    body = await city.ask(
        """query($w: String!) {
             place(code: $w) { wards { name edge } harbour { beacons(where: { within: { ward: $w } }) { name } } }
             beacons(where: { within: { ward: $w } }) { nodes { name } } }""",
        {"w": "W1"},
    )
    assert body["data"]["place"]["wards"][1] == {"name": "West", "edge": AREA}
    assert body["data"]["beacons"]["nodes"] == [{"name": name} for name in ON_LAND]
    asked = [(load.resource.code, type(load).__name__) for load in city.loads]
    assert asked == [("survey.ward", "Load"), ("harbour.beacon", "Load"), ("harbour.beacon", "Scan")]


@pytest.mark.parametrize(
    ("ward", "code"),
    [("W2", "INVALID_VALUE"), ("W3", "MULTIPLE_RECORDS"), ("W4", "INVALID_VALUE"), ("W9", "NO_RECORD")],
)
async def test_an_area_that_is_not_known_is_never_no_match(ward: str, code: str) -> None:
    city = shore()
    where = {"within": {"ward": ward}}
    body = await city.ask(LIST, {"where": where})
    assert body["data"]["place"]["harbour"]["beacons"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]
    body = await city.ask(PAGES, {"where": where})
    assert body["data"]["beacons"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]
    assert {load.resource.code for load in city.loads} == {"survey.ward"}


async def test_an_area_whose_register_is_down_takes_the_condition_with_it() -> None:
    city = shore(faults={"survey.ward": SourceUnavailable("down")})
    body = await city.ask(LIST, {"where": {"within": {"ward": "W1"}}})
    assert body["data"]["place"]["harbour"]["beacons"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["SOURCE_DOWN"]


async def test_more_rows_than_may_be_sifted_are_truncated_and_not_no_match() -> None:
    rows = [TABLES["harbour.beacon"][2] | {"NO": number} for number in range(41)]
    city = open_city(ALL, TABLES | {"harbour.beacon": rows}, "shore")
    nowhere = {"near": {"point": {"lon": 110.10045, "lat": 20.1004}, "radiusMetres": 51}}
    body = await city.ask(PAGES.replace("totalCount", ""), {"where": nowhere})
    assert body["data"]["beacons"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["TRUNCATED"]


async def test_batches_are_as_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [TABLES["harbour.beacon"][2] | {"NO": number} for number in range(39)]
    city = open_city(ALL, TABLES | {"harbour.beacon": rows}, "shore")
    nowhere = {"near": {"point": {"lon": 110.10045, "lat": 20.1004}, "radiusMetres": 51}}
    body = await city.ask(PAGES.replace("totalCount", ""), {"where": nowhere, "first": 4})
    assert body["data"]["beacons"]["nodes"] == []
    assert [load.limit for load in city.loads] == [5, 10, 20, 5]


@pytest.mark.parametrize("total", ["", "totalCount"])
async def test_batches_are_explained_as_calls_and_as_hops(total: str) -> None:
    rows = [TABLES["harbour.beacon"][2] | {"NO": number} for number in range(39)]
    city = open_city(ALL, TABLES | {"harbour.beacon": rows}, "shore", latency_seconds=0.001)
    document = PAGES.replace("totalCount", total)
    nowhere = {"near": {"point": {"lon": 110.10045, "lat": 20.1004}, "radiusMetres": 51}}
    variables = {"where": nowhere, "first": 4}
    view = city.gateway.snapshot.view("share")
    asked = view.documents.ask(document, None, variables)
    plan, operands = city.gateway.plan(city.gateway.snapshot, view, DESK, asked, city.gateway.now())
    explained = explain(plan, operands, city.gateway.capabilities)
    assert "errors" not in await city.ask(document, variables)
    calls = [call for source in city.sources.values() for call in source.calls]
    assert len(calls) == explained["calls"] == 4 * (1 + bool(total))
    assert all(one.ended <= other.started for one, other in pairwise(calls))
    assert explained["hops"] + explained["batchHops"] == len(calls)


async def test_who_may_not_match_by_the_coordinates_may_not_ask_by_place() -> None:
    city = shore()
    for where in ({"within": {"ward": "W1"}}, {"near": {"point": {"lon": 1, "lat": 1}, "radiusMetres": 1}}):
        body = await city.ask(LIST, {"where": where}, STRANGER)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["DENIED"]
    assert city.loads == []


BAD = [
    ({"near": {"point": {"lon": 181, "lat": 20}, "radiusMetres": 5}}, "between -180 and 180 degrees"),
    ({"near": {"point": {"lon": 110, "lat": 91}, "radiusMetres": 5}}, "between -90 and 90 degrees"),
    ({"near": {"point": {"lon": 110, "lat": 20}, "radiusMetres": 0}}, "more than 0"),
    ({"within": {"polygon": {"type": "Point", "coordinates": [110.123, 20]}}}, "expects a Polygon"),
    ({"within": {"polygon": AREA | {"crs": {"type": "name"}}}}, "leave 'crs' out"),
    ({"within": {"polygon": {"type": "Polygon", "coordinates": [SQUARE[:-1]]}}}, "ends where it begins"),
    ({"within": {"polygon": {"type": "Polygon", "coordinates": [SQUARE[:1]]}}}, "four positions"),
    ({"within": {"polygon": {"type": "Polygon", "coordinates": [[[20.0, 110.5]] * 4]}}}, "longitude comes first"),
    (
        {"within": {"polygon": {"type": "Polygon", "coordinates": [[[110.123, 20], [111, 21], [111, 20], [110.123, 21], [110.123, 20]]]}}},
        "self-intersection",
    ),
    ({"within": {"polygon": {"type": "Polygon", "coordinates": [LAGOON, SQUARE]}}}, "hole lies outside shell"),
    (
        {"within": {"polygon": {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]}}},
        "crosses the antimeridian",
    ),
    ({"within": {"polygon": {"type": "Polygon", "coordinates": [[[110.123, 20]] * 5_001]}}}, "too many positions"),
    ({"within": {"polygon": {"type": "Feature", "geometry": AREA}}}, "of a Feature"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "words"), BAD)
async def test_what_is_no_place_is_refused_in_words_and_not_repeated(
    where: dict[str, Any], words: str
) -> None:
    city = shore()
    answer = await city.answer(LIST, {"where": where})
    assert answer.status == 400
    assert words in answer.body.decode()
    assert b"110.123" not in answer.body
    assert city.loads == []


async def test_an_area_may_be_written_into_the_document() -> None:
    city = shore()
    area = '{ type: "Polygon", coordinates: [[[110, 20], [110.02, 20], [110.02, 20.2], [110, 20.2], [110, 20]]] }'
    document = '{ place(code: "W1") { harbour { beacons(where: { within: { polygon: %s } }) { name } } } }'
    body = await city.ask(document % area)
    assert body["data"]["place"]["harbour"]["beacons"] == [{"name": "corner"}, {"name": "shore"}]
    body = await city.ask(document % json.dumps(json.dumps(AREA)))
    assert len(body["data"]["place"]["harbour"]["beacons"]) == 3
    broken = area.replace("coordinates: [", "coordinates: [$ring, ")
    answer = await city.answer("query($ring: GeoJSON) " + document % broken, {"ring": AREA})
    assert answer.status == 400


async def test_a_plan_serves_every_place_of_its_shape() -> None:
    city = shore()
    for lon, names in ((110.1, ["lagoon"]), (110.01, ["shore"])):
        near = {"near": {"point": {"lon": lon, "lat": 20.1}, "radiusMetres": 100}}
        body = await city.ask(LIST, {"where": near})
        assert [one["name"] for one in body["data"]["place"]["harbour"]["beacons"]] == names


Place: Any = entity_placeholder("Place")


@strawberry.type
class Here:
    @strawberry.field
    def here(self) -> Place | None:
        return EntityRef("Place", "code", ("W1",))


async def test_a_hand_written_field_leads_to_what_stands_in_an_area() -> None:
    city = shore(skeletons={"query": Here})
    body = await city.ask('{ here { harbour { beacons(where: { within: { ward: "W1" } }) { name } } } }')
    assert body["data"]["here"]["harbour"]["beacons"] == [{"name": name} for name in ON_LAND]
    assert [load.resource.code for load in city.loads] == ["survey.ward", "harbour.beacon"]


async def test_a_source_without_boxes_is_not_paged_by_place() -> None:
    blind = replace(ALL, operators=frozenset({"eq"}))
    near = {"near": {"point": {"lon": 110, "lat": 20.1}, "radiusMetres": 100}}
    answer = await shore(blind).answer(PAGES, {"where": near}, DESK)
    assert answer.status == 400
