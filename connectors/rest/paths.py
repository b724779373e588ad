"""Dotted paths into JSON: `data.items`. Numbers index lists; a list of one is its member."""

from typing import Any

MISSING = object()


def find(value: Any, path: str) -> Any:
    """Give what stands at a path, or `MISSING`."""
    for step in path.split(".") if path else ():
        if isinstance(value, list):
            if step.isdigit() and int(step) < len(value):
                value = value[int(step)]
                continue
            if len(value) != 1:
                return MISSING
            value = value[0]
        if not isinstance(value, dict) or step not in value:
            return MISSING
        value = value[step]
    return value


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at a path, making objects on the way."""
    *before, last = path.split(".")
    for step in before:
        body = body.setdefault(step, {})
    body[last] = value
