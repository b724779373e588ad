"""What a steward writes about one item or column: how it is read, where it leads, what is made of it."""

from typing import Literal

from pydantic import Field

from schema.catalogue.grammar import Declaration, FieldType, Name, StoredForm, Title, TypeName


class ReadDeclaration(Declaration):
    """How a stored value becomes a value of the item's type."""

    format: str | list[str] | None = Field(
        default=None, description="Dates: `yyyyMMdd`, `yyyy年M月d日`, …; first that fits."
    )
    epoch: Literal["seconds", "milliseconds"] | None = Field(
        default=None, description="Dates and times stored as a count since 1970."
    )
    scale: str | None = Field(default=None, description="Factor: `0.01` reads 分 as 元.")
    trim: bool = Field(default=False, description="Cut spaces off both ends; all spaces are then empty.")
    empty: list[str | int] = Field(default_factory=list, description="Stored values that mean: empty.")
    true: list[str | int] = Field(default_factory=list, description="Boolean: stored values that mean yes.")
    false: list[str | int] = Field(default_factory=list, description="Boolean: those that mean no.")
    encoding: Literal["gbk", "gb18030", "utf-8"] | None = Field(
        default=None, description="Of values stored as bytes."
    )


class ColumnDeclaration(Declaration):
    """A column that is a key or an identity but no item."""

    type: FieldType = Field(default="String", description="As of items; that of the key it holds.")
    stored: list[StoredForm | int] = Field(
        default_factory=list, description="Forms in which identifiers stand here, as of items."
    )
    read: ReadDeclaration | None = Field(default=None, description="As of items.")


class LinkDeclaration(Declaration):
    """Where an item leads. `to` + `by`, or `kinds` with the column that tells the kind."""

    to: TypeName | None = Field(default=None, description="The entity, where it is always the same.")
    by: Name | None = Field(default=None, description="Key of the target; default: its default key.")
    parts: dict[Name, str] = Field(default_factory=dict, description="Composite keys: column of each part.")
    kind_column: str | None = Field(
        default=None, description="Column that tells the kind of key in this row; with `kinds`."
    )
    kinds: dict[str, str] = Field(default_factory=dict, description="Stored kind to `Entity.key`.")
    reverse: Name | None = Field(default=None, description="Field on the target that lists these rows.")


class BandDeclaration(Declaration):
    """Which band an item falls in; the value stays unseen."""

    item: Name = Field(description="A number or date of this resource.")
    bounds: list[int | float | str] = Field(
        min_length=1, description="Ascending: where the second and each later band begins."
    )
    labels: list[str] = Field(description="One for each band: one more than `bounds`.")


class EqualsDeclaration(Declaration):
    """Whether an item equals an argument of the resource."""

    item: Name = Field(description="An item of this resource.")
    argument: Name = Field(description="One of the resource's `arguments`.")


class OlderDeclaration(Declaration):
    """Whether a moment lies further back than it may; empty where there is no moment."""

    item: Name = Field(description="A DateTime of this resource.")
    seconds: int = Field(ge=1, description="Older than this is old.")


class DeriveDeclaration(Declaration):
    """Exactly one of these."""

    exists: Name | None = Field(default=None, description="Item that is not empty. `type: Boolean`.")
    positive: Name | None = Field(default=None, description="Item above zero. `type: Boolean`.")
    band: BandDeclaration | None = Field(default=None, description="The label of the band an item falls in.")
    equals: EqualsDeclaration | None = Field(
        default=None, description="An item is what the caller gave. `type: Boolean`."
    )
    age: Name | None = Field(default=None, description="A DateTime item: seconds from it to the request.")
    older: OlderDeclaration | None = Field(
        default=None, description="A DateTime item is too long ago. `type: Boolean`."
    )


class QualityDeclaration(Declaration):
    """What the values of an item should be. A breach refuses nobody their answer; it is told and counted."""

    required: bool = Field(default=False, description="Never empty.")
    pattern: str | None = Field(
        default=None, description="Text: a regular expression for the whole of it, `[0-9]{12}`."
    )
    min: int | float | str | None = Field(default=None, description="Number or date: not below.")
    max: int | float | str | None = Field(default=None, description="Number or date: not above.")
    listed: bool = Field(default=False, description="A code of its list, where `codes` lets others pass.")
    same_as: str | None = Field(
        default=None, description="`department.resource.item` on the same entity, which should say the same."
    )


class ItemDeclaration(Declaration):
    """One field of a resource."""

    title: Title = Field(description="What people call it; its description in the graph.")
    column: str | None = Field(
        default=None,
        description="Where the source has it; of services, a path. Not with `derive`.",
    )
    type: FieldType = Field(
        default="String",
        description="`String Int Float Decimal Boolean Date DateTime CitizenId CreditCode GeoJSON`, or an "
        "enumeration. Of a link: that of the key.",
    )
    level: Literal[1, 2, 3, 4] | None = Field(
        default=None, description="Default by type: identifiers 3, else 1."
    )
    read: ReadDeclaration | None = Field(default=None, description="How it is stored, if not plainly.")
    stored: list[StoredForm | int] = Field(
        default_factory=list,
        description="Forms of stored keys: `18 15 lower-x upper lower padded full-width unhyphenated`.",
    )
    codes: TypeName | None = Field(
        default=None, description="Code list of a String: adds `<item>Label`, and reads `stored` codes."
    )
    unit: str | None = Field(default=None, description="Of a quantity: `元`, `km`; in its description.")
    mask: Literal["citizen_id", "name", "phone", "address", "tail4"] | None = Field(
        default=None, description="Adds `<item>Masked` for callers of a level too low."
    )
    link: LinkDeclaration | None = Field(default=None, description="It is another entity's key: lead there.")
    derive: DeriveDeclaration | None = Field(
        default=None, description="It is made of another item, which is used and not shown."
    )
    quality: QualityDeclaration | None = Field(default=None, description="What its values should be.")
    open: bool | None = Field(
        default=None,
        description="In the open graph, whatever the resource says; default: level 1 where it is open.",
    )
    match: bool | list[str] = Field(
        default=True,
        description="Filter by it, or by which of `eq ne in isNull lt le gt ge startsWith contains`.",
    )
    sort: bool = Field(default=True, description="Whether callers may sort by it; needs `match`.")
    deprecated: str | None = Field(default=None, description="Why it goes and what to use: marks the field.")
    formerly: list[Name] = Field(
        default_factory=list, description="Names it had: they go on as deprecated fields."
    )
