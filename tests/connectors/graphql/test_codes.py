"""What codes mean: complete for what is met most and for our own, and silent about everything else."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from connectors.errors import (
    SourceAvailableAt,
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceTruncated,
    SourceUnavailable,
)
from connectors.graphql.codes import KNOWN, Codes, Outcome
from tests.connectors.graphql.asked import error

ROOT = Path(__file__).parents[3]
NOTES = {"DATA", "STALE", "MASKED", "PARTIAL"}
"""States of values that are there: never codes of errors."""
NOT_OURS_TO_SAY = {"NOT_FOUND"}
"""A wrong path to one service and a missing record to another: a declaration says which."""


def test_every_code_that_the_gateway_gives_is_known() -> None:
    """Another gateway of ours may be the source."""
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    given = set(re.findall(r"^### ([A-Z_]+)$", text, re.MULTILINE))
    assert len(given) > 30
    assert given - NOTES - NOT_OURS_TO_SAY <= KNOWN.keys()


MEANINGS: list[tuple[dict[str, Any], type[SourceError], bool]] = [
    ({"code": "UNAUTHENTICATED"}, SourceRefused, False),
    ({"code": "FORBIDDEN"}, SourceRefused, False),
    ({"code": "GRAPHQL_VALIDATION_FAILED"}, SourceRefused, False),
    ({"code": "PERSISTED_QUERY_NOT_FOUND"}, SourceRefused, False),
    ({"code": "access-denied"}, SourceRefused, False),
    ({"code": 403}, SourceRefused, False),
    ({"code": "RATE_LIMITED"}, SourceUnavailable, False),
    ({"code": 429}, SourceUnavailable, False),
    ({"code": "INTERNAL_SERVER_ERROR"}, SourceUnavailable, True),
    ({"code": "GATEWAY_TIMEOUT"}, SourceTimeout, False),
    ({"code": "TRUNCATED"}, SourceTruncated, False),
    ({"code": "MULTIPLE_RECORDS"}, SourceMisbehaved, False),
    ({"code": "AVAILABLE_AT", "until": "2027-01-01T00:00:00Z"}, SourceAvailableAt, False),
    ({"code": "AVAILABLE_AT", "until": 7}, SourceUnavailable, False),
    ({"classification": "ValidationError"}, SourceRefused, False),
    ({"classification": "DataFetchingException", "errorType": "PERMISSION_DENIED"}, SourceRefused, False),
    ({"code": "OUT_OF_PAPER"}, SourceUnavailable, False),
    ({"code": ["FORBIDDEN"]}, SourceUnavailable, False),
    ({"code": None}, SourceUnavailable, False),
    ({}, SourceUnavailable, False),
]


@pytest.mark.parametrize(("extensions", "expected", "is_transient"), MEANINGS)
def test_a_code_is_an_error_of_ours(
    extensions: dict[str, Any], expected: type[SourceError], is_transient: bool
) -> None:
    found = Codes({}).error({"message": "secret", "extensions": extensions})
    assert type(found) is expected
    assert found.is_transient is is_transient
    assert "secret" not in found.detail


def test_every_outcome_is_an_error_of_ours() -> None:
    for outcome in get_args(Outcome):
        assert isinstance(Codes({"MINE": outcome}).error(error(code="MINE")), SourceError)


def test_what_a_source_declares_replaces_what_is_known() -> None:
    codes = Codes({"forbidden": "no_record", "E-7": "busy"})
    assert codes.outcome(error(code="FORBIDDEN")) == "no_record"
    assert codes.outcome(error(code="e_7")) == "busy"


@pytest.mark.parametrize("told", [{}, {"extensions": None}, {"extensions": "FORBIDDEN"}, {"message": 7}])
def test_an_error_without_extensions_is_unavailable(told: dict[str, Any]) -> None:
    assert Codes({}).outcome(told) is None
    assert type(Codes({}).error(told)) is SourceUnavailable
