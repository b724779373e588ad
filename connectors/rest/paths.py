"""Dotted paths into JSON: `data.items`. Numbers index lists; a list of one is its member."""

from collections.abc import Iterable
from typing import Any

from connectors.errors import SourceMisbehaved

MISSING = object()
SEVERAL = [None, None]
"""What a column is whose path goes on through a list of several: as that list, nothing that an item takes."""


def find(value: Any, path: str, several: Any = MISSING) -> Any:
    """Give what stands at a path, or `MISSING`; `several` where it goes on through a list of several."""
    return follow(value, steps_of(path), several)


def steps_of(path: str) -> list[str]:
    """The members that a path leads through, one after the other."""
    return path.split(".") if path else []


def follow(value: Any, steps: Iterable[str], several: Any = MISSING) -> Any:
    """As `find`, along the steps of a path."""
    for step in steps:
        if isinstance(value, list):
            if step.isdigit() and int(step) < len(value):
                value = value[int(step)]
                continue
            while isinstance(value, list) and len(value) == 1:
                value = value[0]
            if isinstance(value, list) and value and not step.isdigit():
                return several
        if not isinstance(value, dict) or step not in value:
            return MISSING
        value = value[step]
    return value


def placed(body: Any, path: str, value: Any) -> Any:
    """The body with a value at a path, objects made on the way; `""` is the body itself.

    Only what stands on the path is copied.
    """
    if path == "":
        return value
    if not isinstance(body, dict):
        raise SourceMisbehaved("a body that is no object takes no further parameters")
    step, _, rest = path.partition(".")
    return {**body, step: placed(body.get(step, {}), rest, value) if rest else value}
