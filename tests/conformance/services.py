"""Harness: a department's HTTP service, in every style that `rest` can speak to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web

from connectors.protocol import Connector
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.model import Limits, Resource
from tests.conformance.listening import ListeningHarness
from tests.conformance.town import CODECS

PARTS = {column: column for column in CODECS}
POST = {
    "path": "/rows",
    "method": "POST",
    "keys": "body",
    "parameter": "keys",
    "parts": PARTS,
    "records": "data.list",
}
NUMBER = {"parameter": "page", "total": "data.total", "size": 3, "size_parameter": "size"}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "get": {"path": "/rows", "parts": PARTS, "records": "data.list"},
    "form": {"path": "/rows", "method": "POST", "send": "form", "parts": PARTS, "records": "data.list"},
    "xml": {"path": "/rows.xml", "parts": PARTS, "records": "answer.rows.row"},
    "repeated": {"path": "/rows", "keys": "repeated", "parts": PARTS, "records": "data.list"},
    "joined": {"path": "/rows", "keys": "joined", "separator": "|", "parts": PARTS, "records": "data.list"},
    "post": {**POST, "fields": "fields", "envelope": {"code": "code"}},
    "number": {**POST, "pages": NUMBER},
    "offset": {**POST, "pages": {**NUMBER, "kind": "offset"}},
    "full": {**POST, "pages": {"parameter": "page", "size": 4, "size_parameter": "size", "first": 0}},
    "cursor": {**POST, "pages": {"kind": "cursor", "parameter": "after", "next": "data.next"}},
    "link": {"path": "/rows", "keys": "repeated", "parts": PARTS, "records": "data.list", "pages": {"kind": "link", "next": "data.link"}},
}  # fmt: skip
CLIENTS = {"native": STYLES, "aiohttp": ("get", "form", "post", "link")}
"""Styles by the client that speaks them: the fallback's are those that differ on the wire."""
SCANNED = ("path", "method", "send", "records", "pages", "fields", "envelope")
OWN = {"page", "size", "after", "fields"}
"""Parameters of the service that are no columns."""


class RestHarness(ListeningHarness):
    """Rows behind HTTP."""

    def __init__(self, style: str, transport: str, _directory: Path) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.takes_composite = style not in {"repeated", "joined", "link"}
        self.asks_each = True
        self.keeps_empty_text = True
        self._style = style
        self._transport = transport
        self._rows: list[dict[str, Any]] = []

    async def make(self, resource: Resource, raw_rows: Sequence[Mapping[str, Any]]) -> Connector:
        """Serve the rows."""
        self._rows = [{column: _wire(value) for column, value in row.items()} for row in raw_rows]
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", self._answer)
        return await self.serve(app, resource)

    def connector_to(self, resource: Resource, url: str) -> Connector:
        """One that asks in this style."""
        style = STYLES[self._style]
        scan = {name: style[name] for name in SCANNED if name in style}
        declared = replace(resource, origin={**style, "scan": scan})
        declared = (
            replace(declared, limits=Limits(1, resource.limits.max_rows)) if "keys" not in style else declared
        )
        format_ = "xml" if self._style == "xml" else "json"
        settings = RestSettings.model_validate(
            {"base_url": url, "format": format_, "max_keys": 50, "transport": self._transport}
        )
        return RestConnector(settings, (declared,))

    async def _answer(self, request: web.Request) -> web.Response:
        asked, members = await self._asked(request)
        self.sent.append(f"{request.method} {request.path} {asked.get('fields', [''])[0]}")
        found = [
            row
            for row in self._rows
            if all(str(row[name]) in map(str, values) for name, values in asked.items() if name not in OWN)
            and (members is None or any(_has(row, one) for one in members))
        ]
        if request.path.endswith(".xml"):
            return web.Response(body=_xml(found).encode("gb18030"), content_type="text/xml")
        return web.json_response({"code": 0, "data": self._page(request, asked, found)})

    async def _asked(self, request: web.Request) -> tuple[dict[str, list[Any]], list[dict[str, Any]] | None]:
        """Values by name, and the members of a list of keys."""
        if request.content_type == "application/json":
            body = await request.json()
            members = body.pop("keys", None)
            return {name: [value] for name, value in body.items()}, members
        given = request.query if request.method == "GET" else await request.post()
        asked = {name: [str(one) for one in given.getall(name)] for name in given}
        if self._style == "joined":
            asked = {name: values[0].split("|") for name, values in asked.items()}
        return asked, None

    def _page(
        self, request: web.Request, asked: dict[str, list[Any]], found: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """One page of rows, in the way of the style."""
        size = int(asked.get("size", [3 if self._style in {"cursor", "link"} else 1_000])[0])
        start = 0
        if "page" in asked:
            page = int(asked["page"][0])
            start = (
                page
                if self._style == "offset"
                else page * size
                if self._style == "full"
                else (page - 1) * size
            )
        if "after" in asked:
            start = int(str(asked["after"][0]).removeprefix("row-"))
        stop = start + size
        more = stop < len(found)
        link = str(request.rel_url.update_query(after=f"row-{stop}")) if more else None
        columns = str(asked["fields"][0]).split(",") if "fields" in asked else None
        shown = [{name: row[name] for name in columns or row} for row in found[start:stop]]
        return {"list": shown, "total": len(found), "next": f"row-{stop}" if more else "", "link": link}


def _wire(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def _has(row: Mapping[str, Any], member: Mapping[str, Any]) -> bool:
    return all(str(row[name]) == str(value) for name, value in member.items())


def _xml(rows: Sequence[Mapping[str, Any]]) -> str:
    """Columns may have names that no element has: the first is an attribute, the others elements."""
    shown = "".join(
        f"<row id={quoteattr(str(row['ROW_ID']))}>"
        + "".join(
            f"<{name}>{escape(str(value))}</{name}>" for name, value in row.items() if value is not None
        )
        + "</row>\n"
        for row in rows
    )
    return (
        f'<?xml version="1.0" encoding="gb18030"?><s:answer xmlns:s="urn:s"><rows>{shown}</rows></s:answer>'
    )
