"""A request's bytes -> the parameters of a GraphQL request (GraphQL over HTTP, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope

from gateway.errors import BadInput, BodyTooLarge, UnsupportedMediaType
from gateway.http.media import is_json

MAX_NESTING = 200
"""Levels of JSON in variables; graphql-core bounds what types follow, this bounds the rest."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the client asks."""

    query: str
    operation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


class ClientGone(Exception):
    """The client closed the connection while it was still sending."""


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Read a body, stopping at the bound."""
    headers = dict(scope["headers"])
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("Send the body uncompressed.")
    if not is_json(headers.get(b"content-type", b"").decode("latin-1") or None):
        raise UnsupportedMediaType("Send 'Content-Type: application/json' in UTF-8.")
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > max_bytes:
        raise BodyTooLarge(f"The body is larger than {max_bytes} bytes.")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise BodyTooLarge(f"The body is larger than {max_bytes} bytes.")
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def parse_body(body: bytes) -> Parameters:
    """Read the parameters out of a POST body."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadInput("The body is not JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise BadInput("The body is a JSON object with 'query', 'operationName', 'variables', 'extensions'.")
    return _parameters(value)


def parse_query_string(query_string: bytes) -> Parameters:
    """Read the parameters out of a GET request's URL."""
    try:
        given = parse_qs(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadInput("The query string is not URL-encoded UTF-8.") from None
    if any(len(values) > 1 for values in given.values()):
        raise BadInput("A parameter is given twice.")
    value: dict[str, Any] = {name: values[0] for name, values in given.items()}
    for name in ("variables", "extensions"):
        if value.get(name):
            try:
                value[name] = orjson.loads(value[name])
            except orjson.JSONDecodeError:
                raise BadInput(f"'{name}' is not JSON.") from None
    if value.get("operationName") == "":
        value["operationName"] = None
    return _parameters(value)


def _parameters(value: dict[str, Any]) -> Parameters:
    query, operation = value.get("query"), value.get("operationName")
    variables, extensions = value.get("variables"), value.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise BadInput("'query' is missing: a string with a GraphQL document.")
    if operation is not None and not isinstance(operation, str):
        raise BadInput("'operationName' is a string.")
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("'variables' is an object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadInput("'extensions' is an object.")
    if _is_deeper(variables, MAX_NESTING):
        raise BadInput(f"'variables' is nested deeper than {MAX_NESTING} levels.")
    return Parameters(query, operation, variables or {})


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
