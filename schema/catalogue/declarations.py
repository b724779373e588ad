"""What a steward writes, as pydantic models: the grammar of the catalogue's YAML files.

One file is a city, an entity, a code list, a department or a resource, told apart by its first
key. The JSON Schema for editors is generated from these models. `compile.py` turns declarations
into `model.py`; checks that need more than one file live in `check.py`.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]*$")]
"""A field of the graph: lowerCamelCase."""
TypeName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""`中文 — English`, or one of the two."""
FieldType = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$")]
"""`String Int Float Decimal Boolean Date DateTime CitizenId CreditCode GeoJSON`, or an enumeration."""
StoredForm = Literal["18", "15", "lower-x", "upper", "lower", "padded", "full-width", "unhyphenated"]
UpdateCycle = Literal["realtime", "daily", "weekly", "tenDays", "monthly", "quarterly", "yearly", "other"]


class Declaration(BaseModel):
    """Unknown keys are mistakes, and declarations do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CityDeclaration(Declaration):
    """`city.yaml`: the catalogue itself."""

    city: Title
    use: list[TypeName] = Field(default=["Person", "Enterprise"], description="Shipped entities to take.")
    promoted: dict[TypeName, list[str]] = Field(
        default_factory=dict,
        description="Per entity, resources (`department.resource`) to put directly on it.",
    )


class SliceDeclaration(Declaration):
    """A key that is a piece of another key's text; offsets as in Python, from 0, end excluded."""

    key: Name
    start: int = Field(ge=0)
    stop: int = Field(gt=0)


class SlicedKeyDeclaration(Declaration):
    """A key with a type of its own that can be cut out of another key."""

    type: FieldType
    slice: SliceDeclaration


KeyParts = Annotated[dict[Name, FieldType], Field(min_length=1)]
"""Parts of a composite key, with their types."""


class EntityDeclaration(Declaration):
    """`entities/*.yaml`: what data hangs on."""

    entity: TypeName
    title: Title
    root: Name | None = Field(default=None, description="Root field; default: the name in lower camel case.")
    plural: Name | None = Field(default=None, description="Root field for many; default: root + `s`.")
    argument: Name = Field(default="id", description="Argument of the root field.")
    personal: bool = False
    keys: dict[Name, FieldType | SlicedKeyDeclaration | KeyParts] = Field(
        min_length=1, description="The first is the default; a mapping of parts is a composite key."
    )


class CodeDeclaration(Declaration):
    """One code of a list."""

    label: Title
    stored: str | int | None = Field(default=None, description="What sources store for it, if not the code.")


class CodeListDeclaration(Declaration):
    """`codes/*.yaml`: codes and their labels."""

    codes: TypeName
    title: Title
    enum: bool = Field(default=False, description="Make it an enumeration type of the graph.")
    values: dict[str, Title | CodeDeclaration] = Field(min_length=1)


class SourceDeclaration(BaseModel):
    """One system; all other keys are settings of the connector kind, checked by its own model."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Name
    connected: bool = True


class DepartmentDeclaration(Declaration):
    """`departments/<name>/department.yaml`."""

    department: Name
    title: Title
    code: str | None = Field(default=None, description="Its own unified social credit code.")
    chief: Title | None = None
    system: Title | None = None
    sources: dict[str, SourceDeclaration] = Field(default_factory=dict)


class ReadDeclaration(Declaration):
    """How a stored value becomes a value of the item's type."""

    format: str | list[str] | None = Field(
        default=None, description="Dates: `yyyyMMdd`, `yyyy年M月d日`, …; first that fits."
    )
    epoch: Literal["seconds", "milliseconds"] | None = None
    scale: str | None = Field(default=None, description="Factor: `0.01` reads 分 as 元.")
    trim: bool = False
    empty: list[str | int] = Field(default_factory=list, description="Stored values that mean: empty.")
    true: list[str | int] = Field(default_factory=list)
    false: list[str | int] = Field(default_factory=list)
    encoding: Literal["gbk", "gb18030", "utf-8"] | None = Field(
        default=None, description="Of values stored as bytes."
    )


class ColumnDeclaration(Declaration):
    """A column that is a key or an identity but no item."""

    type: FieldType = "String"
    stored: list[StoredForm | int] = Field(default_factory=list)
    read: ReadDeclaration | None = None


class LinkDeclaration(Declaration):
    """Where an item leads. `to` + `by`, or `kinds` with the column that tells the kind."""

    to: TypeName | None = None
    by: Name | None = Field(default=None, description="Key of the target; default: its default key.")
    parts: dict[Name, str] = Field(default_factory=dict, description="Composite keys: column of each part.")
    kind_column: str | None = None
    kinds: dict[str, str] = Field(default_factory=dict, description="Stored kind to `Entity.key`.")
    reverse: Name | None = Field(default=None, description="Field on the target that lists these rows.")


class BandDeclaration(Declaration):
    """Which band an item falls in; the value stays unseen."""

    item: Name
    bounds: list[int | str] = Field(min_length=1)
    labels: list[str]


class EqualsDeclaration(Declaration):
    """Whether an item equals an argument of the resource."""

    item: Name
    argument: Name


class OlderDeclaration(Declaration):
    """Whether a moment lies further back than it may; empty where there is no moment."""

    item: Name
    seconds: int = Field(ge=1, description="Older than this is old.")


class DeriveDeclaration(Declaration):
    """Exactly one of these."""

    exists: Name | None = None
    positive: Name | None = None
    band: BandDeclaration | None = None
    equals: EqualsDeclaration | None = None
    age: Name | None = Field(default=None, description="A DateTime item: seconds from it to the request.")
    older: OlderDeclaration | None = None


class ItemDeclaration(Declaration):
    """One field of a resource."""

    title: Title
    column: str | None = None
    type: FieldType = "String"
    level: Literal[1, 2, 3, 4] | None = Field(
        default=None, description="Default by type: identifiers 3, else 1."
    )
    read: ReadDeclaration | None = None
    stored: list[StoredForm | int] = Field(default_factory=list)
    codes: TypeName | None = None
    unit: str | None = None
    mask: Literal["citizen_id", "name", "phone", "address", "tail4"] | None = None
    link: LinkDeclaration | None = None
    derive: DeriveDeclaration | None = None
    open: bool | None = None
    match: bool | list[str] = Field(default=True, description="Operators that callers may filter by.")
    sort: bool = True
    deprecated: str | None = None
    formerly: list[Name] = Field(default_factory=list)


class AttachDeclaration(Declaration):
    """A place on an entity: a named field, or its own items (`core`)."""

    on: TypeName
    field: Name | None = None
    core: bool = False
    by: dict[Name, str | list[str] | dict[Name, str]] | str = Field(
        description="Key to column; a list: any of them; a mapping: part to column. With `via`: one column."
    )
    via: str | None = Field(
        default=None, description="`department.resource.item` attached to the same entity."
    )
    many: bool = True
    covers: list[str] = Field(
        default_factory=list, description="Core only: prefixes of the keys it is the authority for."
    )
    title: Title | None = None


class SharingDeclaration(Declaration):
    """Sharing attribute: shared by principle, withheld by exception."""

    type: Literal["unconditional", "conditional", "withheld"] = "unconditional"
    condition: str | None = None
    basis: str | None = Field(
        default=None, description="Law or State Council decision; required for withheld."
    )


class OpenDeclaration(Declaration):
    """Open to everyone, for some rows."""

    type: Literal["unconditional", "conditional", "closed"]
    rows: dict[Name, dict[str, Any]] = Field(default_factory=dict, description="Item to operator to value.")


class CoverageDeclaration(Declaration):
    """What the register claims to hold."""

    territory: str | None = None
    since: str | None = None


class LimitsDeclaration(Declaration):
    """Bounds of one resource."""

    max_keys: int | None = Field(default=None, ge=1)
    max_rows: int = Field(default=10_000, ge=1)
    unbatched: bool = Field(default=False, description="Accept one call for each key that leads here.")
    default_first: int = Field(default=100, ge=1)
    max_first: int = Field(default=1_000, ge=1)


class ArgumentDeclaration(Declaration):
    """What the resource needs besides the key."""

    title: Title
    type: FieldType = "String"
    required: bool = True
    parameter: str | None = Field(default=None, description="The source's word for it; default: the name.")


class CollectionDeclaration(Declaration):
    """A root field that lists the resource's rows, page by page; never of personal resources."""

    field: Name = Field(description="Root field: `licences`.")
    total: bool = Field(default=False, description="Offer `totalCount`, which reads every matching row.")


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

    resource: Name
    title: Title
    source: str | None = None
    origin: Any = Field(default=None, alias="from")
    identity: list[str] = Field(min_length=1)
    attach: list[AttachDeclaration] = Field(default_factory=list)
    update_cycle: UpdateCycle = "other"
    sharing: SharingDeclaration = SharingDeclaration()
    open: Literal["unconditional", "conditional", "closed"] | OpenDeclaration = "closed"
    coverage: CoverageDeclaration = CoverageDeclaration()
    connected: bool = True
    personal: bool | None = Field(default=None, description="Default: attached to a personal entity.")
    partial: bool = False
    guards: list[Literal["protection"]] = Field(default_factory=list)
    limits: LimitsDeclaration = LimitsDeclaration()
    cache_seconds: float = Field(default=0, ge=0)
    stale_seconds: float = Field(
        default=86_400,
        ge=0,
        description="After `cache_seconds`: how long rows may answer where the source is down.",
    )
    collection: CollectionDeclaration | None = None
    validity: ValidityDeclaration | None = None
    coordinates: CoordinatesDeclaration | None = None
    boundary: BoundaryDeclaration | None = None
    arguments: dict[Name, ArgumentDeclaration] = Field(default_factory=dict)
    columns: dict[str, ColumnDeclaration] = Field(default_factory=dict)
    items: dict[Name, ItemDeclaration] = Field(min_length=1)
