"""What all declarations of a catalogue are made of: names, titles, types, and no unknown keys."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME, TYPE_NAME = r"^[a-z][A-Za-z0-9]*$", r"^[A-Z][A-Za-z0-9]*$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
"""A field of the graph: lowerCamelCase."""
TypeName = Annotated[str, StringConstraints(pattern=TYPE_NAME)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""`中文 — English`, or one of the two."""
FieldType = Annotated[str, StringConstraints(pattern=TYPE_NAME)]
"""`String Int Float Decimal Boolean Date DateTime CitizenId CreditCode GeoJSON`, or an enumeration."""
StoredForm = Literal["18", "15", "lower-x", "upper", "lower", "padded", "full-width", "unhyphenated"]


class Declaration(BaseModel):
    """Unknown keys are mistakes, and declarations do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
