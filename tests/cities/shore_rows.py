"""Rows of the shore: two wards, one of them with a lagoon, and beacons along the water."""

import json
from typing import Any

SQUARE = [[110.0, 20.0], [110.2, 20.0], [110.2, 20.2], [110.0, 20.2], [110.0, 20.0]]
LAGOON = [[110.05, 20.05], [110.15, 20.05], [110.15, 20.15], [110.05, 20.15], [110.05, 20.05]]
TABLES: dict[str, list[dict[str, Any]]] = {
    "survey.ward": [
        {"NO": "1", "CODE": "W1", "NAME": "Before 1990", "EDGE": None},
        {"NO": "2", "CODE": "W1", "NAME": "West", "EDGE": {"type": "Polygon", "coordinates": [SQUARE, LAGOON]}},
        {"NO": "3", "CODE": "W2", "NAME": "East", "EDGE": '{"type": "Polygon", "coordinates": "lost"}'},
        {"NO": "4", "CODE": "W3", "NAME": "Twice", "EDGE": json.dumps({"type": "Polygon", "coordinates": [SQUARE]})},
        {"NO": "5", "CODE": "W3", "NAME": "Twice", "EDGE": json.dumps({"type": "Polygon", "coordinates": [LAGOON]})},
        {"NO": "6", "CODE": "W4", "NAME": "Knot", "EDGE": {"type": "Polygon", "coordinates": [
            [[110, 20], [111, 21], [111, 20], [110, 21], [110, 20]]]}},
    ],
    "harbour.beacon": [
        {"NO": 1, "WARD": "W1", "NAME": "corner", "LIT": 1990, "LON": 110.0, "LAT": 20.0},
        {"NO": 2, "WARD": "W1", "NAME": "shore", "LIT": 1990, "LON": 110.01, "LAT": 20.1},
        {"NO": 3, "WARD": "W1", "NAME": "lagoon", "LIT": 2001, "LON": 110.1, "LAT": 20.1},
        {"NO": 4, "WARD": "W1", "NAME": "lagoon edge", "LIT": None, "LON": 110.05, "LAT": 20.1},
        {"NO": 5, "WARD": "W1", "NAME": "lost", "LIT": 2005, "LON": None, "LAT": 20.1},
        {"NO": 6, "WARD": "W2", "NAME": "far", "LIT": 1995, "LON": 111.0, "LAT": 21.0},
        {"NO": 7, "WARD": "W2", "NAME": "dateline", "LIT": 1996, "LON": 179.999, "LAT": -16.5},
        {"NO": 8, "WARD": "W2", "NAME": "beyond", "LIT": 1997, "LON": -179.999, "LAT": -16.5},
    ],
}  # fmt: skip
