"""JSON or XML over HTTP, declared: where the key goes, where records are, what errors look like."""

from collections.abc import Iterator
from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.registry import Kind
from connectors.rest.asking import require_place
from connectors.rest.driver import open_rest
from connectors.rest.settings import RestOrigin, RestSettings


def has_scan(origin: Any) -> bool:
    """Whether a resource declares the request that reads it without keys."""
    return isinstance(origin, dict) and origin.get("scan") is not None


def keyed(origin: RestOrigin) -> Iterator[tuple[str, str]]:
    """Columns of keys that have a parameter of their own, or a place in the path."""
    for column in origin.parts:
        yield "parts", column
    for column in origin.places:
        if column != "key":
            yield "path", column


def unplaced(origin: RestOrigin, columns: tuple[str, ...]) -> str | None:
    """Why a key cannot be given."""
    try:
        require_place(origin, columns)
    except SourceMisbehaved as error:
        return error.detail
    return None


KIND = Kind(
    name="rest",
    settings=RestSettings,
    origin=RestOrigin,
    open=open_rest,
    can_scan=True,
    can_search=False,
    scans=has_scan,
    keyed=keyed,
    unplaced=unplaced,
    can_as_of=True,
)

__all__ = ["KIND"]
