"""The GraphQL driver: a load or a page of a scan as one document, sent, read, and matched back to keys."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from connectors.capabilities import Capabilities
from connectors.errors import SourceMisbehaved, unwritable_key
from connectors.graphql.answer import ACCEPTED, Response, read_response
from connectors.graphql.asking import Copy, shared_variables, unwritable
from connectors.graphql.codes import Codes
from connectors.graphql.prepared import Prepared, Selected, prepare, prepare_scan
from connectors.graphql.settings import GraphQLOrigin, GraphQLSettings
from connectors.graphql.taking import Found, take
from connectors.http.clients import Call, open_client, read_endpoint
from connectors.http.pages import FIRST, Position, read_page
from connectors.http.probe import probe
from connectors.http.repeats import RawRow, once
from connectors.http.target import encoded_pair, encoded_path
from connectors.per_shape import PerShape
from connectors.reading import reader_of
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from schema.catalogue.model import Resource, Source

NOTHING: frozenset[str] = frozenset()


class GraphQLConnector:
    """One service."""

    def __init__(self, settings: GraphQLSettings, resources: tuple[Resource, ...]) -> None:
        self._settings = settings
        self._origins = {r.code: GraphQLOrigin.model_validate(r.origin) for r in resources}
        operators = [self._origins[r.code].operators(r) for r in resources]
        self.capabilities = Capabilities(
            max_keys=settings.max_keys,
            projects=True,
            operators=operators[0].intersection(*operators) if operators else NOTHING,
            scans=any(origin.scan for origin in self._origins.values()),
            as_of=any(origin.as_of for origin in self._origins.values()),
            max_concurrent=settings.max_connections,
        )
        endpoint = read_endpoint(settings, settings.endpoint, ACCEPTED)
        self._client = open_client(settings, endpoint)
        secrets = [encoded_pair(name, secret.get_secret_value()) for name, secret in settings.query.items()]
        path = encoded_path(urlsplit(settings.endpoint).path) or "/"  # some end with a slash, and mean it
        self._target = f"{path}?{'&'.join(secrets)}" if secrets else path
        self._json_type = endpoint.json_type
        self._codes = Codes(settings.codes)
        self._loads = PerShape(self._prepare)
        self._pages = PerShape(self._prepare_scan)

    async def load(self, load: Load) -> Loaded:
        """Read rows by key: one request, and one more for each page that the longest list goes on."""
        prepared = self._loads.of(load)
        keys, found = load.keys, Found()
        not_asked = unwritable(keys)
        if not_asked:
            found.failed.update((key, unwritable_key()) for key in not_asked)
            keys = tuple(key for key in keys if key not in found.failed)
        shared = shared_variables(load, prepared.selected.declared)
        copies = [] if shared is None else prepared.asking.copies(keys)
        pending = [(copy, FIRST) for copy in copies]
        pages = prepared.selected.declared.pages
        for _ in range(1 if pages is None else pages.max_pages):
            if not pending:
                break
            response = await self._ask(prepared.selected, pending, shared or {}, load.deadline)
            pending = take(prepared, pending, response, found)
        if pending:
            raise SourceMisbehaved("more pages than the declared bound")
        rows = once(found.rows, found.records, prepared.identity)
        shaped = await prepared.shaping.entries_in_turns(keys, rows)
        if not found.failed:
            return Loaded(shaped, datetime.now(UTC))
        entries = dict(zip(keys, shaped, strict=True)) | found.failed
        return Loaded(tuple(entries[key] for key in load.keys), datetime.now(UTC))

    async def scan(self, scan: Scan) -> Page:
        """Read a page of ours from pages of theirs; the cursor is a page and a place on it."""
        selected = self._pages.of(scan)
        columns, pages = selected.columns, selected.declared.pages
        shared = shared_variables(scan, selected.declared)
        if shared is None:
            return Page((), None, datetime.now(UTC))

        async def ask(position: Position) -> tuple[list[RawRow], Position | None]:
            response = await self._ask(selected, [(Copy({}, ()), position)], shared, scan.deadline)
            for failure in response.failures.get(0, ()):
                if not failure.is_no_record:
                    raise failure.error
            (value,) = response.values
            chains = selected.chains(value)
            following = None
            if selected.paging is not None:
                following = selected.paging.following(value, position, len(chains))
            return selected.read(chains, ()), following

        max_pages = 1 if pages is None else pages.max_pages
        placed, cursor = await read_page(scan.limit, scan.cursor, max_pages, ask)
        rows = tuple(reader_of(scan.resource, scan.items, columns)([raw for raw, _ in placed]))
        return Page(rows, cursor, datetime.now(UTC), cursors=tuple(place for _, place in placed))

    async def probe(self, deadline: float) -> Health:
        """Post the probe; any answer below 500 is a sign of life."""
        body = orjson.dumps({"query": self._settings.probe})
        return await probe(self._client, self._call(body), deadline)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    def _prepare(self, load: Load) -> Prepared:
        return prepare(load, self._origins[load.resource.code])

    def _prepare_scan(self, scan: Scan) -> Selected:
        return prepare_scan(scan, self._origins[scan.resource.code])

    async def _ask(
        self,
        selected: Selected,
        pending: Sequence[tuple[Copy, Position]],
        shared: Mapping[str, Any],
        deadline: float,
    ) -> Response:
        """Send one document for all copies, each at its page."""
        documents, paging = selected.documents, selected.paging
        if paging is None:
            own = [copy.variables for copy, _ in pending]
        else:
            own = [{**copy.variables, **paging.variables(position)} for copy, position in pending]
        answer = await self._client.send(self._call(documents.body(shared, own)), deadline)
        aliases = documents.aliases(len(pending))
        return read_response(answer, self._settings.max_body_bytes, self._codes, aliases)

    def _call(self, body: bytes) -> Call:
        return Call("POST", self._target, body, self._json_type)


def open_graphql(source: Source, resources: tuple[Resource, ...]) -> GraphQLConnector:
    """Open a service. Nothing is connected to yet."""
    return GraphQLConnector(GraphQLSettings.model_validate(source.settings), resources)
