"""Where things stand: areas as GeoJSON (RFC 7946), distances on the ellipsoid of CGCS2000.

Coordinates are degrees of longitude and latitude in CGCS2000, which differs from WGS 84 by
centimetres. GCJ-02 and BD-09 are shifted by hundreds of metres and cannot be told from numbers, so
the scalars of the graph say which system they take. Errors carry no coordinate of anybody.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:  # shapely takes numpy along: only a city that asks for areas pays for it
    from geographiclib.geodesic import Geodesic
    from shapely.geometry.base import BaseGeometry

Relation = Literal["box", "near", "within"]

SEMI_MAJOR_METRES: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257222101
"""CGCS2000 (GB 22021): the ellipsoid of GRS 80 but for the tenth digit."""
LEAST_RADIUS_METRES: Final = 6_335_439.0
"""Of curvature, at the equator along a meridian: a sphere of it makes every distance a wider angle."""
MARGIN_DEGREES: Final = Decimal("0.000001")
"""A tenth of a metre around a box that only narrows down: rounding loses no row."""
MAX_POSITIONS: Final = 5_000
"""Of an area in a request; what a register holds may have more."""
MAX_METRES: Final = 1_000_000
"""Of a radius: a province and its neighbours."""


class GeographyError(ValueError):
    """What is no area of ours. Its words are fixed and hold no coordinate."""


@dataclass(frozen=True, slots=True)
class Box:
    """From west to east and south to north, edges included; west beyond east crosses the antimeridian."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal


@dataclass(frozen=True)
class Area:
    """A polygon or several; their edges belong to them. Edges are straight in longitude and latitude."""

    text: str
    """Compact GeoJSON."""

    @cached_property
    def shape(self) -> "BaseGeometry":
        """The same for computing."""
        from shapely import from_geojson, prepare

        shape = from_geojson(self.text)
        prepare(shape)
        return shape

    @property
    def bounds(self) -> Box:
        """The smallest box around it."""
        return Box(*(Decimal(repr(edge)) for edge in self.shape.bounds))


def read_area(given: Any, *, max_positions: int | None = MAX_POSITIONS) -> Area:
    """Give the area of a GeoJSON geometry (object or text); raises `GeographyError`.

    Only polygons; rings closed, positions on the globe, holes inside, nothing crossing itself. An
    edge over the antimeridian is refused, as RFC 7946 has areas cut there (section 3.1.9).
    """
    area = Area(read_geometry(given))
    geometry = json.loads(area.text)
    rings = list(_rings(geometry))
    if max_positions is not None and sum(map(len, rings)) > max_positions:
        raise GeographyError("too many positions")
    for ring in rings:
        _check_ring(ring)
    from shapely import is_valid_reason

    reason = is_valid_reason(area.shape).partition("[")[0]
    if reason != "Valid Geometry":
        raise GeographyError(f"not a valid area: {reason.lower()}")
    return area


def read_geometry(given: Any) -> str:
    """Give GeoJSON as compact text; raises `GeographyError` where it is no geometry."""
    try:
        found = json.loads(given) if isinstance(given, str | bytes) else given
        if not isinstance(found, dict) or found.get("type") not in _GEOMETRIES:
            raise GeographyError("expects a GeoJSON geometry; of a Feature, give its 'geometry'")
        if "crs" in found:
            raise GeographyError(
                "names a coordinate system: only the one of this scalar is taken, so leave 'crs' out"
            )
        if not isinstance(found.get("coordinates"), list):
            raise GeographyError("has no coordinates")
        kept = {"type": found["type"], "coordinates": found["coordinates"]}
        return json.dumps(kept, separators=(",", ":"), allow_nan=False)
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError, RecursionError):
        raise GeographyError("expects a GeoJSON geometry") from None
    except ValueError as error:
        if isinstance(error, GeographyError):
            raise
        raise GeographyError("coordinates are finite numbers") from None


def distance_metres(lon: Decimal, lat: Decimal, other_lon: Decimal, other_lat: Decimal) -> float:
    """The length of the shortest way over the ellipsoid (Karney 2013: to nanometres)."""
    found = _geodesic().Inverse(float(lat), float(lon), float(other_lat), float(other_lon), DISTANCE)
    return float(found["s12"])


def bounds_of(relation: Relation, region: Any) -> Box:
    """A box that holds everything near a point or within an area, and a little more."""
    if relation == "box":
        return Box(*region)
    box = region.bounds if relation == "within" else _around(*region)
    return Box(
        max(box.west - MARGIN_DEGREES, Decimal(-180)) if box.west <= box.east else box.west - MARGIN_DEGREES,
        box.south - MARGIN_DEGREES,
        min(box.east + MARGIN_DEGREES, Decimal(180)) if box.west <= box.east else box.east + MARGIN_DEGREES,
        box.north + MARGIN_DEGREES,
    )


def stands(relation: Relation, region: Any, lon: Decimal, lat: Decimal) -> bool:
    """Whether a place is near a point (lon, lat, metres), or within an area."""
    if relation == "near":
        centre_lon, centre_lat, metres = region
        return bool(distance_metres(lon, lat, centre_lon, centre_lat) <= metres)
    from shapely import intersects_xy

    area: Area = region
    return bool(intersects_xy(area.shape, float(lon), float(lat)))


DISTANCE: Final = 1025
"""`Geodesic.DISTANCE`, without importing it."""

_GEOMETRIES: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)


@cache
def _geodesic() -> "Geodesic":
    from geographiclib.geodesic import Geodesic

    return Geodesic(SEMI_MAJOR_METRES, FLATTENING)


def _around(lon: Decimal, lat: Decimal, metres: float) -> Box:
    """A box around a circle: on a sphere so small that the ellipsoid's circle lies inside."""
    angle = float(metres) / LEAST_RADIUS_METRES
    up = math.degrees(angle)
    south, north = float(lat) - up, float(lat) + up
    reach = math.sin(angle) / math.cos(math.radians(float(lat))) if abs(float(lat)) < 90 else 1.0
    if south <= -90 or north >= 90 or reach >= 1:
        return Box(Decimal(-180), _degrees(south), Decimal(180), _degrees(north))
    aside = math.degrees(math.asin(reach))
    west, east = float(lon) - aside, float(lon) + aside
    return Box(
        _degrees(west + 360 if west < -180 else west),
        _degrees(south),
        _degrees(east - 360 if east > 180 else east),
        _degrees(north),
    )


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.9f}")


def _rings(geometry: Any) -> Iterator[Any]:
    if geometry["type"] not in {"Polygon", "MultiPolygon"}:
        raise GeographyError("expects a Polygon or a MultiPolygon")
    coordinates = geometry["coordinates"]
    for polygon in coordinates if geometry["type"] == "MultiPolygon" else [coordinates]:
        if not isinstance(polygon, list) or not polygon:
            raise GeographyError("a polygon is a list of rings")
        for ring in polygon:
            if not isinstance(ring, list):
                raise GeographyError("a ring is a list of positions")
            yield ring
    if not coordinates:
        raise GeographyError("has no polygon")


def _check_ring(ring: list[Any]) -> None:
    for position in ring:
        if (
            not isinstance(position, list)
            or len(position) not in {2, 3}
            or not all(map(_is_number, position))
        ):
            raise GeographyError("a position is [longitude, latitude]")
        if not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
            raise GeographyError("a position is not on the globe; longitude comes first")
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise GeographyError("a ring has four positions or more, and ends where it begins")
    if any(abs(one[0] - other[0]) > 180 for one, other in pairwise(ring)):
        raise GeographyError("an edge crosses the antimeridian: cut the area there into a MultiPolygon")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
