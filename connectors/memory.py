"""The protocol in running code, over rows in memory. It is also the fake for tests of other rooms.

Rows are raw: what a source would store, by column. Everything is done the slow and obvious way, so
that reading this file answers what a connector has to do.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

from pydantic import BaseModel, ConfigDict

from connectors.capabilities import Capabilities
from connectors.columns import column_of
from connectors.deadline import Until
from connectors.errors import SourceError, SourceTimeout, SourceTruncated
from connectors.identity import check_distinct
from connectors.registry import Kind
from connectors.requests import Key, KeyBinding, Load, OrderTerm, Scan
from connectors.results import Health, Loaded, Page, Row
from schema.catalogue.model import Resource, Source
from schema.names import column_item
from schema.predicate import OPERATORS, Predicate, passes
from schema.values import Invalid

RawRow = Mapping[str, Any]
EVERYTHING = Capabilities(
    max_keys=500, projects=True, operators=OPERATORS, orders=True, limits_per_key=True, scans=True
)


@dataclass
class MemoryConnector:
    """Answers from `tables`: raw rows by the code of their resource."""

    tables: Mapping[str, Sequence[RawRow]]
    capabilities: Capabilities = EVERYTHING
    latency_seconds: float = 0
    """How long every answer takes; for seeing which requests run side by side."""
    faults: Mapping[str, SourceError] = field(default_factory=dict)
    """By code of a resource: what to raise instead of answering."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def load(self, load: Load) -> Loaded:
        """Read rows by key."""
        await self._work(load.resource, load.deadline)
        entries = tuple(self._entry(load, key) for key in load.keys)
        return Loaded(entries, self.now())

    async def scan(self, scan: Scan) -> Page:
        """Read rows page by page; a cursor is what the order compares of the row before."""
        await self._work(scan.resource, scan.deadline)
        found = self._filtered(scan.resource, scan.arguments, scan.predicate)
        terms = terms_of(scan.resource, scan.order)
        after = [row for row in in_order(found, scan.resource, scan.order) if _is_after(row, scan, terms)]
        page = after[: scan.limit]
        cursors = tuple(
            tuple(_comparable(scan.resource, row, term.item) for term in terms)
            for row in after[: scan.limit + 1]
        )
        check_distinct(cursors)
        cursors = cursors[: scan.limit]
        return Page(
            rows=tuple(_project(scan.resource, row, scan.items) for row in page),
            cursor=cursors[-1] if len(after) > len(page) else None,
            fetched_at=self.now(),
            cursors=cursors,
            total=len(found) if scan.with_total else None,
        )

    async def probe(self, deadline: float) -> Health:  # noqa: ARG002 - memory answers at once
        """Memory is always there."""
        return Health(is_up=True, latency_seconds=self.latency_seconds)

    async def aclose(self) -> None:
        """Nothing to give back."""

    async def _work(self, resource: Resource, deadline: float) -> None:
        try:
            with Until(deadline):
                await asyncio.sleep(self.latency_seconds)
        except TimeoutError as error:
            raise SourceTimeout("memory: the deadline passed") from error
        fault = self.faults.get(resource.code)
        if fault is not None:
            raise fault

    def _entry(self, load: Load, key: Key) -> tuple[Row, ...] | SourceError:
        found = self._filtered(load.resource, load.arguments, load.predicate)
        rows = [row for row in found if belongs(row, load.key, key)]
        if len(rows) > load.resource.limits.max_rows:
            return SourceTruncated(f"more than {load.resource.limits.max_rows} rows")
        if self.capabilities.orders:
            rows = in_order(rows, load.resource, load.order)
        kept = rows[: load.limit_per_key]
        return tuple(_project(load.resource, row, load.items) for row in kept)

    def _filtered(
        self, resource: Resource, arguments: Mapping[str, Any], predicate: Predicate | None
    ) -> list[RawRow]:
        if not self.capabilities.operators:
            predicate = None  # not looked at, as by a service that cannot filter
        return [
            row
            for row in self.tables.get(resource.code, ())
            if all(row.get(name) == value for name, value in arguments.items())
            and passes(predicate, lambda item, row=row: _comparable(resource, row, item))  # type: ignore[misc] # binds the row
        ]


def belongs(row: RawRow, binding: KeyBinding, key: Key) -> bool:
    """Whether a row names an entity, by any alternative and in any stored form."""
    for position, by in enumerate(binding.alternatives):
        held = tuple(
            codec.decode(row.get(column)) for column, codec in zip(by.columns, by.codecs, strict=True)
        )
        if held == binding.expected(position, key):
            return True
    return False


def terms_of(resource: Resource, order: tuple[OrderTerm, ...]) -> tuple[OrderTerm, ...]:
    """An order, completed by the identity."""
    return (*order, *(OrderTerm(column_item(column)) for column in resource.identity))


def in_order(rows: Iterable[RawRow], resource: Resource, order: tuple[OrderTerm, ...]) -> list[RawRow]:
    """Sort as asked, then by identity; empty and unreadable values last either way."""
    terms = terms_of(resource, order)

    def compare(left: RawRow, right: RawRow) -> int:
        one, other = ([_comparable(resource, row, term.item) for term in terms] for row in (left, right))
        return _compare(one, other, terms)

    return sorted(rows, key=cmp_to_key(compare))


def _compare(left: Sequence[Any], right: Sequence[Any], terms: Sequence[OrderTerm]) -> int:
    for one, other, term in zip(left, right, terms, strict=True):
        if one == other:
            continue
        if one is None or other is None:
            return 1 if one is None else -1
        return 1 if (one < other) is term.descending else -1
    return 0


def _is_after(row: RawRow, scan: Scan, terms: Sequence[OrderTerm]) -> bool:
    if scan.cursor is None:
        return True
    values = [_comparable(scan.resource, row, term.item) for term in terms]
    return _compare(values, scan.cursor, terms) > 0


def _comparable(resource: Resource, row: RawRow, item: str) -> Any:
    column, codec = column_of(resource, item)
    value = codec.decode(row.get(column))
    return None if isinstance(value, Invalid) else value


def _project(resource: Resource, row: RawRow, items: tuple[str, ...]) -> Row:
    asked = (column_of(resource, item) for item in items)
    return tuple(codec.decode(row.get(column)) for column, codec in asked)


class MemorySettings(BaseModel):
    """Rows by resource, written into the catalogue itself: for examples and tests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: dict[str, list[dict[str, Any]]] = {}


def _open(source: Source, resources: tuple[Resource, ...]) -> MemoryConnector:  # noqa: ARG001 - rows are in the settings
    return MemoryConnector(MemorySettings.model_validate(source.settings).tables)


KIND = Kind(name="memory", settings=MemorySettings, origin=Any, open=_open, can_scan=True)
