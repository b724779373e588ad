"""Where rows of a resource stand, and which areas they are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coordinates:
    """The items that say where a row stands, in degrees of CGCS2000."""

    lon: str
    lat: str


@dataclass(frozen=True, slots=True)
class Boundary:
    """The areas of entities: the item that holds them, in rows attached by the entity's default key."""

    item: str
    entity: str
