"""One page of a collection: as its source gives it, or sifted here.

A source that can only narrow down where rows stand is read in batches, and the rows that pass are the page.
The answer is exact or none: where a page, or its total, is not found within the resource's bound on
rows, it is TRUNCATED. `explain` promises the batches (`plan/batches.py`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import structs

from connectors.errors import SourceError, SourceMisbehaved, SourceTruncated
from connectors.requests import Scan
from connectors.results import Page, Row
from gateway.fetch.environment import Environment
from gateway.fetch.failures import from_source
from gateway.fetch.prepared import Prepared
from gateway.fetch.remaining import passes_remaining
from gateway.fetch.result import PageEnds, Result, Rows
from gateway.plan.batches import batch_sizes
from gateway.plan.model import Fetch, Operands, PageInput

AskSource = Callable[[Scan], Awaitable[Page]]


async def scan_page(
    prepared: Prepared, page: PageInput, operands: Operands, environment: Environment
) -> Result:
    """The rows of a page, under the empty key. It gives a result and never raises a `SourceError`."""
    fetch = prepared.fetch
    if fetch.asks_nobody:
        return Result({(): Rows(())}, page=PageEnds((), None, 0 if page.with_total else None))
    scan = prepared.scan(page, operands, environment)
    try:
        ask = environment.open_connector(fetch.spec.resource.source).scan
        found = await (_sifted(fetch, scan, operands, ask) if fetch.sifts_here else ask(scan))
    except SourceError as error:
        environment.report(fetch, error)
        return Result({(): from_source(error, fetch.spec.resource)})
    ends = PageEnds(found.cursors, found.cursor, found.total)
    return Result({(): Rows(found.rows)}, found.fetched_at, found.as_of, page=ends)


async def _sifted(fetch: Fetch, scan: Scan, operands: Operands, ask: AskSource) -> Page:
    """The page of rows that pass what is left of the condition."""
    found, last = await _sift(fetch, scan, operands, ask, scan.limit + 1)
    total = None
    if scan.with_total:
        total = len((await _sift(fetch, structs.replace(scan, cursor=None), operands, ask, None))[0])
    kept = found[: scan.limit]
    return Page(
        rows=tuple(row for row, _ in kept),
        cursor=kept[-1][1] if len(found) > len(kept) else None,
        fetched_at=last.fetched_at,
        as_of=last.as_of,
        cursors=tuple(cursor for _, cursor in kept),
        total=total,
    )


async def _sift(
    fetch: Fetch, scan: Scan, operands: Operands, ask: AskSource, wanted: int | None
) -> tuple[list[tuple[Row, Any]], Page]:
    """Rows that pass with what goes on after each, until enough are found or there are no more."""
    passes = passes_remaining(fetch, operands)
    found: list[tuple[Row, Any]] = []
    cursor, bound = scan.cursor, fetch.spec.resource.limits.max_rows
    for size in batch_sizes(scan.limit, bound):
        page = await ask(structs.replace(scan, limit=size, cursor=cursor, with_total=False))
        if len(page.cursors) != len(page.rows):
            raise SourceMisbehaved("rows without cursors cannot be sifted")
        found += [one for one in zip(page.rows, page.cursors, strict=True) if passes(one[0])]
        if page.cursor is None or (wanted is not None and len(found) >= wanted):
            return found, page
        cursor = page.cursor
    raise SourceTruncated(f"more than {bound} rows to sift")
