"""What a steward writes, as pydantic models: the grammar of the catalogue's YAML files.

One file is a city, an entity, a code list, a theme, a department or a resource, told apart by its first
key; resources are in `resource_declarations.py`, their items in `item_declarations.py`. The JSON Schema for
editors and the tables of docs/catalogue.md are generated from these models. `compile_city.py` turns
declarations into `model.py`; checks that need more than one file live in `check.py`.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schema.catalogue.grammar import Declaration, FieldType, Name, Title, TypeName


class CityDeclaration(Declaration):
    """`city.yaml`: the catalogue itself."""

    city: Title = Field(description="What the catalogue is of: `海港市 — Harbour City`.")
    use: list[TypeName] = Field(default=["Person", "Enterprise"], description="Shipped entities to take.")
    promoted: dict[TypeName, list[str]] = Field(
        default_factory=dict,
        description="Per entity, resources (`department.resource`) to put directly on it.",
    )


class SliceDeclaration(Declaration):
    """A key that is a piece of another key's text; offsets as in Python, from 0, end excluded."""

    key: Name = Field(description="The key it is cut out of.")
    start: int = Field(ge=0, description="First character, from 0.")
    stop: int = Field(gt=0, description="The character after the last.")


class SlicedKeyDeclaration(Declaration):
    """A key with a type of its own that can be cut out of another key."""

    type: FieldType = Field(description="Its own type.")
    slice: SliceDeclaration = Field(description="Which key, and which of its characters.")


KeyParts = Annotated[dict[Name, FieldType], Field(min_length=1)]
"""Parts of a composite key, with their types."""


class EntityDeclaration(Declaration):
    """`entities/*.yaml`: what data hangs on."""

    entity: TypeName = Field(
        description="Its type in the graph: `Vehicle`; takes the place of a shipped one."
    )
    title: Title = Field(description="What people call it; its description in the graph.")
    root: Name | None = Field(default=None, description="Root field; default: the name in lower camel case.")
    plural: Name | None = Field(default=None, description="Root field for many; default: root + `s`.")
    argument: Name = Field(default="id", description="Argument of the root field.")
    personal: bool = Field(
        default=False,
        description="Answers about it are about a person: on the record, not by GET, never listed.",
    )
    keys: dict[Name, FieldType | SlicedKeyDeclaration | KeyParts] = Field(
        min_length=1, description="The first is the default; a mapping of parts is a composite key."
    )


class CodeDeclaration(Declaration):
    """One code of a list."""

    label: Title = Field(description="What `<item>Label` gives.")
    stored: str | int | None = Field(default=None, description="What sources store for it, if not the code.")


class CodeListDeclaration(Declaration):
    """`codes/*.yaml`: codes and their labels."""

    codes: TypeName = Field(description="Its name, for `codes:` or, of an enumeration, `type:` of items.")
    title: Title = Field(description="What the list is of; with the standard it follows, if any.")
    enum: bool = Field(default=False, description="Make it an enumeration type of the graph.")
    values: dict[str, Title | CodeDeclaration] = Field(
        min_length=1, description='Code to label; quote codes of digits: `"01"`.'
    )


class ThemeDeclaration(Declaration):
    """`themes/*.yaml`: a part of the catalogue under a name of its own, across departments."""

    theme: Name = Field(description="Its name, by which a slice of the graph is asked for: `credit`.")
    title: Title = Field(description="What people call it.")
    resources: list[str] = Field(
        default_factory=list, description="`department.resource`: all items of it, those of later as well."
    )
    items: list[str] = Field(
        default_factory=list, description="`department.resource.item`: of resources that are not here whole."
    )


class SourceDeclaration(BaseModel):
    """One system; all other keys are settings of the connector kind, checked by its own model."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Name = Field(description="Connector: `sql`, `rest`, `graphql`, `memory`, or one that is installed.")
    connected: bool = Field(
        default=True, description="`false`: listed, never reached; its resources are `NOT_CONNECTED`."
    )


class DepartmentDeclaration(Declaration):
    """`departments/<name>/department.yaml`."""

    department: Name = Field(
        description="Its name, which is its folder's: the field that holds its resources on an entity."
    )
    title: Title = Field(description="What people call it.")
    code: str | None = Field(default=None, description="Its own unified social credit code.")
    chief: Title | None = Field(default=None, description="Who answers for its data: post or name.")
    system: Title | None = Field(default=None, description="The system of departments it belongs to.")
    sources: dict[str, SourceDeclaration] = Field(
        default_factory=dict, description="Name to source; names are unique in the whole catalogue."
    )
