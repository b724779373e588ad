"""What the gateway refuses, and how it says so.

GatewayError                    client-safe: its message may leave, and holds no value of a caller's
├── SyntaxRefused               SYNTAX_ERROR            400
├── ValidationFailed            VALIDATION_FAILED       400  (or BAD_INPUT for variables)
├── BadInput                    BAD_INPUT               400
├── LimitExceeded               LIMIT_EXCEEDED          400
│   └── TooManySockets          LIMIT_EXCEEDED          503  (in `http/socket.py`)
├── CostExceeded                COST_EXCEEDED           400
├── Unauthenticated             UNAUTHENTICATED         401
├── PurposeRefused              PURPOSE_UNKNOWN         403
├── OriginRefused               ORIGIN_REFUSED          403
├── NotFound                    NOT_FOUND               404
├── MethodRefused               METHOD_NOT_ALLOWED      405
├── NotAcceptable               NOT_ACCEPTABLE          406
├── BodyLate                    BODY_LATE               408
├── BodyTooLarge                BODY_TOO_LARGE          413
├── UnsupportedMediaType        UNSUPPORTED_MEDIA_TYPE  415
├── RecordRefused               RECORD_UNAVAILABLE      503
├── Stopping                    STOPPING                503
└── SchemaUnavailable           SCHEMA_UNAVAILABLE      503
everything else                 INTERNAL_ERROR          500  an error id that the log knows
"""

from collections.abc import Sequence
from typing import Any, Self
from uuid import uuid4

import orjson
import structlog
from graphql import GraphQLError, VariableNode

from gateway.request import Answer

log = structlog.get_logger()


class GatewayError(Exception):
    """A refusal of the whole request. Its message is for the caller."""

    code = "INTERNAL_ERROR"
    status = 500
    is_well_formed = False
    """Whether HTTP has nothing to complain about: only GraphQL refuses it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def again(self) -> Self:
        """The same refusal for another request. One that is raised itself keeps the frames of everybody it
        was raised for, with what they asked."""
        other = type(self).__new__(type(self), *self.args)
        vars(other).update(vars(self))
        return other

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The `errors` entry of the response."""
        return [{"message": self.message, "extensions": {"code": self.code}}]

    def answer(self) -> Answer:
        """The response that says so."""
        return Answer(
            orjson.dumps({"errors": self.errors}),
            self.status,
            is_request_error=True,
            is_well_formed=self.is_well_formed,
        )


class BadInput(GatewayError):
    """The request itself is wrong."""

    code = "BAD_INPUT"
    status = 400


class LimitExceeded(GatewayError):
    """A bound on documents or answers is passed."""

    code = "LIMIT_EXCEEDED"
    status = 400
    is_well_formed = True


class CostExceeded(GatewayError):
    """The plan promises more than one request may cost."""

    code = "COST_EXCEEDED"
    status = 400
    is_well_formed = True


class MethodRefused(GatewayError):
    """The operation may not be asked for with this HTTP method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class Unauthenticated(GatewayError):
    """No key, or one that nobody has."""

    code = "UNAUTHENTICATED"
    status = 401


class PurposeRefused(GatewayError):
    """What the request says of its purpose, operator or case cannot stand."""

    code = "PURPOSE_UNKNOWN"
    status = 403


class OriginRefused(GatewayError):
    """A page of another site opens a WebSocket."""

    code = "ORIGIN_REFUSED"
    status = 403


class NotAcceptable(GatewayError):
    """No media type that we speak is acceptable to the client."""

    code = "NOT_ACCEPTABLE"
    status = 406


class BodyLate(GatewayError):
    """The request's body did not arrive before the deadline."""

    code = "BODY_LATE"
    status = 408


class NotFound(GatewayError):
    """Nothing is served at this path."""

    code = "NOT_FOUND"
    status = 404


class BodyTooLarge(GatewayError):
    """The request's body is over the bound."""

    code = "BODY_TOO_LARGE"
    status = 413


class UnsupportedMediaType(GatewayError):
    """The request's body is not JSON in UTF-8, uncompressed."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class RecordRefused(GatewayError):
    """The record of the disclosure cannot be written, so nothing is disclosed."""

    code = "RECORD_UNAVAILABLE"
    status = 503


class Stopping(GatewayError):
    """The gateway ends, and has waited for the answer as long as it waits for any."""

    code = "STOPPING"
    status = 503


class SchemaUnavailable(GatewayError):
    """What is asked about the schema was not made in time, or will not be; it may be tried again."""

    code = "SCHEMA_UNAVAILABLE"
    status = 503


class _SeveralErrors(GatewayError):
    """Several mistakes at once, each with its place in the document."""

    is_well_formed = True

    def __init__(self, refusals: Sequence[dict[str, Any]], code: str | None = None) -> None:
        super().__init__("; ".join(refusal["message"] for refusal in refusals))
        self._refusals = refusals
        self.code = code or self.code

    @property
    def errors(self) -> list[dict[str, Any]]:
        """One entry per mistake."""
        return [{**refusal, "extensions": {"code": self.code}} for refusal in self._refusals]


class SyntaxRefused(_SeveralErrors):
    """The document is not GraphQL."""

    code = "SYNTAX_ERROR"
    status = 400


class ValidationFailed(_SeveralErrors):
    """The document does not fit the schema, or the variables do not fit the document."""

    code = "VALIDATION_FAILED"
    status = 400


def client_safe(error: GraphQLError, request_id: str) -> GraphQLError:
    """An error as it may leave: ours as they are, anything else as an id that the log knows."""
    if (error.extensions or {}).get("code"):
        return error
    is_of_variable = any(isinstance(node, VariableNode) for node in error.nodes or ())
    if error.original_error is None or is_of_variable:  # graphql-core's own words, in which no value is
        return GraphQLError(error.message, error.nodes, path=error.path, extensions={"code": "BAD_INPUT"})
    return GraphQLError(
        "Internal error",
        error.nodes,
        path=error.path,
        extensions={
            "code": "INTERNAL_ERROR",
            "errorId": log_fault(error.original_error, request_id),
        },
    )


def log_fault(error: BaseException, request_id: str) -> str:
    """Write a fault to the log; the id joins it with what the caller was told."""
    error_id = uuid4().hex[:16]
    log.error("fault", error_id=error_id, request_id=request_id, exc_info=error)
    return error_id


def internal_error(error: BaseException, request_id: str) -> Answer:
    """The answer to a fault of our own: an id that joins it with the log, and nothing else."""
    extensions = {"code": "INTERNAL_ERROR", "errorId": log_fault(error, request_id)}
    body = {"errors": [{"message": "Internal error", "extensions": extensions}]}
    return Answer(orjson.dumps(body), 500, is_request_error=True)
