"""The REST driver."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson

from connectors.capabilities import Capabilities
from connectors.errors import SourceMisbehaved, SourceTimeout
from connectors.requests import Load, Scan
from connectors.rest import answer as answers
from connectors.rest.errors import translate
from connectors.rest.paths import MISSING, find
from connectors.rest.request import HttpRequest, requests_of, with_parameter
from connectors.rest.settings import RestOrigin, RestPages, RestSettings
from connectors.rest.transport import AiohttpTransport
from connectors.results import Health, Loaded, Page
from connectors.shaping import shape
from schema.catalogue.model import Resource, Source


class RestConnector:
    """One service."""

    def __init__(self, settings: RestSettings, resources: tuple[Resource, ...]) -> None:
        self._settings = settings
        self._origins = {r.code: RestOrigin.model_validate(r.origin) for r in resources}
        is_single = any(self._origins[r.code].keys == "single" and r.limits.max_keys != 1 for r in resources)
        projects = all(origin.fields for origin in self._origins.values())
        self.capabilities = Capabilities(max_keys=1 if is_single else settings.max_keys, projects=projects)
        headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        if settings.bearer is not None:
            headers["Authorization"] = f"Bearer {settings.bearer.get_secret_value()}"
        self._client = httpx.AsyncClient(
            base_url=settings.base_url,
            headers=headers,
            transport=_transport(settings),
            follow_redirects=False,
            timeout=None,  # the deadline of each load bounds it  # noqa: S113
            trust_env=False,
        )

    async def load(self, load: Load) -> Loaded:
        """Read rows by key: one request for all keys, or one for each where the service takes one."""
        origin = self._origins[load.resource.code]
        asked = list(requests_of(load, origin))
        try:
            async with asyncio.timeout_at(load.deadline):
                parts = await asyncio.gather(*(self._records(one, origin) for one in asked))
        except TimeoutError as error:
            raise SourceTimeout("the deadline passed") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise translate(error) from error
        records = [record for part in parts for record in part]
        columns, rows = answers.rows_of(records, load)
        return Loaded(shape(load, columns, rows), datetime.now(UTC))

    async def scan(self, scan: Scan) -> Page:
        """Services are read by key only."""
        raise SourceMisbehaved(f"{scan.resource.code} cannot be scanned")

    async def probe(self, deadline: float) -> Health:
        """Ask the probe path; any answer below 500 is a sign of life."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._client.get(self._settings.probe)
            is_up, detail = response.status_code < 500, f"status {response.status_code}"
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            is_up, detail = False, type(error).__name__
        return Health(is_up=is_up, latency_seconds=clock() - started, detail=detail)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _records(self, request: HttpRequest, origin: RestOrigin) -> list[dict[str, Any]]:
        if origin.pages is None:
            found = await self._page(request, origin)
            return [] if found is None else answers.records_of(found, origin)
        return await self._all_pages(request, origin, origin.pages)

    async def _all_pages(
        self, request: HttpRequest, origin: RestOrigin, pages: RestPages
    ) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        if pages.size is not None and pages.size_parameter is not None:
            request = with_parameter(request, pages.size_parameter, pages.size)
        token: Any = pages.first if pages.kind == "number" else None
        for _ in range(pages.max_pages):
            asked = request if token is None else with_parameter(request, pages.parameter, token)
            found = await self._page(asked, origin)
            page = [] if found is None else answers.records_of(found, origin)
            records += page
            token = _next(found, pages, token, len(page), len(records))
            if token is None:
                return records
        raise SourceMisbehaved(f"more than {pages.max_pages} pages")

    async def _page(self, request: HttpRequest, origin: RestOrigin) -> Any:
        """One answer; `None` where the service says that there is no record."""
        body = None if request.body is None else orjson.dumps(request.body)
        headers = {} if body is None else {"content-type": "application/json"}
        built = self._client.build_request(
            request.method,
            request.path,
            params=request.parameters or None,
            content=body,
            headers=headers,
        )
        response = await self._client.send(built, stream=True)
        try:
            content = await _bounded(response, self._settings.max_body_bytes)
        finally:
            await response.aclose()
        if not answers.check_status(response.status_code):
            return None
        found = answers.parse(content, self._settings.format)
        return found if answers.has_record(found, origin) else None


async def _bounded(response: httpx.Response, limit: int) -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > limit:
            raise SourceMisbehaved(f"an answer of more than {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _next(found: Any, pages: RestPages, token: Any, on_page: int, so_far: int) -> Any:
    """The next page's number or cursor; `None` after the last."""
    if found is None:
        return None
    if pages.kind == "cursor":
        cursor = find(found, pages.next or "next")
        return None if cursor is MISSING or cursor in {None, ""} else cursor
    if pages.total is not None:
        total = find(found, pages.total)
        if not isinstance(total, int | str) or not str(total).isdigit():
            raise SourceMisbehaved("the answer does not say how many records there are")
        if so_far >= int(total):
            return None
        if on_page == 0:
            raise SourceMisbehaved("the pages end before the records that were announced")
        return token + 1
    return None if on_page == 0 or (pages.size and on_page < pages.size) else token + 1


def _transport(settings: RestSettings) -> httpx.AsyncBaseTransport:
    if settings.transport == "aiohttp":
        return AiohttpTransport(settings.max_connections)
    return httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=settings.max_connections))


def open_rest(source: Source, resources: tuple[Resource, ...]) -> RestConnector:
    """Open a service. Nothing is connected to yet."""
    return RestConnector(RestSettings.model_validate(source.settings), resources)
