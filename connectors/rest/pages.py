"""Answers that go on: where the next page is, and when the pages do not add up."""

from typing import Any

from msgspec.structs import replace

from connectors.errors import SourceMisbehaved
from connectors.http.pages import FIRST, Position
from connectors.http.target import follow_link
from connectors.rest.paths import MISSING, find
from connectors.rest.request import HttpRequest
from connectors.rest.rows import flat
from connectors.rest.settings import RestPages


def ask_page(request: HttpRequest, pages: RestPages, position: Position, origin: str) -> HttpRequest:
    """The request for one page; `origin` is scheme, host and port of the service."""
    if pages.kind == "link" and position.token is not None:
        found = follow_link(origin, request.path, str(position.token))
        if found is None:
            raise SourceMisbehaved("the next page is no link, or on another server")
        path, pairs = found
        return replace(request, path=path, pairs=pairs)
    if pages.size is not None and pages.size_parameter is not None:
        request = request.given(pages.size_parameter, pages.size)
    token = position.token
    if token is None and pages.kind in {"number", "offset"}:
        token = pages.first if pages.kind == "number" else 0
    if token is None or pages.parameter is None:
        return request
    return request.given(pages.parameter, token)


def next_page(answer: Any, pages: RestPages, position: Position, on_page: int) -> Position | None:
    """Where the next page stands; `None` after the last.

    Raises `SourceMisbehaved` where the pages end before the records that were announced, or stand still.
    """
    so_far = position.before + on_page
    announced = None if pages.total is None else _count(answer, pages.total)
    token = _token(answer, pages, position, on_page, announced)
    if token is None:
        if announced is not None and so_far < announced:
            raise _ended_early()
        return None
    if token == position.token:
        raise SourceMisbehaved("the next page is the same page")
    return Position(token, so_far)


def check_end(pages: RestPages, position: Position) -> None:
    """Refuse "no record" for a page that the page before it announced by its count."""
    if pages.total is not None and position != FIRST:
        raise _ended_early()


def _token(answer: Any, pages: RestPages, position: Position, on_page: int, announced: int | None) -> Any:
    if pages.kind in {"cursor", "link"}:
        token = flat(find(answer, pages.next or ""))
        if token is MISSING or token is None or token in ("", False):
            return None
        if not isinstance(token, str | int):
            raise SourceMisbehaved("the next page is neither text nor a number")
        return token
    so_far = position.before + on_page
    is_last = on_page == 0 or (
        so_far >= announced if announced is not None else pages.size is not None and on_page < pages.size
    )
    if is_last:
        return None
    if pages.kind == "offset":
        return so_far
    return (pages.first if position.token is None else position.token) + 1


def _count(answer: Any, path: str) -> int:
    found = flat(find(answer, path))
    if isinstance(found, bool) or not isinstance(found, int | str) or not str(found).isdecimal():
        raise SourceMisbehaved("the answer does not say how many records there are")
    return int(found)


def check_total(answer: Any, path: str, count: int) -> None:
    """Refuse an answer that holds fewer records than it says itself."""
    if count < _count(answer, path):
        raise SourceMisbehaved("fewer records than announced")


def _ended_early() -> SourceMisbehaved:
    return SourceMisbehaved("the pages end before the records that were announced")
