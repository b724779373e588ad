"""`graphql-transport-ws` on the path of a graph: the handshake, and who is let in."""

from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

from gateway.errors import GatewayError, LimitExceeded, NotFound, log_fault
from gateway.http.conversation import INTERNAL, METHOD, Conversation, SocketLimits
from gateway.http.graph import Graph
from gateway.http.headers import headers_of, request_id_of
from gateway.http.messages import PROTOCOL
from gateway.http.origin import check_origin
from gateway.http.refusal import refusal

PROTOCOL_REFUSED = 4406


class TooManySockets(LimitExceeded):
    """As many as are kept open are open."""

    status = 503


class SocketEndpoint:
    """One path that speaks GraphQL over WebSocket, with the same front door as over HTTP."""

    def __init__(self, graph: Graph, limits: SocketLimits, origins: frozenset[str]) -> None:
        self._graph = graph
        self._limits = limits
        self._origins = origins
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket."""
        await receive()  # websocket.connect
        headers = headers_of(scope)
        request_id = request_id_of(headers)
        try:
            self._check(headers)
        except GatewayError as error:
            self._graph.note(METHOD, error.status, 0, request_id)
            await refusal(error.answer(), {"jutong-request-id": request_id})(scope, receive, send)
            return
        self._open += 1
        code, conversation = 1006, Conversation(self._graph, self._limits, headers, request_id, receive, send)
        try:
            with self._graph.holding("websocket"):
                is_spoken = PROTOCOL in scope["subprotocols"]
                await _accept(send, PROTOCOL if is_spoken else None, request_id)
                if is_spoken:
                    code = await self._talk(conversation, request_id)
                else:
                    code = PROTOCOL_REFUSED
                    await conversation.close(code, f"Subprotocol not acceptable: offer {PROTOCOL}")
        except OSError:
            pass  # uvicorn's word for a client that has gone meanwhile
        finally:
            self._open -= 1
            self._graph.log.info(
                "socket_closed", request_id=request_id, code=code, operations=conversation.operations
            )

    async def _talk(self, conversation: Conversation, request_id: str) -> int:
        try:
            return await conversation.run()
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - the last line: no exception text leaves
            log_fault(error, request_id)
            await conversation.close(INTERNAL, "Internal server error")
            return INTERNAL

    def _check(self, headers: Mapping[str, str]) -> None:
        """Refuse a handshake with the status that HTTP has for it."""
        check_origin(headers, self._origins)
        if self._open >= self._limits.max_sockets:
            raise TooManySockets(f"More than {self._limits.max_sockets} WebSockets are open here.")
        if "authorization" in headers:  # who says nothing here says it in the first message
            self._graph.identify(headers)


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """A path that speaks no WebSocket."""
    await receive()
    error = NotFound("No WebSocket is served here. The graphs are /graphql and /open/graphql.")
    request_id = request_id_of(headers_of(scope))
    await refusal(error.answer(), {"jutong-request-id": request_id})(scope, receive, send)


async def _accept(send: Send, protocol: str | None, request_id: str) -> None:
    headers = [(b"jutong-request-id", request_id.encode("latin-1"))]
    await send({"type": "websocket.accept", "subprotocol": protocol, "headers": headers})
