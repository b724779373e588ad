"""The ASGI application: routes, and a lifespan that opens and closes the gateway."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date

import orjson
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.console.setup import console_of
from gateway.cycle_collector import serving
from gateway.errors import MethodRefused, NotFound
from gateway.http.conversation import SocketLimits
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.graph import Graph
from gateway.http.operation import Executor
from gateway.http.origin import read_origins
from gateway.http.refusal import refusal
from gateway.http.schema import schema_routes
from gateway.http.socket import SocketEndpoint, nowhere
from gateway.identity.identify import Identify, anonymous
from gateway.opening import open_current
from gateway.pipeline import Gateway
from gateway.reload import Current
from gateway.sandbox.gateway import SandboxGateway
from gateway.sandbox.mark import Marked
from gateway.sandbox.opening import with_own_state
from gateway.settings import Settings
from gateway.snapshot import Snapshot
from gateway.telemetry.metrics import REGISTRY_OF_ALL
from schema.policy.caller import Caller

log = structlog.get_logger()


class App:
    """One gateway behind HTTP."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current: Current | None = None
        seconds, sandbox = settings.timeout_seconds, settings.sandbox
        share = Graph("share", self._executor, self._identify, seconds, sandbox)
        open_ = Graph("open", self._executor, _nobody, seconds, sandbox)
        self._graphs: Mapping[str, ASGIApp] = {
            "/graphql": GraphQLEndpoint(share, settings.max_body_bytes),
            "/open/graphql": GraphQLEndpoint(open_, settings.max_body_bytes),
        }
        sockets = SocketLimits(settings.max_sockets, settings.socket_operations, settings.socket_idle_seconds)
        origins = read_origins(settings.socket_origins)
        self._sockets: Mapping[str, ASGIApp] = {
            "/graphql": SocketEndpoint(share, sockets, origins),
            "/open/graphql": SocketEndpoint(open_, sockets, origins),
        }
        routes: list[BaseRoute] = [
            *(Route(path, graph) for path, graph in self._graphs.items()),  # they answer for every method
            *schema_routes("/graphql", "share", self._snapshot, self._identify, self._today, seconds),
            *schema_routes("/open/graphql", "open", self._snapshot, _nobody, self._today, seconds),
            Route("/livez", _alive),
            Route("/readyz", self._ready),
            Route("/metrics", _metrics),
            *console_of(settings),
        ]
        self._starlette = Starlette(
            routes=routes, lifespan=self._lifespan, exception_handlers={404: _not_found, 405: _no_such_method}
        )
        self._starlette.router.redirect_slashes = False  # a redirected POST loses its body, or its key
        self._marked: ASGIApp | None = Marked(self._serve) if sandbox else None
        self._identified: Identify | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI. A graph is reached without the router, which costs as much as a small query."""
        if scope["type"] == "websocket":
            app = self._marked or self._sockets.get(scope["path"], nowhere)
        else:
            app = self._marked or self._graphs.get(scope.get("path", ""), self._starlette)
        await app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What a sandbox marks."""
        if scope["type"] == "websocket":
            await self._sockets.get(scope["path"], nowhere)(scope, receive, send)
        else:
            await self._starlette(scope, receive, send)

    @property
    def gateway(self) -> Gateway:
        """The open gateway."""
        return self._opened()

    def _opened(self) -> Gateway:
        assert self._current is not None, "requests come after the lifespan has begun"
        return self._current.gateway

    def _snapshot(self) -> Snapshot:
        return self._opened().snapshot

    def _today(self) -> date:
        return self._opened().today()

    def _executor(self) -> Executor:
        gateway = self._opened()
        return SandboxGateway(gateway) if self._settings.sandbox else gateway

    def _identify(self, headers: Mapping[str, str]) -> Caller:
        policy = self._opened().snapshot.policy
        if self._identified is None or self._identified.policy is not policy:
            self._identified = Identify(policy)
        return self._identified(headers)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with open_current(self._settings) as current:
            self._current = current
            self._say_serving()
            async with serving():
                yield
            self._current = None

    def _say_serving(self) -> None:
        """What to wait for; the socket has been bound before."""
        settings = with_own_state(self._settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        log.info(
            "serving",
            address=f"http://{host}:{settings.port}",
            graphs=list(self._graphs),
            version=self._snapshot().catalogue.version,
            state=str(settings.state),
            process=os.getpid(),
        )

    async def _ready(self, _request: object) -> Response:
        ready = self._current is not None and _is_ready(self._current.gateway)
        body = orjson.dumps({"ready": ready})
        return Response(body, 200 if ready else 503, media_type="application/json")


def _is_ready(gateway: Gateway) -> bool:
    return gateway.recorder.is_writable and bool(gateway.snapshot.catalogue.resources)


def _nobody(_headers: Mapping[str, str]) -> Caller:
    return anonymous()


def _not_found(_request: Request, _error: Exception) -> Response:
    error = NotFound("Nothing is served here. The graphs are /graphql and /open/graphql.")
    return refusal(error.answer())


def _no_such_method(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refusal(MethodRefused("This path is read with GET.").answer(), error.headers)  # `Allow`


async def _alive(_request: object) -> Response:
    return Response(b'{"alive":true}', media_type="application/json")


async def _metrics(_request: object) -> Response:
    return Response(generate_latest(REGISTRY_OF_ALL), media_type=CONTENT_TYPE_LATEST)
