"""Which kinds of connector exist: ours and third-party ones, found by entry point."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from pydantic import BaseModel

from connectors.protocol import Connector
from schema.catalogue.model import Resource, Source

GROUP = "jutong.connectors"
"""Entry point group; each entry names a `Kind`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source: how its declarations are checked, and what opens it."""

    name: str
    settings: type[BaseModel]
    """Of `sources.<name>`, without `kind` and `connected`; unknown keys refused."""
    origin: Any
    """Type of a resource's `from:` (`str` or a model), checked by pydantic's `TypeAdapter`."""
    open: Callable[[Source, tuple[Resource, ...]], Connector]
    """Make a connector for a source and all resources in it. Connects to nothing yet, and may be called in
    a thread without an event loop: a reload does."""
    can_scan: bool = False
    """Whether its connectors may promise `scans`: what collections need."""
    can_search: bool = True
    """Whether they also filter, sort and count what they scan: without, a collection only pages."""
    scans: Callable[[Any], bool] = lambda origin: True  # noqa: ARG005
    """Whether a resource with this `from:` can be scanned, of a kind that can."""
    misplaces: Callable[[Any, str], str | None] = lambda origin, column: None  # noqa: ARG005
    """Why a column cannot be read with this `from:`, as `origin` has read it; `None` where it can."""
    misses: Callable[[Any, str], str | None] = lambda origin, parameter: None  # noqa: ARG005
    """Why an argument cannot be given by this parameter; `None` where it can."""
    keyed: Callable[[Any], Iterable[tuple[str, str]]] = lambda origin: ()  # noqa: ARG005
    """Settings of a `from:` that say something of columns of keys, each with such a column: `jutong check`
    tells of those that are of no key."""
    unplaced: Callable[[Any, tuple[str, ...]], str | None] = lambda origin, columns: None  # noqa: ARG005
    """Why a key that stands in these columns cannot be given; `None` where it can."""
    can_as_of: bool = False
    """Whether its connectors may promise `as_of`: what `validity: { at_source: true }` needs."""


def find_kinds() -> Mapping[str, Kind]:
    """Load all kinds that are installed, by name."""
    return {entry.name: entry.load() for entry in entry_points(group=GROUP)}
