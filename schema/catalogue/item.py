"""An item as compiled: one field of a resource, where it leads and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schema.catalogue.quality import Quality
from schema.values import Codec

Level = Literal[1, 2, 3, 4]


@dataclass(frozen=True, slots=True)
class Derivation:
    """An answer made from an item that may stay unseen."""

    kind: Literal["exists", "positive", "band", "equals", "age", "older"]
    item: str
    argument: str | None = None
    """`equals` only: the resource argument to compare with."""
    bounds: tuple[Any, ...] = ()
    """`band` only: ascending lower bounds of the second and later bands."""
    labels: tuple[str, ...] = ()
    """`band` only: one label more than bounds."""
    seconds: int = 0
    """`older` only."""


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where a link leads: an entity by one of its keys, and where a row holds that key."""

    entity: str
    key: str
    columns: tuple[str, ...]
    """Aligned with the key's parts."""
    codecs: tuple[Codec | None, ...]
    """Aligned with `columns`: how to read what the column itself is not read as, which is so where
    it holds keys of several kinds; `None`: as it is."""


@dataclass(frozen=True, slots=True)
class Link:
    """An item that leads to another entity.

    Without `kind_column` there is one target under the empty string. With it, the column's text
    chooses the target; a kind that is not listed is followed nowhere and is INVALID_VALUE.
    """

    targets: Mapping[str, LinkTarget]
    kind_column: str | None = None
    reverse: str | None = None
    """Field on the targets that lists these rows."""


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a resource."""

    name: str
    title: str
    column: str | None
    """`None` for derived items."""
    type: str
    """A scalar of the graph or the name of a code list that is an enumeration."""
    level: Level
    codec: Codec
    codes: str | None = None
    unit: str | None = None
    mask: str | None = None
    link: Link | None = None
    derivation: Derivation | None = None
    is_open: bool | None = None
    """Overrides the resource's openness where not `None`."""
    deprecated: str | None = None
    formerly: tuple[str, ...] = ()
    quality: Quality | None = None
    operators: frozenset[str] = frozenset()
    """What callers may filter by; empty: not matchable."""
    is_sortable: bool = False
