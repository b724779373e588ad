"""An HTTP answer -> data and errors, as the specification has them (GraphQL 7.1, GraphQL over HTTP 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from functools import lru_cache
from typing import Any

from connectors.errors import SourceError, SourceMisbehaved
from connectors.graphql.codes import NO_RECORD, Codes
from connectors.http.answers import check_status, parse_json
from connectors.http.clients.client import Answer

MEDIA_TYPE = "application/graphql-response+json"
ACCEPTED = f"{MEDIA_TYPE}, application/json;q=0.9"
Path = tuple[str | int, ...]
MAX_STEPS = 64
"""Of the path of an error: no document is so deep, and following one is recursive."""
MAX_ERRORS = 10_000
"""In one answer: each is followed through the data."""
_STEPS = frozenset({str, int})


@dataclass(frozen=True, slots=True)
class Failure:
    """One entry of `errors`."""

    path: Path
    error: SourceError = field(repr=False)
    is_no_record: bool
    """Whether its code says that its place is empty, and nothing worse."""
    is_one_of_many: bool
    """Whether it stands for every null place of its kind, as ours do (`extensions.count`)."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a service answered: data, and what is missing in it."""

    values: Sequence[Any] = field(repr=False)
    """What stands under the alias of each copy."""
    failures: Mapping[int, Sequence[Failure]] = field(default_factory=dict)
    """By number of the copy that they are about."""


def read_response(answer: Answer, max_bytes: int, codes: Codes, aliases: Sequence[str]) -> Response:
    """Read an answer; raises a `SourceError` where it says nothing about any of the aliases."""
    if not 200 <= answer.status < 300:
        _refuse(answer, max_bytes, codes)
    check_status(answer, frozenset())
    body = parse_json(answer, max_bytes)
    if not isinstance(body, dict) or ("data" not in body and "errors" not in body):
        raise SourceMisbehaved("the answer is none of GraphQL")
    errors, data = body.get("errors"), body.get("data")
    failures = {} if errors is None else _by_copy(errors, codes, aliases)
    if data is None:
        return _without_data(failures, len(aliases))
    if not isinstance(data, dict) or not data.keys() >= set(aliases):
        raise SourceMisbehaved("the answer lacks what was asked")
    return Response([data[alias] for alias in aliases], failures)


def _by_copy(errors: Any, codes: Codes, aliases: Sequence[str]) -> dict[int, list[Failure]]:
    """Errors by number of the copy; raises the first that is about none."""
    numbers = {alias: number for number, alias in enumerate(aliases)}
    found: dict[int, list[Failure]] = {}
    for failure in [_failure(one, codes) for one in _checked(errors)]:
        if not failure.path or failure.path[0] not in numbers:
            raise failure.error
        found.setdefault(numbers[str(failure.path[0])], []).append(failure)
    return found


def _without_data(failures: Mapping[int, Sequence[Failure]], copies: int) -> Response:
    """A null that climbed to the root hides everything else, unless each copy is said to have no record."""
    if not failures:
        raise SourceMisbehaved("no data, and no error that says why")
    for of in failures.values():
        for failure in of:
            if not failure.is_no_record:
                raise failure.error
    if len(failures) != copies:
        raise SourceMisbehaved("a missing record hides the others: its field may not be null")
    return Response([None] * copies, failures)


def _refuse(answer: Answer, max_bytes: int, codes: Codes) -> None:
    """Raise what a refusal says, if it is one of GraphQL and says more than its status."""
    if _media_type(answer.headers.get("content-type", "")) != MEDIA_TYPE or "retry-after" in answer.headers:
        return
    try:
        body = parse_json(answer, max_bytes)
        errors = _checked(body.get("errors", [])) if isinstance(body, dict) else []
    except SourceMisbehaved:
        return
    for error in errors:
        if codes.outcome(error) not in {None, NO_RECORD}:
            raise codes.error(error)


def _checked(errors: Any) -> list[dict[str, Any]]:
    if (
        not isinstance(errors, list)
        or len(errors) > MAX_ERRORS
        or not all(isinstance(one, dict) for one in errors)
    ):
        raise SourceMisbehaved("errors that are none of GraphQL")
    return errors


def _failure(error: dict[str, Any], codes: Codes) -> Failure:
    path = error.get("path") or []
    if not isinstance(path, list) or len(path) > MAX_STEPS or not _STEPS.issuperset(map(type, path)):
        raise SourceMisbehaved("errors that are none of GraphQL")
    extensions = error.get("extensions")
    count = extensions.get("count") if isinstance(extensions, dict) else None
    return Failure(
        path=tuple(path),
        error=codes.error(error),
        is_no_record=codes.outcome(error) == NO_RECORD,
        is_one_of_many=isinstance(count, int) and count > 1,
    )


@lru_cache(maxsize=256)
def _media_type(content_type: str) -> str:
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type()
