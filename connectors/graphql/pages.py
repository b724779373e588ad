"""Lists that go on: where the next page of a copy stands, and when the pages do not add up."""

from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.graphql.operation import Operation
from connectors.graphql.settings import GraphQLPages
from connectors.http.pages import FIRST, Position

_MORE, _END = "hasNextPage", "endCursor"
_NOWHERE = object()
"""What stands behind a null."""
Path = tuple[str, ...]


class Paging:
    """Reads the pages of one operation."""

    def __init__(self, pages: GraphQLPages, operation: Operation) -> None:
        self._pages = pages
        self.paths: tuple[Path, ...]
        """What is selected for it, from the root; a path of the answer of a copy begins with its alias."""
        if pages.kind == "relay":
            info = (*_connection(operation.route), "pageInfo")
            self.paths = ((*info, _MORE), (*info, _END))
        else:
            named = pages.next if pages.kind == "cursor" else pages.total
            self.paths = (tuple(named.split(".")),) if named is not None else ()

    def variables(self, position: Position) -> dict[str, Any]:
        """What asks for a page."""
        if position.token is None:
            return {self._pages.variable: 0} if self._pages.kind == "offset" else {}
        return {self._pages.variable: position.token}

    def following(self, value: Any, position: Position, on_page: int) -> Position | None:
        """Where the page after this one stands; `None` after the last.

        `value` is what stands under the alias. Raises `SourceMisbehaved` where pages stand still, or end
        before the rows that were announced. A null around rows is no record, but no page of a list either.
        """
        found = [_at(value, path[1:]) for path in self.paths]
        if _NOWHERE in found:
            if on_page > 0 or position != FIRST:
                raise SourceMisbehaved("the answer does not say how it goes on")
            return None
        if self._pages.kind == "offset":
            return self._offset(found, position, on_page)
        token = found[-1]
        if self._pages.kind == "relay" and not _goes_on(found[0], token):
            return None
        if token is None or token == "":
            return None
        if isinstance(token, bool) or not isinstance(token, str | int):
            raise SourceMisbehaved("a cursor that is neither text nor a number")
        if token == position.token:
            raise SourceMisbehaved("the next page is the same page")
        return Position(token, position.before + on_page)

    def _offset(self, found: list[Any], position: Position, on_page: int) -> Position | None:
        so_far = position.before + on_page
        if not found:
            is_last = on_page < (self._pages.size or 1)
        else:
            (total,) = found
            if isinstance(total, bool) or not isinstance(total, int):
                raise SourceMisbehaved("the answer does not say how many rows there are")
            if on_page == 0 and so_far < total:
                raise SourceMisbehaved("the pages end before the rows that were announced")
            is_last = so_far >= total
        return None if is_last else Position(so_far, so_far)


def _goes_on(more: Any, token: Any) -> bool:
    """What `pageInfo` says."""
    if not isinstance(more, bool) or (more and token in (None, "")):
        raise SourceMisbehaved("a connection does not say whether and where it goes on")
    return more


def _connection(route: Path) -> Path:
    """The connection that the rows are of: what the last of its lists stands in."""
    lists = [place for place, name in enumerate(route) if name in {"edges", "nodes"} and place]
    return route[: lists[-1]]


def _at(value: Any, path: Path) -> Any:
    """What stands at a path; `_NOWHERE` behind a null. Nothing that is a list has pages of its own."""
    for name in path:
        if value is None:
            return _NOWHERE
        if not isinstance(value, dict) or name not in value:
            raise SourceMisbehaved("the answer does not say how it goes on")
        value = value[name]
    return value
