"""The compiled catalogue: what every later step reads. Immutable, and without any way to change it.

`declarations.py` is what a steward writes; `compile_city.py` turns that into these values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from schema.catalogue.entity import Entity
from schema.catalogue.item import Item
from schema.catalogue.location import Boundary, Coordinates
from schema.catalogue.theme import Theme
from schema.catalogue.validity import Validity
from schema.predicate import Predicate
from schema.values import Codec

SharingType = Literal["unconditional", "conditional", "withheld"]
OpenType = Literal["unconditional", "conditional", "closed"]
AliasKind = Literal["corrected", "renumbered", "merged", "retired"]
"""Why a key gave way to another."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes with labels; an `is_enum` list is an enumeration type of the graph."""

    name: str
    title: str
    labels: Mapping[str, str]
    is_enum: bool
    stored: Mapping[str, Any] = field(default_factory=dict)
    """What sources store instead of a code, where it differs."""


@dataclass(frozen=True, slots=True)
class Source:
    """One system of a department."""

    department: str
    name: str
    kind: str
    settings: Mapping[str, Any] = field(repr=False)
    """As declared; the connector kind checks them with its own model. Some are secrets."""
    is_connected: bool


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """One way in which rows name their entity: a key and the column of each of its parts."""

    key: str
    columns: tuple[str, ...]
    """Aligned with the key's parts."""
    codecs: tuple[Codec, ...]
    """Aligned with `columns`; they know all stored forms."""


@dataclass(frozen=True, slots=True)
class Via:
    """Attachment through another resource: one more hop."""

    resource: str
    """Code of a resource attached to the same entity."""
    item: str


@dataclass(frozen=True, slots=True)
class Covers:
    """The keys a core resource is the authority for: those that begin with one of `prefixes`."""

    prefixes: tuple[str, ...] = ()
    """Empty: every key."""

    def __contains__(self, key: tuple[Any, ...]) -> bool:
        return not self.prefixes or str(key[0]).startswith(self.prefixes)

    def among(self, keys: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
        """Those of some keys, in their order; without a call for each."""
        if not self.prefixes:
            return tuple(keys)
        return tuple([key for key in keys if str(key[0]).startswith(self.prefixes)])


EVERY_KEY = Covers()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A resource's place on an entity."""

    entity: str
    field: str | None
    """`None` for a core resource, whose items stand on the entity itself."""
    by: tuple[KeyColumns, ...]
    """Alternatives: a row belongs to an entity if any of them matches. For `via`: what the via
    item's value is matched with."""
    many: bool
    via: Via | None = None
    covers: Covers = Covers()
    title: str | None = None
    back_by: str | None = None
    """The item that links here and names this way back; to follow it takes the right to use the item."""
    rows: Predicate | None = None
    """Which rows stand here at all; looks at `column:NAME`, which is no item and needs no right."""

    @property
    def is_reverse(self) -> bool:
        """Whether it is a way back; no other resource is reached through it."""
        return self.back_by is not None

    @property
    def is_core(self) -> bool:
        """Whether the resource gives its items to the entity itself."""
        return self.field is None


@dataclass(frozen=True, slots=True)
class Argument:
    """What a resource needs besides the key, as a verification needs the name."""

    name: str
    title: str
    type: str
    is_required: bool
    parameter: str
    """The source's word for it (column or request parameter)."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Sharing attribute of the catalogue guide: type, condition, legal basis."""

    type: SharingType
    condition: str | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether the resource is open to everyone, and for which rows."""

    type: OpenType
    rows: Predicate | None = None
    """Row condition: only rows for which it is true are open."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the register claims to hold; given with NO_RECORD."""

    territory: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one resource; `None` leaves the connector's own."""

    max_keys: int | None = None
    max_rows: int = 10_000
    """Rows read from the source for one fetch."""
    default_first: int = 100
    max_first: int = 1_000


@dataclass(frozen=True, slots=True)
class Collection:
    """A root field that pages through a resource; not searchable where its source only pages."""

    field: str
    has_total: bool
    is_searchable: bool = True


@dataclass(frozen=True, slots=True)
class Aliases:
    """What a register of aliases says: which key of an entity stands in the place of which."""

    entity: str
    old: KeyColumns
    current: KeyColumns
    kind: AliasKind | None = None
    """Of all rows; `None`: not said, or each row says it."""
    kind_item: str | None = None
    """The item that says it for each row."""
    kinds: Mapping[str, AliasKind] = field(default_factory=dict)
    """By value of this item, as text."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One dataset of a department."""

    department: str
    name: str
    title: str
    type_name: str
    """Its object type in the graph."""
    source: str
    """Name of the source, unique in the catalogue."""
    origin: Any
    """`from:` as declared: a table, a view, or what the connector kind understands."""
    identity: tuple[str, ...]
    """Columns that make one row one row."""
    items: Mapping[str, Item]
    attachments: tuple[Attachment, ...]
    arguments: Mapping[str, Argument]
    sharing: Sharing
    opening: Opening
    coverage: Coverage
    update_cycle: str
    limits: Limits
    is_connected: bool
    is_personal: bool
    """Attached to a personal entity, or said to be."""
    allows_partial: bool
    guards: tuple[str, ...]
    """Names of key guards besides those the policy adds."""
    cache_seconds: float
    """How long rows may be served from the cache; 0: never."""
    columns: Mapping[str, Codec]
    """Codec of every column that is a key, an identity or an item's."""
    version: str
    """Digest of the declaration; part of every cache key."""
    collection: Collection | None = None
    stale_seconds: float = 0
    """How long after that they may answer where the source is down and the caller allows it."""
    validity: Validity | None = None
    """What answers `asOf`; `None`: the resource keeps no history."""
    aliases: Aliases | None = None
    coordinates: Coordinates | None = None
    boundary: Boundary | None = None
    is_listed_only: bool = False
    """Declared as not connected, whoever answers for it: a sandbox does."""
    code: str = field(init=False)
    """Its name in the catalogue: `department.resource`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", f"{self.department}.{self.name}")


@dataclass(frozen=True, slots=True)
class Department:
    """A provider of data."""

    name: str
    title: str
    code: str | None
    """Its own unified social credit code."""
    chief: str | None
    system: str | None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A resource that the city put directly on an entity."""

    entity: str
    resource: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All departments, sources, resources and items, as declared."""

    title: str
    departments: Mapping[str, Department]
    sources: Mapping[str, Source]
    resources: Mapping[str, Resource]
    """By code, `department.resource`."""
    entities: Mapping[str, Entity]
    code_lists: Mapping[str, CodeList]
    promotions: frozenset[Promotion]
    version: str
    registers: Mapping[str, tuple[Resource, ...]] = field(default_factory=dict)
    """By entity: registers of aliases of its keys."""
    themes: Mapping[str, Theme] = field(default_factory=dict)

    def attachments_of(self, entity: str) -> list[tuple[Resource, Attachment]]:
        """All places on an entity, in the order of the catalogue."""
        return [
            (resource, attachment)
            for resource in self.resources.values()
            for attachment in resource.attachments
            if attachment.entity == entity
        ]
