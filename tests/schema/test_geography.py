"""Distances held to published lengths, boxes to the circles they must hold."""

from decimal import Decimal
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.geography import Area, GeographyError, bounds_of, distance_metres, read_area, stands
from schema.predicate import Located, Slot, bind, evaluate, items_of, passes

GRS80 = Geodesic(6378137, 1 / 298.257222101)
ZERO = Decimal(0)
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}


def test_a_quarter_of_a_meridian_is_as_published() -> None:
    """Moritz, Geodetic Reference System 1980: 10,001,965.7293 m from the equator to a pole."""
    assert distance_metres(ZERO, ZERO, ZERO, Decimal(90)) == pytest.approx(10_001_965.7293, abs=0.001)


def test_a_degree_of_the_equator_is_its_share_of_the_circle() -> None:
    """2π · 6,378,137 / 360, also over the antimeridian."""
    assert distance_metres(ZERO, ZERO, Decimal(1), ZERO) == pytest.approx(111_319.4908, abs=0.001)
    assert distance_metres(Decimal("179.5"), ZERO, Decimal("-179.5"), ZERO) == pytest.approx(
        111_319.4908, abs=0.001
    )


@given(
    lon=st.decimals(-180, 180, places=6),
    lat=st.decimals(-90, 90, places=6),
    metres=st.floats(0.01, 1_000_000),
    azimuth=st.floats(0, 360),
    share=st.floats(0, 1),
)
def test_the_box_around_a_circle_holds_all_of_it(
    lon: Decimal, lat: Decimal, metres: float, azimuth: float, share: float
) -> None:
    end = GRS80.Direct(float(lat), float(lon), azimuth, metres * share)
    place: dict[str, Any] = {"x": Decimal(repr(end["lon2"])), "y": Decimal(repr(end["lat2"]))}
    box = bind(Located("x", "y", "near", Slot(0), is_bounds=True), ((lon, lat, metres),))
    assert passes(box, place.get)


@settings(deadline=None)  # the first area imports shapely
@given(lon=st.decimals(-1, 3, places=3), lat=st.decimals(-1, 3, places=3))
def test_a_closed_square_holds_its_edges(lon: Decimal, lat: Decimal) -> None:
    area = read_area(SQUARE)
    assert stands("within", area, lon, lat) is (0 <= lon <= 2 and 0 <= lat <= 2)
    if stands("within", area, lon, lat):
        box = bounds_of("within", area)
        assert box.west <= lon <= box.east
        assert box.south <= lat <= box.north


def test_an_empty_coordinate_is_unknown_either_way() -> None:
    near = bind(Located("x", "y", "near", Slot(0)), ((ZERO, ZERO, 1),))
    assert near is not None
    assert items_of(near) == {"x", "y"}
    assert evaluate(near, {"x": None, "y": ZERO}.get) is None
    assert evaluate(near, {"x": ZERO, "y": ZERO}.get) is True
    assert evaluate(near, {"x": Decimal(1), "y": ZERO}.get) is False


def test_areas_of_several_parts_and_with_heights() -> None:
    apart = {
        "type": "MultiPolygon",
        "coordinates": [
            [[[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]]],
            [[[5, 5], [6, 5], [6, 6], [5, 5]]],
        ],
    }
    area = read_area(apart)
    assert stands("within", area, Decimal("5.9"), Decimal("5.1"))
    assert not stands("within", area, Decimal(3), Decimal(3))
    assert read_area(area.text) == Area(area.text)


@pytest.mark.parametrize(
    "given",
    [
        None,
        1,
        "",
        "{",
        "[]",
        {},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[["0", 0]] * 4]},
        {"type": "Polygon", "coordinates": [[[True, 0]] * 4]},
        {"type": "Polygon", "coordinates": [[[0, 0]] * 4]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 0]] * 4]},
        {"type": "Polygon", "coordinates": [[[1e999, 0]] * 4]},
        {"type": "Polygon", "coordinates": [[[10**400, 0]] * 4]},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]},
        {"type": "GeometryCollection", "geometries": [SQUARE]},
        '{"type":"Polygon","coordinates":' + "[" * 100_000,
    ],
)
def test_what_is_no_area_is_refused_in_fixed_words(given: Any) -> None:
    with pytest.raises(GeographyError):
        read_area(given)
