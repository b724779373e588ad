"""What an administrator writes about applications: the grammar of `access/*.yaml`."""

from datetime import date
from typing import Literal

from pydantic import Field

from schema.catalogue.grammar import Declaration, Title


class GrantDeclaration(Declaration):
    """Approved access to items."""

    id: str = Field(description="Number of the approval.")
    items: list[str] = Field(min_length=1, description="`department.resource.item`; `*` for any text.")
    purposes: list[str] = Field(default=[], description="For these purposes alone; none: for any.")
    level: Literal[1, 2, 3, 4] = Field(default=2, description="Items up to this level.")
    rights: list[Literal["show", "use", "match"]] = Field(
        default=["show", "use", "match"],
        description="Disclose it; join and derive with it unseen; filter and sort by it.",
    )
    valid_from: date | None = Field(default=None, alias="from", description="First day.")
    valid_to: date | None = Field(default=None, alias="to", description="Last day.")
    revoked: bool = Field(default=False, description="Gone with the next request after the file is read.")
    consent: bool = Field(default=False, description="The subject has to consent as well.")


class ApplicationDeclaration(Declaration):
    """`access/*.yaml`: a registered application."""

    application: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Its name in logs and in the record.")
    title: Title = Field(description="What people call it.")
    audience: Literal["open", "share", "authorised", "self", "admin"] = Field(
        description="Everybody; government; banks and hospitals under contract; a subject; administrators."
    )
    department: str | None = Field(default=None, description="Department that runs it.")
    purposes: list[str] = Field(
        default=[], description="What it may say in `Purpose`; one: it need not say it."
    )
    keys: list[str] = Field(default=[], description="`sha256:<hexadecimal>` of API keys.")
    grants: list[GrantDeclaration] = Field(default=[], description="Approved access.")
    operator: str | None = Field(default=None, description="Who asks where a request does not say.")
    case: str | None = Field(default=None, description="The case where a request does not say.")
    subjects: list[str] = Field(default=[], description="`self` only: `Entity:key` of its subjects.")
