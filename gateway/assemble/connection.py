"""A page of a collection: rows under no entity, with cursors."""

from typing import TYPE_CHECKING, Any

from gateway.assemble.states import ResponsePath
from gateway.assemble.walk import NO_RESULT, EntityWalk
from gateway.fetch.failures import Failure
from gateway.fetch.result import PageEnds, Rows
from gateway.plan import model
from gateway.plan import shape as shapes

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler

NO_PAGE = PageEnds((), None, None)


def connection(assembler: "Assembler", shape: shapes.ConnectionShape, path: ResponsePath) -> Any:
    """The connection's fields, or what stands in its place where its source failed."""
    fetch = assembler.plan.by_id[shape.fetch]
    result = assembler.results.get(shape.fetch, NO_RESULT)
    walk = EntityWalk(assembler, assembler.plan.draft.nodes[fetch.spec.node], (), path)
    entry = result.entries.get((), Rows(()))
    if isinstance(entry, Failure):
        return walk.failed(entry, path, (shape.key,))
    walk.answered(fetch, result, entry, path, (shape.key,))
    page = _Page(assembler, walk, fetch, entry, result.page or NO_PAGE)
    return {one.key: page.field(one, (*path, one.key)) for one in shape.fields}


class _Page:
    def __init__(
        self, assembler: "Assembler", walk: EntityWalk, fetch: model.Fetch, entry: Rows, ends: PageEnds
    ) -> None:
        self._assembler = assembler
        self._walk = walk
        self._fetch = fetch
        self._entry = entry
        self._ends = ends

    def field(self, one: shapes.ConnectionField, path: ResponsePath) -> Any:
        """One field of the connection."""
        self._assembler.nodes.count(1)
        match one:
            case shapes.Typename(name=name):
                return name
            case shapes.Nodes(row=row):
                return [self._row(row, number, (*path, number)) for number in range(len(self._entry.rows))]
            case shapes.Edges():
                return [self._edge(one, number, (*path, number)) for number in range(len(self._entry.rows))]
            case shapes.PageInfo(fields=fields):
                return {key: self._page_info(name) for key, name in fields}
            case shapes.TotalLeaf():
                return self._ends.total

    def _row(self, shape: shapes.RowShape, number: int, path: ResponsePath) -> Any:
        return self._walk.row(shape, self._fetch.id, self._entry.rows[number], path, ())

    def _edge(self, edges: shapes.Edges, number: int, path: ResponsePath) -> dict[str, Any]:
        edge: dict[str, Any] = {}
        for key, name in edges.fields:
            self._assembler.nodes.count(1)
            match name:
                case "node":
                    edge[key] = self._row(edges.rows[key], number, (*path, key))
                case "cursor":
                    edge[key] = self._cursor(number)
                case _:
                    edge[key] = self._fetch.spec.resource.type_name + "Edge"
        return edge

    def _page_info(self, name: str) -> Any:
        match name:
            case "hasNextPage":
                return self._ends.following is not None
            case "hasPreviousPage":
                page = self._fetch.spec.page
                return page is not None and page.after is not None
            case "startCursor":
                return self._cursor(0) if self._entry.rows else None
            case "endCursor":
                return self._cursor(len(self._entry.rows) - 1) if self._entry.rows else None
        return "PageInfo"

    def _cursor(self, number: int) -> str:
        return self._assembler.cursor(self._fetch, self._ends.cursors[number])
