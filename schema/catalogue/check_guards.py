"""Guards look at the key that a row is asked by: it has to be the key of whom the row tells.

`guards: [protection]` withholds what a resource holds of those who are protected. Where its rows can be had
by the key of somebody else (an employer, a spouse), the guard would look at that one, and the protected would
be shown.
"""

from collections.abc import Iterator

from schema.catalogue.declared import Declared
from schema.catalogue.problems import Problem
from schema.catalogue.yaml_file import Location

_HINT = "Leave 'guards' out, or this way, and declare what may be had by it as a resource of its own."


def check_guards(one: Declared) -> Iterator[Problem]:
    """Whether there is one way to the rows of a guarded resource."""
    if not one.value.guards:
        return
    for position, attachment in enumerate(one.value.attach):
        where: Location = ("attach", position)
        if position:
            yield _problem(one, where, "rows that are had in two places tell of two")
        elif one.value.aliases is None and _has_choice(attachment.by):
            yield _problem(one, (*where, "by"), "rows that are had by either of two columns tell of two")
    for name, item in one.value.items.items():
        if item.link is not None and item.link.reverse is not None:
            yield _problem(
                one, ("items", name, "link", "reverse"), "rows tell of somebody else than their links"
            )


def _has_choice(by: object) -> bool:
    """Whether one key may stand in several columns."""
    return isinstance(by, dict) and any(isinstance(columns, list) for columns in by.values())


def _problem(one: Declared, location: Location, why: str) -> Problem:
    return one.file.problem(
        location, "GUARDED_PLACE", f"{why}, and 'guards' look at the key they are had by", _HINT
    )
