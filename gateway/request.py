"""What HTTP hands to the pipeline and what it gets back."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from schema.policy.caller import Caller


class Ask(Struct, frozen=True):
    """One GraphQL request, as parsed from HTTP."""

    document: str
    caller: Caller
    request_id: str
    deadline: float
    """Absolute, in seconds of the event loop's clock."""
    operation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    is_safe_method: bool = False
    """GET: refused for mutations and for whatever reaches a personal resource."""
    switches: str | None = None
    """`Jutong-Sandbox`, for a sandbox alone."""
    quiet_states: bool = False
    """`Jutong-Errors: states`: source failures and denials stay out of `errors`."""


class Answer(Struct, frozen=True):
    """A complete response body, with what HTTP must know about it."""

    body: bytes
    """JSON."""
    status: int
    """For `application/graphql-response+json`: 200, 400 (refused before execution), 405, 503, …"""
    is_request_error: bool
    """No `data` entry. `application/json` then still answers 200 for GraphQL errors (spec)."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_well_formed: bool = False
    """A request that GraphQL itself refused: parser, validator, coercion."""

    @property
    def plain_status(self) -> int:
        """The status where it says what became of the request, not of GraphQL: 200 for a well-formed one that
        GraphQL refuses. `application/json` (GraphQL over HTTP, section 6.4.1) and sockets have it."""
        return 200 if self.is_request_error and self.is_well_formed else self.status
