"""The REST driver: requests of a load or scan, sent, read, and matched back to keys."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.capabilities import Capabilities
from connectors.columns import columns_needed
from connectors.errors import SourceMisbehaved, unwritable_key
from connectors.http.clients import Call, open_client, read_endpoint
from connectors.http.pages import FIRST, Cursor, Position, read_page
from connectors.http.probe import probe
from connectors.http.repeats import RawRow, Record, once
from connectors.http.target import encoded_pair, encoded_path
from connectors.per_shape import PerShape
from connectors.reading import reader_of
from connectors.requests import Load, Scan
from connectors.rest.answer import NO_RECORD, Reading
from connectors.rest.asking import scan_request
from connectors.rest.pages import ask_page, check_end, next_page
from connectors.rest.prepared import Prepared, prepare
from connectors.rest.request import HttpRequest
from connectors.rest.rows import flat, make_reader
from connectors.rest.settings import RestOrigin, RestPages, RestRequest, RestSettings
from connectors.results import Health, Loaded, Page
from schema.catalogue.model import Resource, Source

Part = tuple[list[RawRow], list[Record]]
"""Rows of one request, and the records they are of."""


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
            as_of=any(origin.as_of for origin in self._origins.values()),
            max_concurrent=settings.max_connections,
        )
        self._endpoint = read_endpoint(settings, settings.base_url)
        self._client = open_client(settings, self._endpoint)
        self._secrets = {name: encoded_pair(name, s.get_secret_value()) for name, s in settings.query.items()}
        self._prepared = PerShape(self._prepare)

    async def load(self, load: Load) -> Loaded:
        """Read rows by key: one request for all keys, or one for each form where it takes one."""
        prepared = self._prepared.of(load)
        keys, requests = prepared.asking.requests(load)
        if len(requests) == 1:
            rows, records = await self._part(requests[0], prepared, load.deadline)
        else:
            parts = await _together([self._part(request, prepared, load.deadline) for request in requests])
            rows, records = [row for part in parts for row in part[0]], [r for part in parts for r in part[1]]
        found = await prepared.shaping.entries_in_turns(keys, once(rows, records, prepared.identity))
        if len(keys) == len(load.keys):
            return Loaded(found, datetime.now(UTC))
        entries = dict(zip(keys, found, strict=True))
        return Loaded(tuple(entries.get(key, unwritable_key()) for key in load.keys), datetime.now(UTC))

    async def scan(self, scan: Scan) -> Page:
        """Read a page of ours from pages of theirs; the cursor is a page and a place on it."""
        request = self._origins[scan.resource.code].scan
        if request is None:
            raise SourceMisbehaved("the resource declares no way to scan it")
        placed, cursor = await self._scanned(scan, request)
        records = [record for record, _ in placed]
        columns = columns_needed(scan.resource, None, scan.items)
        read = reader_of(scan.resource, scan.items, columns, flat)
        rows = tuple(read(make_reader(columns)(records, {})))
        cursors = tuple(place for _, place in placed)
        return Page(rows, cursor, datetime.now(UTC), cursors=cursors if len(cursors) == len(rows) else ())

    async def probe(self, deadline: float) -> Health:
        """Ask the probe path; any answer below 500 is a sign of life."""
        target = self._endpoint.prefix + encoded_path(self._settings.probe)
        return await probe(self._client, Call("GET", target), deadline)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    def _prepare(self, load: Load) -> Prepared:
        return prepare(load, self._origins[load.resource.code], self._settings, self._endpoint.prefix)

    async def _part(self, request: HttpRequest, prepared: Prepared, deadline: float) -> Part:
        """All rows of one request, with the records they are of."""
        pages = prepared.origin.pages
        if pages is None:
            records = prepared.reading.records(await self._content(request, prepared.reading, deadline))
        else:
            records = await self._all_pages(request, pages, prepared.reading, deadline)
        return prepared.rows(records, request.known), records

    async def _all_pages(
        self, request: HttpRequest, pages: RestPages, reading: Reading, deadline: float
    ) -> list[Record]:
        records: list[Record] = []
        position: Position | None = FIRST
        last: list[Record] = []
        for _ in range(pages.max_pages):
            page, position = await self._page(request, pages, position or FIRST, reading, deadline)
            if position is not None and page and page == last:
                raise SourceMisbehaved("a page repeats the one before it")
            records += page
            last = page
            if position is None:
                return records
        raise SourceMisbehaved("more pages than the declared bound")

    async def _scanned(
        self, scan: Scan, request: RestRequest
    ) -> tuple[list[tuple[Record, Cursor]], Cursor | None]:
        """At most `limit` records, each with where the next one stands; and where the page goes on."""
        asked = scan_request(scan, request, self._endpoint.prefix)
        pages, reading = request.pages, Reading(self._settings, request)
        return await read_page(
            scan.limit,
            scan.cursor,
            pages.max_pages if pages else 1,
            lambda position: self._page(asked, pages, position, reading, scan.deadline),
        )

    async def _page(
        self,
        request: HttpRequest,
        pages: RestPages | None,
        position: Position,
        reading: Reading,
        deadline: float,
    ) -> tuple[list[Record], Position | None]:
        """One answer's records, and where the next page stands."""
        if pages is not None:
            request = ask_page(request, pages, position, self._endpoint.origin)
        content = await self._content(request, reading, deadline)
        records = reading.records(content)
        if pages is None:
            return records, None
        if content is NO_RECORD:
            check_end(pages, position)
            return records, None
        return records, next_page(content, pages, position, len(records))

    async def _content(self, request: HttpRequest, reading: Reading, deadline: float) -> Any:
        """What one answer says; `NO_RECORD` where it says that there is none."""
        call = request.written(self._secrets, self._endpoint.json_type)
        return reading.content(await self._client.send(call, deadline))


async def _together(calls: Sequence[Coroutine[Any, Any, Part]]) -> list[Part]:
    """Run calls side by side; the first failure or our own cancellation ends all of them."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def open_rest(source: Source, resources: tuple[Resource, ...]) -> RestConnector:
    """Open a service. Nothing is connected to yet."""
    return RestConnector(RestSettings.model_validate(source.settings), resources)
