"""`/graphql` and `/open/graphql`: GraphQL over HTTP as a plain ASGI application.

Pure ASGI on purpose: one `BaseHTTPMiddleware` costs more than the whole rest of a request.
"""

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from gateway.errors import BadInput, GatewayError, MethodRefused, NotAcceptable, internal_error
from gateway.http.body import (
    ClientGone,
    Parameters,
    check_media_type,
    parse_body,
    parse_query_string,
    read_body,
)
from gateway.http.disconnect import unless_gone
from gateway.http.events import send_events
from gateway.http.media import EVENTS, JSON, RESPONSE, MediaType, choose_media_type
from gateway.http.operation import Executor, answers
from gateway.http.refusal import CHALLENGE, UNKEPT
from gateway.request import Answer, Ask
from gateway.telemetry.metrics import METRICS, Endpoint, Tally, Transport
from schema.identifiers import names_citizen
from schema.policy.caller import Caller

log = structlog.get_logger()

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""What may end in logs and in the record."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Bounds of one HTTP request."""

    timeout_seconds: float = 10
    max_body_bytes: int = 1_048_576


@dataclass(slots=True)
class GraphQLEndpoint:
    """One path that speaks GraphQL. Made once the log is set up."""

    name: Endpoint
    """For logs and metrics."""
    executor: Callable[[], Executor]
    identify: Callable[[Mapping[str, str]], Caller]
    limits: HttpLimits = HttpLimits()
    is_sandbox: bool = False
    log: Any = field(init=False)
    """Says which endpoint it is."""
    _tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.log = log.bind(endpoint=self.name)
        self._tally = METRICS.at(self.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or nobody if the client has gone."""
        headers = headers_of(scope)
        request_id = request_id_of(headers)
        clock = asyncio.get_running_loop().time
        started = clock()
        media: MediaType | None = choose_media_type(headers.get("accept"))
        try:
            body = await read_body(
                headers, receive, self.limits.max_body_bytes, started + self.limits.timeout_seconds
            )
            if media is None:
                raise NotAcceptable("Accept application/graphql-response+json or application/json.")
            ask = self._ask(scope, body, headers, request_id, started)
            if media == EVENTS:
                await self._tell(ask, scope["method"], started, receive, send)
                return
            answer = await unless_gone(self.executor().answer(ask), receive)
        except ClientGone:
            self.log.info("client_gone", request_id=request_id)
            return
        except GatewayError as error:
            answer = error.answer()
        except Exception as error:  # noqa: BLE001 - the last line: no exception text leaves
            answer = internal_error(error, request_id)
        status = _status(answer, media or JSON)
        self.note(scope["method"], status, clock() - started, request_id)
        await _send(send, answer, status, media or JSON, request_id)

    async def _tell(self, ask: Ask, method: str, started: float, receive: Receive, send: Send) -> None:
        """Answer as events. Raises `ClientGone` and what is refused before the stream begins."""
        clock = asyncio.get_running_loop().time

        def note(status: int) -> None:
            self.note(method, status, clock() - started, ask.request_id)

        with self.holding("sse"):
            await send_events(answers(self.executor, ask), note, receive, send, ask.request_id)

    def holding(self, transport: Transport) -> AbstractContextManager[None]:
        """Count what is open, while it is."""
        return self._tally.holding(transport)

    def note(self, method: str, status: int, seconds: float, request_id: str) -> None:
        """Count and log a request that is answered."""
        self._tally.count(status, seconds)
        milliseconds = round(seconds * 10_000) / 10
        self.log.info(
            "request", request_id=request_id, method=method, status=status, milliseconds=milliseconds
        )

    def _ask(
        self, scope: Scope, body: bytes, headers: Mapping[str, str], request_id: str, started: float
    ) -> Ask:
        caller, method = self.identify(headers), scope["method"]
        if method == "POST":
            check_media_type(headers)
            parameters = parse_body(body)
        elif method == "GET":
            parameters = parse_query_string(scope["query_string"])
        else:
            raise MethodRefused("Use POST, or GET for queries that reach nobody.")
        return self.ask(caller, parameters, headers, request_id, started, is_safe_method=method == "GET")

    def ask(
        self,
        caller: Caller,
        parameters: Parameters,
        headers: Mapping[str, str],
        request_id: str,
        started: float,
        *,
        is_safe_method: bool = False,
    ) -> Ask:
        """What a caller asks, with what its headers say besides. Raises `BadInput`."""
        switches = headers.get("jutong-sandbox")
        if switches is not None and not self.is_sandbox:
            raise BadInput("Header 'Jutong-Sandbox' is for a sandbox, and this gateway is none.")
        wish = headers.get("jutong-timeout")
        return Ask(
            document=parameters.query,
            caller=caller,
            request_id=request_id,
            deadline=started + (self.limits.timeout_seconds if wish is None else self._timeout(wish)),
            operation=parameters.operation,
            variables=parameters.variables,
            is_safe_method=is_safe_method,
            switches=switches,
            quiet_states=headers.get("jutong-errors", "").strip().lower() == "states",
        )

    def _timeout(self, given: str) -> float:
        try:
            seconds = float(given)
        except ValueError:
            raise BadInput("Header 'Jutong-Timeout' is a number of seconds.") from None
        if not 0 < seconds < float("inf"):
            raise BadInput("Header 'Jutong-Timeout' is a positive number of seconds.")
        return min(seconds, self.limits.timeout_seconds)


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Headers by lower-case name; one that is given twice is one list (RFC 9110, section 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def request_id_of(headers: Mapping[str, str]) -> str:
    """The client's own id for its request where it may be written down, or a new one."""
    given = headers.get("jutong-request-id", "")
    is_safe = _REQUEST_ID.fullmatch(given) and not names_citizen(given)
    return given if is_safe else os.urandom(16).hex()


def _status(answer: Answer, media: MediaType) -> int:
    """`application/json` answers 200 for a well-formed request that GraphQL refuses (section 6.4.1)."""
    if media == JSON and answer.is_request_error and answer.is_well_formed:
        return 200
    return answer.status


async def _send(send: Send, answer: Answer, status: int, media: MediaType, request_id: str) -> None:
    raw = [
        *_HEADERS[media],
        (b"content-length", b"%d" % len(answer.body)),
        (b"jutong-request-id", request_id.encode("latin-1")),
        *_OF_STATUS.get(status, ()),
    ]
    if answer.headers:
        raw += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


_HEADERS: Mapping[MediaType, tuple[tuple[bytes, bytes], ...]] = {
    media: (
        (b"content-type", f"{written}; charset=utf-8".encode("ascii")),
        *((name.encode("ascii"), value.encode("ascii")) for name, value in UNKEPT.items()),
    )
    for media, written in ((RESPONSE, RESPONSE), (JSON, JSON), (EVENTS, JSON))
}
"""What is refused before a stream of events begins is an answer like any other."""
_CLOSE = ((b"connection", b"close"),)
_OF_STATUS: Mapping[int, tuple[tuple[bytes, bytes], ...]] = {
    401: ((b"www-authenticate", CHALLENGE.encode("ascii")),),
    405: ((b"allow", b"GET, POST"),),
    408: _CLOSE,  # the rest of the body is not read
    413: _CLOSE,
}
