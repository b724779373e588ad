"""`/graphql` and `/open/graphql`: GraphQL over HTTP as a plain ASGI application.

Pure ASGI on purpose: one `BaseHTTPMiddleware` costs more than the whole rest of a request.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from gateway.errors import GatewayError, MethodRefused, NotAcceptable, Stopping, internal_error
from gateway.http.body import ClientGone, check_media_type, parse_body, parse_query_string, read_body
from gateway.http.disconnect import unless_gone
from gateway.http.events import send_events
from gateway.http.graph import Graph
from gateway.http.headers import headers_of, request_id_of
from gateway.http.media import EVENTS, JSON, RESPONSE, MediaType, choose_media_type
from gateway.http.operation import answers
from gateway.http.refusal import CHALLENGE, RAW_UNKEPT
from gateway.request import Answer, Ask


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """One graph over HTTP."""

    graph: Graph
    max_body_bytes: int = 1_048_576

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or nobody if the client has gone."""
        graph, headers = self.graph, headers_of(scope)
        request_id = request_id_of(headers)
        clock = asyncio.get_running_loop().time
        started = clock()
        media: MediaType | None = choose_media_type(headers.get("accept"))
        try:
            body = await read_body(headers, receive, self.max_body_bytes, started + graph.timeout_seconds)
            if media is None:
                raise NotAcceptable("Accept application/graphql-response+json or application/json.")
            ask = self._ask(scope, body, headers, request_id, started)
            if media == EVENTS:
                await self._tell(ask, scope["method"], started, receive, send)
                return
            answer = await unless_gone(graph.executor().answer(ask), receive)
        except ClientGone:
            graph.log.info("client_gone", request_id=request_id)
            return
        except asyncio.CancelledError:  # the server's, which ends: the client is there
            if media == EVENTS:  # and hears that its stream breaks off
                return
            answer = Stopping("The gateway is being stopped: ask again.").answer()
        except GatewayError as error:
            answer = error.answer()
        except Exception as error:  # noqa: BLE001 - the last line: no exception text leaves
            answer = internal_error(error, request_id)
        media = media or JSON
        status = answer.plain_status if media == JSON else answer.status
        graph.note(scope["method"], status, clock() - started, request_id)
        await _send(send, answer, status, media, request_id)

    async def _tell(self, ask: Ask, method: str, started: float, receive: Receive, send: Send) -> None:
        """Answer as events. Raises `ClientGone` and what is refused before the stream begins."""
        graph, clock = self.graph, asyncio.get_running_loop().time

        def note(status: int) -> None:
            graph.note(method, status, clock() - started, ask.request_id)

        with graph.holding("sse"):
            await send_events(answers(graph.executor, ask), note, receive, send, ask.request_id)

    def _ask(
        self, scope: Scope, body: bytes, headers: Mapping[str, str], request_id: str, started: float
    ) -> Ask:
        caller, method = self.graph.identify(headers), scope["method"]
        if method == "POST":
            check_media_type(headers)
            parameters = parse_body(body)
        elif method == "GET":
            parameters = parse_query_string(scope["query_string"])
        else:
            raise MethodRefused("Use POST, or GET for queries that reach nobody.")
        return self.graph.ask(
            caller, parameters, headers, request_id, started, is_safe_method=method == "GET"
        )


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
    media: ((b"content-type", f"{written}; charset=utf-8".encode("ascii")), *RAW_UNKEPT)
    for media, written in ((RESPONSE, RESPONSE), (JSON, JSON), (EVENTS, JSON))
}
"""What is refused before a stream of events begins is an answer like any other."""
_CLOSE = ((b"connection", b"close"),)
_OF_STATUS: Mapping[int, tuple[tuple[bytes, bytes], ...]] = {
    401: ((b"www-authenticate", CHALLENGE.encode("ascii")),),
    405: ((b"allow", b"GET, POST"),),
    408: _CLOSE,  # the rest of the body is not read
    413: _CLOSE,
    503: ((b"retry-after", b"1"),),
}
