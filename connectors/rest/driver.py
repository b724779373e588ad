"""The REST driver: requests of a load or scan, sent, read, and matched back to keys."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import orjson

from connectors.capabilities import Capabilities
from connectors.columns import column_of
from connectors.errors import SourceError, SourceMisbehaved, SourceRefused
from connectors.requests import Load, Scan
from connectors.rest import answer as answers
from connectors.rest.body import ACCEPTED, read_body
from connectors.rest.errors import DRIVER_ERRORS, translate
from connectors.rest.pages import Position, ask_page, check_total, next_page
from connectors.rest.request import HttpRequest, is_askable, requests_of, scan_request
from connectors.rest.settings import RestOrigin, RestRequest, RestSettings
from connectors.rest.transport import AiohttpTransport
from connectors.results import Health, Loaded, Page
from connectors.shaping import columns_needed, columns_of, shape
from schema.catalogue.model import Resource, Source

RawRow = tuple[Any, ...]
Rows = list[tuple[RawRow, answers.Record]]
"""Rows of columns, each with the record it is of."""
Read = Callable[[Any], list[answers.Record]]


class RestConnector:
    """One service."""

    def __init__(self, settings: RestSettings, resources: tuple[Resource, ...]) -> None:
        self._settings = settings
        self._origins = {r.code: RestOrigin.model_validate(r.origin) for r in resources}
        is_single = any(self._origins[r.code].keys == "single" and r.limits.max_keys != 1 for r in resources)
        self.capabilities = Capabilities(
            max_keys=1 if is_single else settings.max_keys,
            projects=all(origin.fields for origin in self._origins.values()),
            scans=any(origin.scan for origin in self._origins.values()),
        )
        self._client = httpx.AsyncClient(
            base_url=settings.base_url,
            headers=_headers(settings),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            transport=_transport(settings),
            follow_redirects=False,
            timeout=None,  # the deadline of each load bounds it  # noqa: S113
            trust_env=False,
        )

    async def load(self, load: Load) -> Loaded:
        """Read rows by key: one request for all keys, or one for each form where it takes one."""
        origin = self._origins[load.resource.code]
        asked = replace(load, keys=tuple(key for key in load.keys if is_askable(load, origin, key)))
        columns = columns_of(load)
        async with _errors_told(load.deadline):
            parts = await _together(
                self._rows(request, origin, columns, load) for request in requests_of(asked, origin)
            )
        rows = _once(columns, load.resource.identity, (row for part in parts for row in part))
        entries = dict(zip(asked.keys, shape(asked, columns, rows), strict=True))
        return Loaded(tuple(entries.get(key, _not_asked()) for key in load.keys), datetime.now(UTC))

    async def scan(self, scan: Scan) -> Page:
        """Read a page of ours from pages of theirs; the cursor is a page and a place on it."""
        request = self._origins[scan.resource.code].scan
        if request is None:
            raise SourceMisbehaved("the resource declares no way to scan it")
        async with _errors_told(scan.deadline):
            records, cursor = await self._scanned(scan, request)
        columns = columns_needed(scan.resource, None, scan.items)
        readers = [column_of(scan.resource, item) for item in scan.items]
        rows = tuple(
            tuple(codec.decode(row[columns.index(name)]) for name, codec in readers)
            for row, _ in answers.rows_of(records, columns, {})
        )
        return Page(rows, cursor, datetime.now(UTC))

    async def probe(self, deadline: float) -> Health:
        """Ask the probe path; any answer below 500 is a sign of life."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with (
                _errors_told(deadline),
                self._client.stream("GET", self._settings.probe) as response,
            ):
                is_up, detail = response.status_code < 500, f"status {response.status_code}"
        except SourceError as error:
            is_up, detail = False, error.detail
        return Health(is_up=is_up, latency_seconds=clock() - started, detail=detail)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _rows(
        self, request: HttpRequest, origin: RestOrigin, columns: tuple[str, ...], load: Load
    ) -> Rows:
        """All rows of one request, with the records they are of."""

        def read(answer: Any) -> list[answers.Record]:
            if origin.keyed:
                return answers.keyed_records_of(answer, origin, load.key.alternatives[0].columns[0])
            return answers.records_of(answer, origin, is_xml=self._is_xml)

        records: list[answers.Record] = []
        position: Position | None = Position()
        last: list[answers.Record] = []
        for _ in range(origin.pages.max_pages if origin.pages else 1):
            page, position = await self._page(request, origin, position or Position(), read)
            if position is not None and page and page == last:
                raise SourceMisbehaved("a page repeats the one before it")
            records += page
            last = page
            if position is None:
                return list(answers.rows_of(records, columns, request.key))
        raise SourceMisbehaved("more pages than the declared bound")

    async def _scanned(self, scan: Scan, request: RestRequest) -> tuple[list[answers.Record], Any]:
        """At most `limit` records, and where the next one stands."""

        def read(answer: Any) -> list[answers.Record]:
            return answers.records_of(answer, request, is_xml=self._is_xml)

        asked = scan_request(scan, request)
        token, before, place = scan.cursor or (None, 0, 0)
        records: list[answers.Record] = []
        for _ in range(request.pages.max_pages if request.pages else 1):
            page, following = await self._page(asked, request, Position(token, before), read)
            wanted = scan.limit - len(records)
            records += page[place : place + wanted]
            if len(page) > place + wanted:
                return records, (token, before, place + wanted)
            if following is None:
                return records, None
            token, before, place = following.token, following.before, 0
            if len(records) == scan.limit:
                break
        return records, (token, before, place)

    async def _page(
        self, request: HttpRequest, declared: RestRequest, position: Position, read: Read
    ) -> tuple[list[answers.Record], Position | None]:
        """One answer's records, and where the next page stands."""
        pages = declared.pages
        if pages is not None:
            request = ask_page(request, pages, position, self._settings.base_url)
        answer = await self._answer(request, declared)
        records = [] if answer is None else read(answer)
        if declared.total is not None and answer is not None:
            check_total(answer, declared.total, len(records))
        return records, None if pages is None else next_page(answer, pages, position, len(records))

    async def _answer(self, request: HttpRequest, declared: RestRequest) -> Any:
        """One answer; `None` where the service says that there is no record."""
        body = None if request.body is None else orjson.dumps(request.body, default=str)
        built = self._client.build_request(
            request.method,
            request.path,
            params=httpx.QueryParams(tuple(self._with_secrets(request.parameters))) or None,
            content=body,
            data=None if request.form is None else _form(request.form),
            headers={} if body is None else {"content-type": "application/json"},
        )
        response = await self._client.send(built, stream=True)
        try:
            empty = declared.empty_statuses if isinstance(declared, RestOrigin) else frozenset[int]()
            if not answers.check_status(response, empty):
                return None
            content = await read_body(response, self._settings.max_body_bytes)
        finally:
            await response.aclose()
        found = answers.parse(content, response, self._settings)
        return found if answers.has_record(found, declared.envelope) else None

    def _with_secrets(self, parameters: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
        secrets = [(name, value.get_secret_value()) for name, value in self._settings.query.items()]
        return [*((name, value) for name, value in parameters if name not in self._settings.query), *secrets]

    @property
    def _is_xml(self) -> bool:
        return self._settings.format == "xml"


@asynccontextmanager
async def _errors_told(deadline: float) -> AsyncIterator[None]:
    """Errors of the driver become ours, without the driver's text: it holds URLs, and so keys."""
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except DRIVER_ERRORS as error:
        raise translate(error) from None


async def _together(calls: Iterable[Coroutine[Any, Any, Rows]]) -> list[Rows]:
    """Run calls side by side; the first failure or our own cancellation ends all of them."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _once(
    columns: tuple[str, ...], identity: tuple[str, ...], rows: Iterable[tuple[RawRow, answers.Record]]
) -> list[RawRow]:
    """Rows, with those that came twice once: several forms were asked, or pages moved meanwhile.

    Only the same record for the same key is the same row; other content under one identity stays.
    """
    places = [columns.index(name) for name in identity]
    seen: dict[str, Rows] = {}
    kept: list[RawRow] = []
    for one in rows:
        same = seen.setdefault(repr([one[0][place] for place in places]), [])
        if one not in same:
            same.append(one)
            kept.append(one[0])
    return kept


def _not_asked() -> SourceError:
    return SourceRefused("the key cannot be written into a request")


def _form(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def _headers(settings: RestSettings) -> dict[str, str]:
    headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
    if settings.bearer is not None:
        headers["Authorization"] = f"Bearer {settings.bearer.get_secret_value()}"
    if settings.basic is not None:
        headers["Authorization"] = f"Basic {b64encode(settings.basic.get_secret_value().encode()).decode()}"
    return {"Accept-Encoding": ACCEPTED, **headers}


def _transport(settings: RestSettings) -> httpx.AsyncBaseTransport:
    context = ssl.create_default_context(cafile=settings.ca_file) if settings.base_url[4] == "s" else None
    if context is not None and settings.client_certificate is not None:
        context.load_cert_chain(settings.client_certificate)
    if settings.transport == "aiohttp":
        return AiohttpTransport(settings.max_connections, context)
    return httpx.AsyncHTTPTransport(
        verify=context or False, limits=httpx.Limits(max_connections=settings.max_connections)
    )


def open_rest(source: Source, resources: tuple[Resource, ...]) -> RestConnector:
    """Open a service. Nothing is connected to yet."""
    return RestConnector(RestSettings.model_validate(source.settings), resources)
