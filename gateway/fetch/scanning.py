"""A page whose source can only narrow down where rows stand: read in batches, sifted here.

The answer is exact or none: where a page, or its total, is not found within the resource's bound on
rows, it is TRUNCATED. `explain` promises the batches (`plan/batches.py`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import structs

from connectors.errors import SourceMisbehaved, SourceTruncated
from connectors.requests import Scan
from connectors.results import Page, Row
from gateway.fetch.remaining import passes_remaining
from gateway.plan.batches import batch_sizes
from gateway.plan.model import Fetch, Operands

Ask = Callable[[Scan], Awaitable[Page]]


async def scan_sifting(fetch: Fetch, scan: Scan, operands: Operands, ask: Ask) -> Page:
    """Give the page of rows that pass what is left of the condition."""
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
    fetch: Fetch, scan: Scan, operands: Operands, ask: Ask, wanted: int | None
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
