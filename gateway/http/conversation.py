"""One open WebSocket: operations asked for, answered and cancelled, until either side has enough.

Every operation is a request of its own: its caller is named anew, it is answered by the gateway of that
moment and bounded, recorded and counted like one over HTTP.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Receive, Send

from gateway.errors import GatewayError, LimitExceeded, PurposeRefused, Unauthenticated
from gateway.http.body import Parameters
from gateway.http.bounded_socket import RESTARTS, STOPS
from gateway.http.graph import Graph
from gateway.http.messages import (
    ACK,
    PONG,
    BadMessage,
    Complete,
    Init,
    Message,
    Ping,
    Subscribe,
    complete_message,
    error_message,
    next_message,
    read_message,
)
from gateway.http.operation import answers
from gateway.http.payload_headers import add_payload
from gateway.request import Answer, Ask

METHOD = "WEBSOCKET"
"""What a log line says where one over HTTP says its method."""

NORMAL, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN = 1000, 4400, 4401, 4403
INIT_TIMEOUT, ID_TAKEN, TOO_MANY_INITS, INTERNAL = 4408, 4409, 4429, 4500
"""Close codes of the protocol. A missing or unknown key is 4401, which clients do not try again with."""


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Bounds of one WebSocket, and of all of a graph in one process."""

    max_sockets: int = 1_000
    max_operations: int = 100
    idle_seconds: float = 300
    init_seconds: float = 5
    """From the handshake to `connection_init`."""


class Closing(Exception):
    """We close the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Gone(Exception):
    """The client has closed it, or the server stops."""

    def __init__(self, code: int, *, is_stop: bool) -> None:
        super().__init__()
        self.code, self.is_stop = code, is_stop


class Conversation:
    """What one client says and is told."""

    def __init__(
        self,
        graph: Graph,
        limits: SocketLimits,
        headers: Mapping[str, str],
        request_id: str,
        receive: Receive,
        send: Send,
    ) -> None:
        self._graph = graph
        self._limits = limits
        self._headers = headers
        self._request_id = request_id
        self._receive = receive
        self._send = send
        self._clock = asyncio.get_running_loop().time
        self._quiet_since = self._clock()
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        """Operations under way, and those that were cancelled and have not ended yet."""
        self._by_id: dict[str, asyncio.Task[None]] = {}
        self.operations = 0
        """Asked for so far."""

    async def run(self) -> int:
        """Talk until the end; give the code of the close."""
        try:
            await self._greet()
            while True:
                await self._take(await self._hear_in_time())
        except Closing as closing:
            await self._abandon()
            await self.close(closing.code, closing.reason)
            return closing.code
        except Gone as gone:
            if gone.is_stop:
                await self._finish()
                await self.close(RESTARTS, "Service Restart")
            return gone.code
        finally:
            await self._abandon()

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; waits while the client does not read."""
        await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _greet(self) -> None:
        """Wait for `connection_init`, and refuse at once what would be refused of each operation."""
        try:
            async with asyncio.timeout(self._limits.init_seconds):
                while not isinstance(message := await self._hear(), Init):
                    if isinstance(message, Subscribe):
                        raise Closing(UNAUTHORIZED, "Unauthorized")
                    await self._answer_ping(message)
        except TimeoutError:
            raise Closing(INIT_TIMEOUT, "Connection initialisation timeout") from None
        try:
            self._headers = add_payload(self._headers, message.payload)
            self._ask(Parameters("{ __typename }"), self._request_id)
        except GatewayError as error:
            raise _closing(error) from None
        await self._say(ACK)
        self._quiet_since = self._clock()

    async def _hear_in_time(self) -> Message:
        """The next message. Pings keep no socket open for which nothing is asked."""
        while True:
            quiet_since = self._quiet_since
            try:
                async with asyncio.timeout_at(quiet_since + self._limits.idle_seconds):
                    return await self._hear()
            except TimeoutError:
                if self._tasks:
                    self._quiet_since = self._clock()
                elif self._quiet_since == quiet_since:  # or an operation has ended meanwhile
                    raise Closing(NORMAL, "Nothing was asked for a while") from None

    async def _hear(self) -> Message:
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            raise Gone(event.get("code") or 1005, is_stop=STOPS in event)
        text = event.get("text")
        if text is None:
            raise Closing(BAD_REQUEST, "Messages are texts.")
        try:
            return read_message(text)
        except BadMessage as bad:
            raise Closing(BAD_REQUEST, str(bad)) from None

    async def _take(self, message: Message) -> None:
        match message:
            case Subscribe():
                await self._begin(message)
            case Complete():
                task = self._by_id.pop(message.id, None)
                if task is not None:
                    task.cancel()
            case Init():
                raise Closing(TOO_MANY_INITS, "Too many initialisation requests")
            case _:
                await self._answer_ping(message)

    async def _answer_ping(self, message: Message) -> None:
        if isinstance(message, Ping):
            await self._say(PONG)

    async def _begin(self, asked: Subscribe) -> None:
        """Begin an operation, once what was to be said before is on its way: who does not read waits."""
        if asked.id in self._by_id:
            raise Closing(ID_TAKEN, "Subscriber for this id already exists")
        async with self._sending:
            self.operations += 1
        started = self._quiet_since = self._clock()
        request_id = f"{self._request_id}.{self.operations}"
        try:
            if len(self._tasks) >= self._limits.max_operations:
                bound = self._limits.max_operations
                raise LimitExceeded(f"More than {bound} operations are under way on this socket.")
            ask = self._ask(asked.parameters, request_id)
        except GatewayError as error:
            await self._tell(asked.id, error.answer(), request_id, started)
            if isinstance(error, Unauthenticated | PurposeRefused):
                raise _closing(error) from None
            return
        task = asyncio.create_task(self._operate(asked.id, ask, started))
        self._by_id[asked.id] = task
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ask(self, parameters: Parameters, request_id: str) -> Ask:
        caller = self._graph.identify(self._headers)
        return self._graph.ask(caller, parameters, self._headers, request_id, self._clock())

    async def _operate(self, id_: str, ask: Ask, started: float) -> None:
        try:
            async for answer in answers(self._graph.executor, ask):
                if answer.is_request_error:
                    self._by_id.pop(id_, None)
                await self._tell(id_, answer, ask.request_id, started)
                if answer.is_request_error:
                    return
            self._by_id.pop(id_, None)  # the client may use it again the moment it hears
            await self._say(complete_message(id_))
        except asyncio.CancelledError:
            self._graph.log.info("client_gone", request_id=ask.request_id)
            raise
        except OSError:  # uvicorn's word for a client that has gone meanwhile
            self._graph.log.info("client_gone", request_id=ask.request_id)

    async def _tell(self, id_: str, answer: Answer, request_id: str, started: float) -> None:
        self._graph.note(METHOD, answer.plain_status, self._clock() - started, request_id)
        is_refused = answer.is_request_error
        await self._say(error_message(id_, answer) if is_refused else next_message(id_, answer.body))

    async def _say(self, text: str) -> None:
        """Send a message after those before it; waits while the client does not read."""
        async with self._sending:
            await self._send({"type": "websocket.send", "text": text})

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._quiet_since = self._clock()

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _abandon(self) -> None:
        """Cancel what is under way, down to the sources."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _closing(error: GatewayError) -> Closing:
    """The close that stands for a refusal; a reason has 123 bytes at most (RFC 6455, section 5.5)."""
    if isinstance(error, Unauthenticated):
        code = UNAUTHORIZED
    elif isinstance(error, PurposeRefused):
        code = FORBIDDEN
    else:
        code = BAD_REQUEST
    return Closing(code, error.message.encode()[:123].decode(errors="ignore"))
