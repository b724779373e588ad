"""What a steward writes about one resource: where its rows are, on whom they hang, who may have them."""

from typing import Any, Literal

from pydantic import Field

from schema.catalogue.grammar import Declaration, FieldType, Name, Title, TypeName
from schema.catalogue.item_declarations import ColumnDeclaration, ItemDeclaration
from schema.catalogue.model import AliasKind

UpdateCycle = Literal["realtime", "daily", "weekly", "tenDays", "monthly", "quarterly", "yearly", "other"]


class AttachDeclaration(Declaration):
    """A place on an entity: a named field, or its own items (`core`)."""

    on: TypeName = Field(description="The entity whose key the rows hold.")
    field: Name | None = Field(
        default=None,
        description="Its name there: `person.<department>.<field>`, or `person.<field>` if promoted.",
    )
    core: bool = Field(
        default=False, description="Instead of a field: the items stand on the entity itself, `person.name`."
    )
    by: dict[Name, str | list[str] | dict[Name, str]] | str = Field(
        description="Key to column; a list: any of them; a mapping: part to column. With `via`: one column."
    )
    via: str | None = Field(
        default=None, description="`department.resource.item` attached to the same entity."
    )
    many: bool = Field(
        default=True,
        description="A list. `false` promises one row for a key: more are `MULTIPLE_RECORDS`. Core is one.",
    )
    covers: list[str] = Field(
        default_factory=list, description="Core only: prefixes of the keys it is the authority for."
    )
    title: Title | None = Field(default=None, description="Of the field; default: the resource's.")


class SharingDeclaration(Declaration):
    """Sharing attribute: shared by principle, withheld by exception."""

    type: Literal["unconditional", "conditional", "withheld"] = Field(
        default="unconditional",
        description="Levels 1 and 2 for every government application; only by a grant; or for nobody.",
    )
    condition: str | None = Field(
        default=None, description="For whom and what for; required for conditional."
    )
    basis: str | None = Field(
        default=None, description="Law or State Council decision; required for withheld."
    )


class OpenDeclaration(Declaration):
    """Open to everyone, for some rows."""

    type: Literal["unconditional", "conditional", "closed"] = Field(description="As `open` of the resource.")
    rows: dict[Name, dict[str, Any]] = Field(
        default_factory=dict,
        description="Which rows are open, all of it: item to operator to value, `{ grade: { in: [A, B] } }`.",
    )


class CoverageDeclaration(Declaration):
    """What the register claims to hold."""

    territory: str | None = Field(default=None, description='Division code it speaks for: `"500000"`.')
    since: str | None = Field(default=None, description='Records begin here: `"2008"`, `"2008-07-01"`.')


class LimitsDeclaration(Declaration):
    """Bounds of one resource."""

    max_keys: int | None = Field(
        default=None, ge=1, description="Keys in one call; default: the source's own."
    )
    max_rows: int = Field(
        default=10_000, ge=1, description="Rows read for one key; more are `TRUNCATED`, null with an error."
    )
    unbatched: bool = Field(default=False, description="Accept one call for each key that leads here.")
    default_first: int = Field(default=100, ge=1, description="Rows of a list where nobody says `first`.")
    max_first: int = Field(default=1_000, ge=1, description="The highest `first` that is taken.")


class ArgumentDeclaration(Declaration):
    """What the resource needs besides the key."""

    title: Title = Field(description="Its description in the graph.")
    type: FieldType = Field(default="String", description="As of items.")
    required: bool = Field(default=True, description="Whether the field cannot be asked for without it.")
    parameter: str | None = Field(default=None, description="The source's word for it; default: the name.")


class CollectionDeclaration(Declaration):
    """A root field that lists the resource's rows, page by page; never of personal resources."""

    field: Name = Field(description="Root field: `licences`.")
    total: bool = Field(default=False, description="Offer `totalCount`, which reads every matching row.")


class AliasesDeclaration(Declaration):
    """A register of aliases: rows lead from an old key of an entity to the one in its place."""

    of: TypeName = Field(description="The entity.")
    old: dict[Name, str | dict[Name, str]] = Field(
        min_length=1, max_length=1, description="Key to column; a mapping: part to column."
    )
    current: dict[Name, str | dict[Name, str]] = Field(
        min_length=1, max_length=1, description="The same, of the key in its place."
    )
    kind: AliasKind | None = Field(
        default=None,
        description="Why: `corrected`, `renumbered`, `merged`, `retired`; where all rows say so.",
    )
    kind_column: str | None = Field(
        default=None, description="Column that tells why in this row; with `kinds`."
    )
    kinds: dict[str, AliasKind] = Field(
        default_factory=dict, description="Its value, as the item reads it, to the same words."
    )


class ValidityDeclaration(Declaration):
    """Since when and until when a row holds: what answers `asOf`. An empty column sets no bound."""

    start: str | None = Field(default=None, alias="from", description="Column of the first day.")
    to: str | None = Field(default=None, description="Column of the last day.")
    until: str | None = Field(
        default=None, description="Column of the first day on which it holds no longer; instead of `to`."
    )
    versions: bool = Field(
        default=False,
        description="Rows of a key are versions of one: without `asOf` the one of today answers.",
    )
    at_source: bool = Field(
        default=False, description="The source itself is asked for a day; instead of columns."
    )


class CoordinatesDeclaration(Declaration):
    """Where each row stands: lists and collections can be asked by `near`, `within` and `box`."""

    lon: Name = Field(description="Item with the longitude in degrees, `type: Decimal`.")
    lat: Name = Field(description="Item with the latitude.")
    system: Literal["CGCS2000"] = Field(
        description="Coordinate system of the stored numbers. GCJ-02 and BD-09 have to be converted first."
    )


class BoundaryDeclaration(Declaration):
    """The area that each row's entity covers: `within` takes its key under the resource's name."""

    item: Name = Field(description="Item with a polygon, `type: GeoJSON`; empty in rows that are history.")
    system: Literal["CGCS2000"] = Field(description="Coordinate system of the stored numbers.")


class ResourceDeclaration(Declaration):
    """`departments/<name>/*.yaml`: one dataset."""

    resource: Name = Field(description="Its name in the department; its type is `<Department><Resource>`.")
    title: Title = Field(description="What people call it; its description in the graph.")
    source: str | None = Field(
        default=None,
        description="One of the sources in `department.yaml`; required unless `connected: false`.",
    )
    origin: Any = Field(
        default=None,
        alias="from",
        description="Where its rows are, in the words of the source's kind: see [connectors](connectors.md).",
    )
    identity: list[str] = Field(
        min_length=1, description="Columns that make one row one row: they complete every order."
    )
    attach: list[AttachDeclaration] = Field(
        default_factory=list, description="Its places on entities; several on several entities."
    )
    update_cycle: UpdateCycle = Field(
        default="other",
        description="`realtime daily weekly tenDays monthly quarterly yearly other`: told to users.",
    )
    sharing: SharingDeclaration = Field(
        default=SharingDeclaration(), description="Who of the government may have it, and on which ground."
    )
    open: Literal["unconditional", "conditional", "closed"] | OpenDeclaration = Field(
        default="closed",
        description="Everybody may have its items of level 1; `conditional`: those with `open: true`.",
    )
    coverage: CoverageDeclaration = Field(
        default=CoverageDeclaration(), description="What the register claims to hold; told with `NO_RECORD`."
    )
    connected: bool = Field(
        default=True, description="`false`: in the graph with all its items, answered by `NOT_CONNECTED`."
    )
    personal: bool | None = Field(
        default=None, description="Default: it is on a personal entity, or an item holds the key of one."
    )
    partial: bool = Field(
        default=False,
        description="A list of several keys' rows may be given, noted as `PARTIAL`, where the source did not"
        " answer for some of them; else it is null.",
    )
    guards: list[Literal["protection"]] = Field(
        default_factory=list,
        description="`protection`: protected persons are `MANUAL_CHECK`; the source is not asked.",
    )
    limits: LimitsDeclaration = Field(default=LimitsDeclaration(), description="Bounds of calls and answers.")
    cache_seconds: float = Field(
        default=0,
        ge=0,
        description="How long rows may be served again; 0: never. Rights are checked each time.",
    )
    stale_seconds: float = Field(
        default=86_400,
        ge=0,
        description="After `cache_seconds`: how long rows may answer where the source is down.",
    )
    validity: ValidityDeclaration | None = Field(default=None, description="What answers `asOf`.")
    aliases: AliasesDeclaration | None = Field(
        default=None, description="Makes it a register of aliases of an entity's keys."
    )
    coordinates: CoordinatesDeclaration | None = Field(
        default=None, description="Items that say where each row stands: `near`, `within` and `box`."
    )
    boundary: BoundaryDeclaration | None = Field(
        default=None, description="Item with the area of each row's entity, for `within`."
    )
    collection: CollectionDeclaration | None = Field(
        default=None, description="Root field that lists the rows, page by page."
    )
    arguments: dict[Name, ArgumentDeclaration] = Field(
        default_factory=dict, description="What callers give besides the key, by name."
    )
    columns: dict[str, ColumnDeclaration] = Field(
        default_factory=dict,
        description="Columns that are keys or identity and no item, where their key is not plainly stored.",
    )
    items: dict[Name, ItemDeclaration] = Field(
        min_length=1, description="Its fields, by their names in the graph: lowerCamelCase."
    )
