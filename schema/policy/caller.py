"""Who asks, for whom and why. Anonymous is a caller too."""

from dataclasses import dataclass, replace
from typing import Literal

Audience = Literal["open", "share", "authorised", "self", "admin"]


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at the desk, pseudonymous."""

    id: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An application, with whom it acts for, in which case and for which purpose."""

    application: str
    """Empty for anonymous."""
    audience: Audience
    department: str | None = None
    """The department whose application it is."""
    purposes: frozenset[str] = frozenset()
    """Purposes the application is registered for."""
    purpose: str | None = None
    """The purpose of this request; one of `purposes`."""
    operator: Operator | None = None
    case: str | None = None

    def unnamed(self) -> "Caller":
        """The same rights, without the person at the desk and the case: what may be kept."""
        return replace(
            self,
            operator=None if self.operator is None else Operator(""),
            case=None if self.case is None else "",
        )


ANONYMOUS = Caller(application="", audience="open")
