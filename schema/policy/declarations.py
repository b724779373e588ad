"""What an administrator writes about applications: the grammar of `access/*.yaml`."""

from datetime import date
from typing import Literal

from pydantic import Field

from schema.catalogue.declarations import Declaration, Title


class GrantDeclaration(Declaration):
    """Approved access to items."""

    id: str
    items: list[str] = Field(min_length=1, description="`department.resource.item`; `*` for any text.")
    purposes: list[str] = Field(default=[])
    level: Literal[1, 2, 3, 4] = 2
    rights: list[Literal["show", "use", "match"]] = Field(default=["show", "use", "match"])
    valid_from: date | None = Field(default=None, alias="from")
    valid_to: date | None = Field(default=None, alias="to")
    revoked: bool = False
    consent: bool = Field(default=False, description="The subject has to consent as well.")


class ApplicationDeclaration(Declaration):
    """`access/*.yaml`: a registered application."""

    application: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Title
    audience: Literal["open", "share", "authorised", "self", "admin"]
    department: str | None = None
    purposes: list[str] = Field(default=[])
    keys: list[str] = Field(default=[], description="`sha256:<hexadecimal>` of API keys.")
    grants: list[GrantDeclaration] = Field(default=[])
    operator: str | None = Field(default=None, description="Who asks where a request does not say.")
    case: str | None = Field(default=None, description="The case where a request does not say.")
    subjects: list[str] = Field(default=[], description="`self` only: `Entity:key` of its subjects.")
