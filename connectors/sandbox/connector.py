"""Answers for every source at once, with synthetic rows and with whatever is switched on."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from msgspec import structs

from connectors.capabilities import Capabilities
from connectors.deadline import Until
from connectors.errors import (
    SourceAvailableAt,
    SourceError,
    SourceTimeout,
    SourceTruncated,
    SourceUnavailable,
)
from connectors.memory import EVERYTHING, MemoryConnector
from connectors.requests import Key, Load, Scan
from connectors.results import Health, Loaded, Page, Row
from connectors.sandbox.rows import ResourceRows, Written, stored
from connectors.sandbox.universe import Universe
from connectors.sandbox.values import TODAY
from schema.catalogue.model import Catalogue, Resource
from schema.identifiers import BEIJING

Switch = Literal["down", "closed", "truncated", "empty", "partial", "stale", "slow"]
"""What a source may do instead of answering all, at once and freshly."""

MOMENT = datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=BEIJING)
"""When every row was read, so that two runs agree."""
STALE_BY = timedelta(days=40)
SLOW_SECONDS = 2.0
_CAPABILITIES = replace(EVERYTHING, max_keys=100_000)


@dataclass(slots=True)
class SyntheticRows:
    """The rows of all resources of a catalogue, each resource drafted when it is first asked."""

    catalogue: Catalogue
    written: Mapping[str, Written] = field(default_factory=dict)
    _made: dict[str, ResourceRows] = field(default_factory=dict)

    def of(self, resource: Resource) -> ResourceRows:
        """One resource's."""
        made = self._made.get(resource.code)
        if made is None:
            written = self.written.get(resource.code, Written())
            made = ResourceRows(resource, self.catalogue, Universe(self.catalogue), written)
            self._made[resource.code] = made
        return made


@dataclass(frozen=True, slots=True)
class SandboxConnector:
    """One connector in place of all. Predicates, order and limits are memory's."""

    rows: SyntheticRows
    switches: Mapping[str, Switch] = field(default_factory=dict)
    """By code of the resource."""
    capabilities: Capabilities = _CAPABILITIES

    async def load(self, load: Load) -> Loaded:
        """Make the rows of each key."""
        switch = await self._switch(load.resource, load.deadline)
        entries = [await self._entry(load, key, switch) for key in load.keys]
        is_stale = switch == "stale"
        as_of = MOMENT - STALE_BY if is_stale else MOMENT
        return Loaded(tuple(entries), MOMENT, as_of, stale=is_stale, partial=switch == "partial")

    async def scan(self, scan: Scan) -> Page:
        """Page through the rows of a fixed pool of owners, and of all personas."""
        switch = await self._switch(scan.resource, scan.deadline)
        rows = [] if switch == "empty" else self.rows.of(scan.resource).pool()
        page = await self._memory(scan.resource, rows).scan(structs.replace(scan, arguments={}))
        return structs.replace(page, as_of=MOMENT - STALE_BY if switch == "stale" else MOMENT)

    async def probe(self, deadline: float) -> Health:  # noqa: ARG002 - there is nothing to reach
        """Always up."""
        return Health(is_up=True, latency_seconds=0)

    async def aclose(self) -> None:
        """Nothing to give back."""

    async def _switch(self, resource: Resource, deadline: float) -> Switch | None:
        switch = self.switches.get(resource.code)
        match switch:
            case "down":
                raise SourceUnavailable("switched off by the request")
            case "closed":
                raise SourceAvailableAt(MOMENT + timedelta(days=365 * 20), "closed by the request")
            case "truncated":
                raise SourceTruncated("truncated by the request")
            case "slow":
                try:
                    with Until(deadline):
                        await asyncio.sleep(SLOW_SECONDS)
                except TimeoutError as error:
                    raise SourceTimeout("sandbox: the deadline passed") from error
        return switch

    async def _entry(self, load: Load, key: Key, switch: Switch | None) -> tuple[Row, ...] | SourceError:
        if switch == "empty":
            return ()
        made = self.rows.of(load.resource)
        rows = made.naming(load.key, key)
        if any(made.blueprint.is_single(way) for way in load.key.alternatives):
            rows = rows[:1]
        elif switch == "partial":
            rows = rows[::2]
        given = _stored_arguments(load)
        rows = [row | given for row in rows]  # whatever it is asked with, it knows
        loaded = await self._memory(load.resource, rows).load(
            structs.replace(load, keys=(key,), arguments={})
        )
        return loaded.entries[0]

    def _memory(self, resource: Resource, rows: list[dict[str, object]]) -> MemoryConnector:
        return MemoryConnector({resource.code: rows}, now=lambda: MOMENT)


def _stored_arguments(load: Load) -> dict[str, object]:
    """Arguments that are columns, as the source would store them."""
    columns = load.resource.columns
    return {name: stored(columns[name], [value]) for name, value in load.arguments.items() if name in columns}
