"""What stands in the answer where a value could not be given: client-safe, with a state for a code."""

from dataclasses import dataclass
from datetime import datetime

from connectors.errors import SourceAvailableAt, SourceError, SourceTruncated
from gateway.plan.shape import Denial
from schema.catalogue.model import Resource


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a field is null. `message` is for the caller and holds nothing of data or source."""

    code: str
    message: str
    rule: str | None = None
    until: datetime | None = None
    source: str | None = None
    """Resource code."""


def from_source(error: SourceError, resource: Resource) -> Failure:
    """Say a source's error in words that may leave the house."""
    until = error.until if isinstance(error, SourceAvailableAt) else None
    if isinstance(error, SourceTruncated):
        message = f"{resource.title}: more rows than may be read; narrow the filter."
    elif until is not None:
        message = f"{resource.title}: the source is closed now and opens later."
    else:
        message = f"{resource.title}: the source did not answer. This says nothing about the data."
    return Failure(error.code, message, until=until, source=resource.code)


def is_unanswered(failure: Failure) -> bool:
    """Whether it is a source's silence, and no decision of ours."""
    return failure.code in {"SOURCE_DOWN", "AVAILABLE_AT"}


def from_denial(denial: Denial, source: str | None = None) -> Failure:
    """A denied field's failure."""
    return Failure(denial.code, denial.message, rule=denial.rule, source=source)


def manual_check(resource: Resource) -> Failure:
    """Withheld for protection; worded so that it identifies nobody."""
    return Failure("MANUAL_CHECK", f"{resource.title}: has to be checked by a person.", source=resource.code)


def multiple_records(resource: Resource) -> Failure:
    """The promise of one record is broken."""
    return Failure(
        "MULTIPLE_RECORDS",
        f"{resource.title}: several records where the catalogue promises one.",
        source=resource.code,
    )


_ROW_CONDITION = "ROW_CONDITION"


def is_not_open(entry: object) -> bool:
    """Whether there is no open record: another key or register may have one."""
    return isinstance(entry, Failure) and entry.rule == _ROW_CONDITION


def no_open_record(resource: Resource) -> Failure:
    """There is none, or none that meets the condition: which of both is not told."""
    return Failure(
        "DENIED",
        f"{resource.title}: open for some records only, and there is none of them here.",
        rule=_ROW_CONDITION,
        source=resource.code,
    )


def too_many_keys(resource: Resource, limit: int) -> Failure:
    """The second bound of three: distinct keys before a load."""
    return Failure(
        "TRUNCATED",
        f"{resource.title}: more than {limit} distinct keys lead here; ask for fewer parents.",
        source=resource.code,
    )


def invalid_value(item_title: str, source: str) -> Failure:
    """The register holds something else than the item promises."""
    return Failure("INVALID_VALUE", f"{item_title}: the stored value is not valid.", source=source)
