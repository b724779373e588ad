"""A page of a collection: rows under no entity, with cursors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from connectors.errors import SourceMisbehaved
from connectors.plain import NotPlain
from connectors.requests import Key
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.functions import OfRow, Root
from gateway.assemble.notes import NO_RESULT, NO_ROWS, has_news, tell
from gateway.assemble.places import Place
from gateway.assemble.rowcode import Cell, make_many, make_one
from gateway.assemble.rows import compile_cells
from gateway.fetch.failures import Failure, from_source
from gateway.fetch.result import PageEnds, Rows
from gateway.plan import model
from gateway.plan import shape as shapes

log = structlog.get_logger()

NO_PAGE = PageEnds((), None, None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page that was read."""

    assembly: Assembly
    fetch: model.Fetch
    rows: Rows
    ends: PageEnds
    _sealed: dict[int, str] = field(default_factory=dict)

    def cursor(self, number: int) -> str:
        """What goes on after a row: the same text wherever the page says it, though each seal is another."""
        found = self._sealed.get(number)
        if found is None:
            found = self._sealed[number] = self.assembly.cursor(self.fetch, self.ends.cursors[number])
        return found

    def info(self, name: str) -> Any:
        """A field of `pageInfo`."""
        match name:
            case "hasNextPage":
                return self.ends.following is not None
            case "hasPreviousPage":
                page = self.fetch.spec.page
                return page is not None and page.after is not None
            case "startCursor":
                return self.cursor(0) if self.rows.rows else None
            case "endCursor":
                return self.cursor(len(self.rows.rows) - 1) if self.rows.rows else None
        return "PageInfo"


OfPage = Callable[[Page], Any]
"""A field of the connection."""
OfEdge = Callable[[Page, int], Any]
"""A field of the edge at a position."""


def compile_connection(compiler: Compiler, shape: shapes.ConnectionShape, place: Place) -> Root:
    """What makes the connection's fields, or what stands in its place where its source failed."""
    fetch = compiler.plan.by_id[shape.fetch]
    whole = Place(place.steps, len(place.steps) - 1)
    parts = [(one.key, _field(compiler, shape.fetch, one, place.child(one.key))) for one in shape.fields]

    def make(assembly: Assembly, _key: Key | None) -> Any:
        result = assembly.results.get(fetch.id, NO_RESULT)
        entry = result.entries.get((), NO_ROWS)
        if isinstance(entry, Failure):
            return assembly.fail(whole, entry, (), None)
        if has_news(result, entry):
            tell(assembly, whole, fetch, (result, entry), (), None)
        assembly.nodes.count(len(parts))
        page = Page(assembly, fetch, entry, result.page or NO_PAGE)
        try:
            return {key: field(page) for key, field in parts}
        except NotPlain as error:
            log.warning("place_is_no_cursor", resource=fetch.spec.resource.code, type=str(error))
            failure = from_source(SourceMisbehaved(), fetch.spec.resource)
            return assembly.fail(whole, failure, (), None)

    return make


def _field(compiler: Compiler, fetch: int, one: shapes.ConnectionField, place: Place) -> OfPage:
    match one:
        case shapes.Typename(name=name):
            return lambda _: name
        case shapes.Nodes(row=row):
            return _nodes(compile_cells(compiler, row, fetch, place.each().entity()))
        case shapes.Edges():
            return _edges(compiler, fetch, one, place.each())
        case shapes.PageInfo(fields=fields):
            return lambda page: {key: page.info(name) for key, name in fields}
        case shapes.TotalLeaf():
            return lambda page: page.ends.total


def _nodes(cells: list[Cell]) -> OfPage:
    size, make = len(cells), make_many(cells)

    def nodes(page: Page) -> Any:
        page.assembly.nodes.count(len(page.rows.rows) * size)
        return make(page.assembly, page.rows.rows, (), None)

    return nodes


def _edges(compiler: Compiler, fetch: int, one: shapes.Edges, place: Place) -> OfPage:
    parts: list[tuple[str, OfEdge]] = []
    size = len(one.fields)
    for key, name in one.fields:
        if name == "node":
            cells = compile_cells(compiler, one.rows[key], fetch, place.child(key).entity())
            size += len(cells)
            parts.append((key, _node(make_one(cells))))
        elif name == "cursor":
            parts.append((key, Page.cursor))
        else:
            parts.append((key, _typename(compiler.plan.by_id[fetch])))

    def edges(page: Page) -> Any:
        page.assembly.nodes.count(len(page.rows.rows) * size)
        return [{key: part(page, number) for key, part in parts} for number in range(len(page.rows.rows))]

    return edges


def _node(make: OfRow) -> OfEdge:
    return lambda page, number: make(page.assembly, page.rows.rows[number], (number,), None)


def _typename(fetch: model.Fetch) -> OfEdge:
    name = fetch.spec.resource.type_name + "Edge"
    return lambda _page, _number: name
