"""The response body: errors counted once per pattern, states beside the data."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from graphql import GraphQLError

from gateway.assemble.field_error import error_extensions
from gateway.assemble.places import ResponsePath
from gateway.assemble.states import StateTable, pattern_of

FIELD_CODES = frozenset(
    {
        "DENIED",
        "CONSENT_REQUIRED",
        "SOURCE_DOWN",
        "AVAILABLE_AT",
        "NOT_CONNECTED",
        "MULTIPLE_RECORDS",
        "NO_RECORD",
        "INVALID_VALUE",
        "MANUAL_CHECK",
        "AS_OF_UNSUPPORTED",
        "TRUNCATED",
    }
)
"""Codes of null fields; `Jutong-Errors: states` keeps these out of `errors`."""

_OPTIONS = orjson.OPT_UTC_Z


def errors_of(table: StateTable) -> list[dict[str, Any]]:
    """The fast path's errors: one per failed field, with its first path, pattern and count."""
    return [
        _error(
            seen.state.message,
            seen.path,
            seen.pattern,
            seen.count,
            error_extensions(seen.state.state, seen.state.rule, seen.state.source, seen.state.until),
        )
        for seen in table.rows.values()
        if seen.is_error
    ]


def collapse(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """The same for errors that went through graphql-core."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for error in errors:
        path: ResponsePath = tuple(error.path or ())
        extensions = dict(error.extensions or {})
        identity = (pattern_of(path), extensions.get("code"), error.message)
        if identity in found:
            found[identity]["extensions"]["count"] += 1
        else:
            found[identity] = _error(error.message, path, identity[0], 1, extensions)
    return list(found.values())


def _error(
    message: str, path: ResponsePath, pattern: str, count: int, extensions: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "message": message,
        "path": list(path),
        "extensions": {**extensions, "pattern": pattern, "count": count},
    }


def finished_body(data: Mapping[str, Any], table: StateTable, *, quiet_states: bool) -> bytes:
    """The bytes of the fast path's response, whose errors are in the table."""
    if not table.rows:
        return orjson.dumps({"data": data}, option=_OPTIONS)
    return body_of(data, errors_of(table), table, quiet_states=quiet_states)


def body_of(
    data: Mapping[str, Any] | None, errors: list[dict[str, Any]], table: StateTable, *, quiet_states: bool
) -> bytes:
    """The bytes of a response."""
    if quiet_states:
        errors = [error for error in errors if error["extensions"].get("code") not in FIELD_CODES]
    body: dict[str, Any] = {"data": data}
    if errors:
        body["errors"] = errors
    if table.rows:
        body["extensions"] = {"states": table.entries()}
    return orjson.dumps(body, option=_OPTIONS)
