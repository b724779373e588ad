"""Where a row stands, computed in other ways than the product does.

Areas by exact crossings of a ray in fractions, distances by Vincenty's inverse formula (1975) on the
ellipsoid of CGCS2000: good to a millimetre, far from antipodes.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import atan, atan2, cos, radians, sin, sqrt, tan
from typing import Any

MAJOR, FLATTENING = 6_378_137.0, 1 / 298.257222101

Point = tuple[Fraction, Fraction]


def is_in_box(
    west: Decimal, south: Decimal, east: Decimal, north: Decimal, lon: Decimal, lat: Decimal
) -> bool:
    """On an edge, too; west beyond east crosses the antimeridian."""
    is_between = west <= lon <= east if west <= east else lon >= west or lon <= east
    return is_between and south <= lat <= north


def is_in_area(geometry: dict[str, Any], lon: Decimal, lat: Decimal) -> bool:
    """In one of its polygons and in none of their holes; edges, those of holes as well, belong to it."""
    polygons = geometry["coordinates"]
    point = (Fraction(lon), Fraction(lat))
    for outer, *holes in [polygons] if geometry["type"] == "Polygon" else polygons:
        if _is_on(outer, point) or any(_is_on(hole, point) for hole in holes):
            return True
        if _is_inside(outer, point) and not any(_is_inside(hole, point) for hole in holes):
            return True
    return False


def _edges(ring: list[list[float]]) -> Iterator[tuple[Point, Point]]:
    exact = [(Fraction(str(x)), Fraction(str(y))) for x, y, *_ in ring]
    yield from pairwise(exact)


def _is_on(ring: list[list[float]], point: Point) -> bool:
    x, y = point
    return any(
        (bx - ax) * (y - ay) == (by - ay) * (x - ax)
        and min(ax, bx) <= x <= max(ax, bx)
        and min(ay, by) <= y <= max(ay, by)
        for (ax, ay), (bx, by) in _edges(ring)
    )


def _is_inside(ring: list[list[float]], point: Point) -> bool:
    x, y = point
    crossed = [
        ax + (y - ay) * (bx - ax) / (by - ay) > x
        for (ax, ay), (bx, by) in _edges(ring)
        if (ay > y) != (by > y)
    ]
    return sum(crossed) % 2 == 1


def metres_between(lon: Decimal, lat: Decimal, other_lon: Decimal, other_lat: Decimal) -> float:
    """Along the geodesic."""
    minor = MAJOR * (1 - FLATTENING)
    one, two = (atan((1 - FLATTENING) * tan(radians(float(at)))) for at in (lat, other_lat))
    wanted = radians(float(other_lon) - float(lon))
    wanted = atan2(sin(wanted), cos(wanted))
    along = wanted
    for _ in range(100):
        across = sqrt(
            (cos(two) * sin(along)) ** 2 + (cos(one) * sin(two) - sin(one) * cos(two) * cos(along)) ** 2
        )
        if across == 0:
            return 0.0
        ahead = sin(one) * sin(two) + cos(one) * cos(two) * cos(along)
        angle = atan2(across, ahead)
        azimuth = cos(one) * cos(two) * sin(along) / across
        square = 1 - azimuth**2
        middle = ahead - 2 * sin(one) * sin(two) / square if square else 0.0
        c = FLATTENING / 16 * square * (4 + FLATTENING * (4 - 3 * square))
        before = along
        along = wanted + (1 - c) * FLATTENING * azimuth * (
            angle + c * across * (middle + c * ahead * (2 * middle**2 - 1))
        )
        if abs(along - before) < 1e-13:
            break
    u = square * (MAJOR**2 - minor**2) / minor**2
    a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    turn = (
        b
        * across
        * (
            middle
            + b
            / 4
            * (ahead * (2 * middle**2 - 1) - b / 6 * middle * (4 * across**2 - 3) * (4 * middle**2 - 3))
        )
    )
    return minor * a * (angle - turn)
