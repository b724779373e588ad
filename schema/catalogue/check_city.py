"""Mistakes of the city itself: entities that nobody ships, promotions of what is not there."""

from collections.abc import Iterator

from schema.catalogue.declared import Declarations
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location


def check_city(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    """Check what is taken and what is promoted."""
    if declared.city is None:
        return
    file, city = declared.city.file, declared.city.value
    for position, name in enumerate(city.use):
        if name not in scope.entities:
            yield file.problem(
                ("use", position),
                "UNKNOWN_ENTITY",
                f"no shipped entity '{name}'",
                "Shipped: Person, Enterprise, Place, Certificate; declare others in entities/.",
                takes="entry",
            )
    for entity, codes in city.promoted.items():
        if entity not in scope.entities:
            yield file.problem(
                ("promoted", entity),
                "UNKNOWN_ENTITY",
                f"no entity '{entity}'",
                f"Known: {', '.join(sorted(scope.entities))}.",
                takes="entry",
            )
            continue
        for position, code in enumerate(codes):
            location: Location = ("promoted", entity, position)
            if scope.is_missing(code):
                yield file.problem(
                    location,
                    "UNKNOWN_RESOURCE",
                    f"no resource '{code}'",
                    "Write department.resource.",
                    takes="entry",
                )
            elif code in scope.resources and not scope.is_on(code, entity):
                yield file.problem(
                    location,
                    "NOT_ATTACHED",
                    f"'{code}' is not attached to {entity}",
                    f"Add an attachment on {entity}, or leave it out here.",
                    takes="entry",
                )
