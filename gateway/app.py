"""The ASGI application: routes, and a lifespan that opens and closes the gateway."""

import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.console.setup import console_of
from gateway.http.endpoint import GraphQLEndpoint, HttpLimits
from gateway.identity.identify import anonymous, identify
from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.settings import Settings
from schema.policy.caller import Caller

HTTP_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class App:
    """One gateway behind HTTP."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gateway: Gateway | None = None
        limits = HttpLimits(settings.timeout_seconds, settings.max_body_bytes)
        share = GraphQLEndpoint("share", self._opened, self._identify, limits)
        open_ = GraphQLEndpoint("open", self._opened, lambda _headers: anonymous(), limits)
        routes: list[BaseRoute] = [
            Route("/graphql", share, methods=HTTP_METHODS),
            Route("/open/graphql", open_, methods=HTTP_METHODS),
            Route("/livez", _alive),
            Route("/readyz", self._ready),
            Route("/metrics", _metrics),
            *console_of(settings),
        ]
        self._starlette = Starlette(routes=routes, lifespan=self._lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI."""
        await self._starlette(scope, receive, send)

    @property
    def gateway(self) -> Gateway:
        """The open gateway."""
        return self._opened()

    def _opened(self) -> Gateway:
        assert self._gateway is not None, "requests come after the lifespan has begun"
        return self._gateway

    def _identify(self, headers: Mapping[str, str]) -> Caller:
        return identify(headers, self._opened().snapshot.policy)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with open_gateway(self._settings) as gateway:
            self._gateway = gateway
            gc.collect()
            gc.freeze()  # a full collection over a city's schema would stop the loop for 0.3 s
            yield
            self._gateway = None

    async def _ready(self, _request: object) -> Response:
        ready = self._gateway is not None
        body = orjson.dumps({"ready": ready})
        return Response(body, 200 if ready else 503, media_type="application/json")


async def _alive(_request: object) -> Response:
    return Response(b'{"alive":true}', media_type="application/json")


async def _metrics(_request: object) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
