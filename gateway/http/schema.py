"""`GET /graphql/schema.graphql` and `…/schema.json`: the schema for tools, whole or in slices.

`?department=`, `?theme=` (each again for more of them) and `?rights=read|request` choose a slice. The closed
graph's names are for those with a key; the open graph's are for everyone.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput, GatewayError, internal_error
from gateway.http.body import ClientGone
from gateway.http.disconnect import unless_gone
from gateway.http.headers import headers_of
from gateway.http.media import accepts_gzip
from gateway.http.refusal import refusal
from gateway.publish.published import Published
from gateway.publish.publisher import Form
from gateway.publish.slices import Rights, Slice
from gateway.snapshot import Snapshot
from schema.policy.caller import Audience, Caller

MEDIA: Mapping[Form, str] = {"graphql": "application/graphql; charset=utf-8", "json": "application/json"}
_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_RIGHTS: Mapping[str, Rights] = {"any": "any", "read": "read", "request": "request"}


@dataclass(frozen=True, slots=True)
class SchemaEndpoint:
    """The schema of one audience in one form."""

    audience: Audience
    form: Form
    snapshot: Callable[[], Snapshot]
    identify: Callable[[Mapping[str, str]], Caller]
    today: Callable[[], date]
    timeout_seconds: float

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            found = await unless_gone(self._find(request), request.receive)
        except ClientGone:
            return Response(status_code=499)  # nobody reads it
        except GatewayError as error:
            return refusal(error.answer())
        except Exception as error:  # noqa: BLE001 - the last line: no exception text leaves
            return refusal(internal_error(error, uuid4().hex))
        headers = {
            "etag": found.etag,
            "jutong-bytes": str(len(found.body)),
            "cache-control": "no-cache" if self.audience == "open" else "private, no-cache",
            "vary": "accept-encoding, authorization",
            "x-content-type-options": "nosniff",
        }
        if _is_known(found.etag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if found.packed is not None and accepts_gzip(request.headers.get("accept-encoding", "")):
            headers["content-encoding"] = "gzip"
            return Response(found.packed, headers=headers, media_type=MEDIA[self.form])
        return Response(found.body, headers=headers, media_type=MEDIA[self.form])

    async def _find(self, request: Request) -> Published:
        deadline = asyncio.get_running_loop().time() + self.timeout_seconds
        caller = self.identify(headers_of(request.scope))
        snapshot, wanted = self.snapshot(), _wanted(request)
        publisher = snapshot.view(self.audience).publisher
        return await publisher.slice(self.form, wanted, snapshot.policy, caller, self.today(), deadline)


def schema_routes(
    path: str,
    audience: Audience,
    snapshot: Callable[[], Snapshot],
    identify: Callable[[Mapping[str, str]], Caller],
    today: Callable[[], date],
    timeout_seconds: float,
) -> list[BaseRoute]:
    """The routes below a graph's own path."""
    forms: tuple[Form, ...] = ("graphql", "json")
    return [
        Route(
            f"{path}/schema.{form}",
            SchemaEndpoint(audience, form, snapshot, identify, today, timeout_seconds).__call__,
        )
        for form in forms
    ]


def _wanted(request: Request) -> Slice:
    given = request.query_params
    unknown = set(given) - {"department", "theme", "rights"}
    if unknown:
        raise BadInput("A slice is chosen by 'department', 'theme' and 'rights'.")
    rights = _RIGHTS.get(given.get("rights", "any"))
    if rights is None:
        raise BadInput("'rights' is 'any', 'read' or 'request'.")
    return Slice(_names(given, "department"), _names(given, "theme"), rights)


def _names(given: QueryParams, kind: str) -> frozenset[str]:
    names = frozenset(name for value in given.getlist(kind) for name in value.split(","))
    if not all(_NAME.fullmatch(name) for name in names):
        raise BadInput(f"There is no such {kind}.")
    return names


def _is_known(etag: str, given: str) -> bool:
    return given.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in given.split(",")}
