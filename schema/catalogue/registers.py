"""Registers of aliases, found by the entity whose keys they hold."""

from collections.abc import Iterable, Mapping

from schema.catalogue.model import Resource


def registers_of(resources: Iterable[Resource]) -> Mapping[str, tuple[Resource, ...]]:
    """Those that can be reached, by entity, in the order of the catalogue."""
    found: dict[str, tuple[Resource, ...]] = {}
    for one in resources:
        if one.aliases is not None and one.is_connected:
            found[one.aliases.entity] = (*found.get(one.aliases.entity, ()), one)
    return found
