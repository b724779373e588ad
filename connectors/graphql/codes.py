"""Codes of GraphQL errors -> our errors. Nothing of a message is kept: it may hold a key.

There is no register of codes. These are those of the specification's reference servers and of the ones
that are met most: Apollo Server and Router, Yoga, Mercurius, Hasura, Hot Chocolate, graphql-java with
Spring and DGS, and our own. A code is read from `extensions.code`, else `classification` (graphql-java)
or `errorType` (DGS), whatever its case; a source's `codes` say what else one means.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from connectors.errors import (
    SourceAvailableAt,
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceTruncated,
    SourceUnavailable,
)

Outcome = Literal[
    "unavailable", "busy", "timeout", "refused", "closed", "truncated", "misbehaved", "no_record"
]
"""What a code means. `busy`: unavailable, and asking again at once makes it worse; `closed`: until the
moment in `extensions.until`; `no_record`: the place of the error is empty, and that is all."""
NO_RECORD = "no_record"

_BY_OUTCOME: Mapping[Outcome, str] = {
    "unavailable": """
        INTERNAL_SERVER_ERROR INTERNAL_ERROR INTERNAL UNAVAILABLE SERVICE_UNAVAILABLE UNEXPECTED 500 502 503
        DOWNSTREAM_SERVICE_ERROR SUBREQUEST_HTTP_ERROR SUBREQUEST_MALFORMED_RESPONSE SOURCE_DOWN
        RECORD_UNAVAILABLE PLANNER_BYPASSED STOPPING
    """,
    "busy": """
        RATE_LIMITED RATE_LIMIT_EXCEEDED RATE_LIMIT REQUEST_RATE_LIMITED THROTTLED TOO_MANY_REQUESTS
        RESOURCE_EXHAUSTED SCHEMA_UNAVAILABLE 429
    """,
    "timeout": """
        TIMEOUT GATEWAY_TIMEOUT REQUEST_TIMEOUT OPERATION_TIMEOUT DEADLINE_EXCEEDED EXECUTION_ABORTED
        EXECUTIONABORTED HC0045 BODY_LATE 504
    """,
    "refused": """
        UNAUTHENTICATED UNAUTHORIZED FORBIDDEN PERMISSION_DENIED ACCESS_DENIED DENIED CONSENT_REQUIRED
        ORIGIN_REFUSED
        INVALID_JWT INVALID_HEADERS AUTH_NOT_AUTHENTICATED AUTH_NOT_AUTHORIZED UNAUTHORIZED_FIELD_OR_TYPE
        NOT_CONNECTED MANUAL_CHECK PURPOSE_UNKNOWN AS_OF_UNSUPPORTED
        GRAPHQL_PARSE_FAILED GRAPHQL_VALIDATION_FAILED VALIDATION_FAILED VALIDATION_ERROR VALIDATIONERROR
        SYNTAX_ERROR INVALIDSYNTAX PARSING_ERROR BAD_USER_INPUT BAD_INPUT BAD_REQUEST INVALID_ARGUMENT
        OPERATION_RESOLUTION_FAILURE OPERATIONNOTSUPPORTED FAILED_PRECONDITION NOT_SUPPORTED
        INTROSPECTION_DISABLED CSRF_PREVENTION METHOD_NOT_ALLOWED NOT_ACCEPTABLE UNSUPPORTED_MEDIA_TYPE
        PERSISTED_QUERY_NOT_FOUND PERSISTED_QUERY_NOT_SUPPORTED PERSISTED_QUERY_NOT_IN_LIST
        PERSISTED_QUERY_ID_REQUIRED PERSISTED_QUERY_HASH_MISMATCH
        LIMIT_EXCEEDED COST_EXCEEDED QUERY_TOO_COMPLEX COST_ESTIMATED_TOO_EXPENSIVE MAX_DEPTH_LIMIT
        MAX_ALIASES_LIMIT MAX_ROOT_FIELDS_LIMIT BODY_TOO_LARGE PAYLOAD_TOO_LARGE 400 401 403
    """,
    "closed": "AVAILABLE_AT",
    "truncated": "TRUNCATED",
    "misbehaved": """
        MULTIPLE_RECORDS INVALID_VALUE NULLVALUEINNONNULLABLEFIELD
    """,
    "no_record": "NO_RECORD",
}
KNOWN: Mapping[str, Outcome] = {
    code: outcome for outcome, codes in _BY_OUTCOME.items() for code in codes.split()
}
_PLACES = ("code", "classification", "errorType")
_CLASSES: Mapping[str, type[SourceError]] = {
    "timeout": SourceTimeout,
    "refused": SourceRefused,
    "truncated": SourceTruncated,
    "misbehaved": SourceMisbehaved,
}


class Codes:
    """What the codes of one source mean."""

    def __init__(self, declared: Mapping[str, Outcome]) -> None:
        self._known = {**KNOWN, **{_normal(code): outcome for code, outcome in declared.items()}}

    def outcome(self, error: Mapping[str, Any]) -> Outcome | None:
        """What an entry of `errors` means; `None` where its code is unknown, or there is none."""
        extensions = error.get("extensions")
        if not isinstance(extensions, dict):
            return None
        given = (extensions.get(place) for place in _PLACES)
        known = (self._known.get(_normal(code)) for code in given if isinstance(code, str | int))
        return next((outcome for outcome in known if outcome is not None), None)

    def error(self, error: Mapping[str, Any]) -> SourceError:
        """The same as an error of ours; what is unknown is unavailable."""
        outcome = self.outcome(error)
        if outcome is None:
            return SourceUnavailable("an error without a code that is known")
        detail = f"an error of the service: {outcome}"
        if outcome == "closed":
            until = _moment(error["extensions"].get("until"))
            return SourceUnavailable(detail) if until is None else SourceAvailableAt(until, detail)
        if outcome in {"unavailable", "busy"}:
            return SourceUnavailable(detail, is_transient=outcome == "unavailable")
        return _CLASSES.get(outcome, SourceMisbehaved)(detail)


def _normal(code: str | int) -> str:
    return str(code).strip().upper().replace("-", "_")


def _moment(value: Any) -> datetime | None:
    """A moment with its offset; one without would be a guess."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None
