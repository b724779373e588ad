"""A request's bytes -> the parameters of a GraphQL request (GraphQL over HTTP, section 5)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from msgspec import Struct, field
from starlette.types import Receive

from connectors.deadline import Until
from gateway.errors import BadInput, BodyLate, BodyTooLarge, UnsupportedMediaType
from gateway.http.media import is_json

MAX_NESTING = 200
"""Levels of JSON in variables; graphql-core bounds what types follow, this bounds the rest."""

PATIENCE = 8
"""Times the bound that is read and thrown away, so that a client in earnest reads its 413: closing
while it sends would reset the connection."""


class Parameters(Struct, frozen=True):
    """What the client asks."""

    query: str
    operation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


class ClientGone(Exception):
    """The client closed the connection while it was still sending."""


async def read_body(headers: Mapping[str, str], receive: Receive, max_bytes: int, deadline: float) -> bytes:
    """Read a body whole, before anything else is decided: who is answered early is still sending.

    `headers` has lower-case names. Raises `BodyTooLarge`, `BodyLate` and `ClientGone`; after the first two
    the rest is not read and the connection has to be closed.
    """
    announced = headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes * PATIENCE:
        raise _too_large(max_bytes)
    chunks: list[bytes] = []
    size, is_whole = 0, False
    try:
        with Until(deadline):
            while not is_whole and size <= max_bytes * PATIENCE:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                chunk = message.get("body", b"")
                size += len(chunk)
                if size <= max_bytes:
                    chunks.append(chunk)
                is_whole = not message.get("more_body")
    except TimeoutError:
        raise BodyLate("The body did not arrive in time.") from None
    if size > max_bytes:
        raise _too_large(max_bytes)
    return b"".join(chunks)


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {max_bytes} bytes.")


def check_media_type(headers: Mapping[str, str]) -> None:
    """Refuse a body that is not plain JSON. `headers` has lower-case names."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body uncompressed.")
    if not is_json(headers.get("content-type")):
        raise UnsupportedMediaType("Send 'Content-Type: application/json' in UTF-8.")


def parse_body(body: bytes) -> Parameters:
    """Read the parameters out of a POST body."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadInput("The body is not JSON in UTF-8.") from None
    if isinstance(value, list):
        raise BadInput("A list of requests is not taken: send each by itself, as a JSON object with 'query'.")
    if not isinstance(value, dict):
        raise BadInput("The body is a JSON object with 'query', 'operationName', 'variables', 'extensions'.")
    brackets = body.count(b"{") + body.count(b"[")
    return read_parameters(value, may_be_deep=brackets >= MAX_NESTING)


def parse_query_string(query_string: bytes) -> Parameters:
    """Read the parameters out of a GET request's URL; one that is empty is none."""
    try:
        given = parse_qs(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadInput("The query string is not URL-encoded UTF-8.") from None
    if any(len(values) > 1 for values in given.values()):
        raise BadInput("A parameter is given twice.")
    value: dict[str, Any] = {name: values[0] for name, values in given.items() if values[0]}
    for name in ("variables", "extensions"):
        if name in value:
            try:
                value[name] = orjson.loads(value[name])
            except orjson.JSONDecodeError:
                raise BadInput(f"'{name}' is not JSON.") from None
    return read_parameters(value)


def read_parameters(value: dict[str, Any], *, may_be_deep: bool = True) -> Parameters:
    """The parameters in a JSON object; it need not be looked at how deep they are where its text has too few
    brackets for it. An empty name of an operation is none. Raises `BadInput`."""
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
    if may_be_deep and _is_deeper(variables, MAX_NESTING):
        raise BadInput(f"'variables' is nested deeper than {MAX_NESTING} levels.")
    return Parameters(query, operation or None, variables or {})


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
