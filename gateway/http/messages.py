"""The messages of `graphql-transport-ws` (graphql-ws, PROTOCOL.md): text <-> values.

Nothing of a message is repeated in what is said about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from gateway.errors import BadInput
from gateway.http.body import Parameters, read_parameters
from gateway.request import Answer

PROTOCOL = "graphql-transport-ws"
MAX_ID_CHARACTERS = 128
"""Of an operation's id; clients make UUIDs and counters."""
ACK = '{"type":"connection_ack"}'
PONG = '{"type":"pong"}'


class BadMessage(Exception):
    """A text that is no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Init:
    """The client begins; it may say who it is."""

    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ping:
    """The client asks whether we are there."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The client is there."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The client asks for an operation."""

    id: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Complete:
    """The client wants no more of an operation."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> Message:
    """Read what a client may send. Raises `BadMessage`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadMessage("The message is not JSON.") from None
    if not isinstance(value, dict):
        raise BadMessage("A message is a JSON object with 'type'.")
    match value.get("type"):
        case "subscribe":
            return Subscribe(_id(value), _parameters(value.get("payload")))
        case "complete":
            return Complete(_id(value))
        case "ping":
            _payload(value)
            return Ping()
        case "pong":
            _payload(value)
            return Pong()
        case "connection_init":
            return Init(_payload(value))
    raise BadMessage("Clients send 'connection_init', 'ping', 'pong', 'subscribe' and 'complete'.")


def next_message(id_: str, body: bytes) -> str:
    """An answer. `body` is the JSON of an execution result."""
    return f'{{"id":{_json(id_)},"type":"next","payload":{body.decode()}}}'


def error_message(id_: str, answer: Answer) -> str:
    """A refusal before execution: its errors alone; nothing follows it."""
    errors = orjson.dumps(orjson.loads(answer.body)["errors"]).decode()
    return f'{{"id":{_json(id_)},"type":"error","payload":{errors}}}'


def complete_message(id_: str) -> str:
    """The end of an operation."""
    return f'{{"id":{_json(id_)},"type":"complete"}}'


def _id(value: Mapping[str, Any]) -> str:
    id_ = value.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= MAX_ID_CHARACTERS:
        raise BadMessage(f"'id' is a string of 1 to {MAX_ID_CHARACTERS} characters.")
    return id_


def _payload(value: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = value.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise BadMessage("'payload' is an object.")
    return payload or {}


def _parameters(payload: Any) -> Parameters:
    if not isinstance(payload, dict):
        raise BadMessage("'payload' is an object with 'query', 'operationName', 'variables', 'extensions'.")
    try:
        return read_parameters(payload)
    except BadInput as refused:
        raise BadMessage(refused.message) from None


def _json(text: str) -> str:
    return orjson.dumps(text).decode()
