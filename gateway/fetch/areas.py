"""Areas that a condition speaks of by a key: taken from the rows of the fetch that brought them."""

from collections.abc import Sequence

from connectors.requests import Key
from gateway.fetch.failures import Failure
from gateway.fetch.result import Result, Results, Rows
from gateway.plan.model import AreaInput, Fetch, Operands, Plan
from schema.geography import Area, GeographyError, read_area
from schema.values import Invalid


def place_areas(
    areas: Sequence[AreaInput], plan: Plan, results: Results, operands: Operands
) -> Operands | Failure:
    """Put areas where the operands have their keys.

    A condition over an area that is not known is never "no match": the field that carries it fails as
    the area does.
    """
    placed = list(operands)
    for area in areas:
        source = plan.by_id[area.fetch]
        found = _area_of(area, source, results[source.id], (operands[area.slot.index],))
        if isinstance(found, Failure):
            return found
        placed[area.slot.index] = found
    return tuple(placed)


def _area_of(area: AreaInput, source: Fetch, found: Result, key: Key) -> Area | Failure:
    """The one area of a key; rows without an area are history and do not count."""
    resource = source.spec.resource
    entry = found.entries.get(key, Rows(()))
    if isinstance(entry, Failure):
        return entry
    position = source.items.index(area.item)
    texts = {row[position] for row in entry.rows if row[position] is not None}
    if len(texts) != 1:
        code, said = ("MULTIPLE_RECORDS", "several areas") if texts else ("NO_RECORD", "no area")
        return Failure(code, f"{resource.title}: {said} under this key.", source=resource.code)
    (text,) = texts
    try:
        if not isinstance(text, Invalid):
            return read_area(text, max_positions=None)
    except GeographyError:
        pass
    message = f"{resource.title}: the stored area is not valid."
    return Failure("INVALID_VALUE", message, source=resource.code)
