"""Keys as fields: the parts that were selected, and no others."""

from typing import Any

import pytest

from tests.kit import open_city

VEHICLE = '{ vehicle(plate: { number: "渝DEM001", colour: BLUE }) { plate { %s } } }'
SELECTED: list[tuple[str, dict[str, Any]]] = [
    ("number @skip(if: true)", {}),
    ("number @include(if: false) colour @skip(if: true)", {}),
    ("number @skip(if: true) __typename", {"__typename": "VehiclePlate"}),
    ("number @skip(if: true) colour", {"colour": "BLUE"}),
    ("n: number colour", {"n": "渝DEM001", "colour": "BLUE"}),
]


@pytest.mark.parametrize("through_core", [False, True])
@pytest.mark.parametrize(("selected", "plate"), SELECTED)
async def test_a_composite_key_holds_the_parts_that_were_selected(
    selected: str, plate: dict[str, Any], through_core: bool
) -> None:
    document = VEHICLE % selected
    if through_core:
        document = document.replace("{ vehicle", "{ catalogue { __typename } vehicle")
    body = await open_city().ask(document)
    assert body["data"]["vehicle"] == {"plate": plate}
