"""The files driver: drops become tables of DuckDB, and the SQL driver reads those."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from msgspec import structs

from connectors.errors import SourceError
from connectors.files.follower import Clock
from connectors.files.reading import Reading
from connectors.files.served import Served, Standing
from connectors.files.settings import FilesSettings
from connectors.files.shelf import Shelf
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from connectors.sql.runner import Hear
from schema.catalogue.model import Resource, Source


class FilesConnector:
    """One department's folder."""

    def __init__(
        self,
        settings: FilesSettings,
        resources: tuple[Resource, ...],
        on_statement: Hear | None = None,
        clock: Clock = time,
    ) -> None:
        self._settings = settings
        self._resources = tuple(one for one in resources if one.is_connected)
        self._on_statement = on_statement
        self._clock = clock
        self._shelf = Shelf(settings.store)
        self._reading = self._open()
        self._closing: set[asyncio.Task[None]] = set()
        self.capabilities = self._reading.sql.capabilities

    async def load(self, load: Load) -> Loaded:
        """Read rows by key, of the drop that is served when the load begins."""
        reading = self._sound()
        served = await reading.looked(load.resource, load.deadline)
        with _taken(served) as standing:
            loaded = await reading.sql.load(structs.replace(load, resource=standing.resource(load.resource)))
        return structs.replace(loaded, as_of=standing.as_of, stale=served.is_behind)

    async def scan(self, scan: Scan) -> Page:
        """Read a page; the next one may be of another drop, and goes on after the same row."""
        reading = self._sound()
        served = await reading.looked(scan.resource, scan.deadline)
        with _taken(served) as standing:
            page = await reading.sql.scan(structs.replace(scan, resource=standing.resource(scan.resource)))
        return structs.replace(page, as_of=standing.as_of)

    async def probe(self, deadline: float) -> Health:
        """Say whether any drop is served, and what is wrong with the others."""
        reading = self._sound()
        try:
            served = {one.code: await reading.looked(one, deadline) for one in self._resources}
        except SourceError as error:
            return Health(is_up=False, latency_seconds=0, detail=error.detail)
        health = await reading.sql.probe(deadline)
        troubles = [f"{code}: {found.why}" for code, one in served.items() if (found := one.trouble)]
        is_up = health.is_up and (any(one.has_drop for one in served.values()) or not served)
        return replace(health, is_up=is_up, detail="; ".join(filter(None, [health.detail, *troubles])))

    async def aclose(self) -> None:
        """End the looking, then close the database; what was kept for nobody else is removed."""
        await self._reading.aclose()
        if self._closing:
            await asyncio.wait(self._closing)
        await asyncio.to_thread(self._shelf.close)

    def _open(self) -> Reading:
        return Reading(
            self._settings, self._resources, shelf=self._shelf, hear=self._on_statement, clock=self._clock
        )

    def _sound(self) -> Reading:
        """What reads; another one if DuckDB has given up, which it does for good until it is opened again."""
        if self._reading.is_broken:
            closing = asyncio.get_running_loop().create_task(self._reading.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            self._reading = self._open()
        return self._reading


@contextmanager
def _taken(served: Served) -> Iterator[Standing]:
    standing = served.take()
    try:
        yield standing
    finally:
        served.give(standing)


def open_files(source: Source, resources: tuple[Resource, ...]) -> FilesConnector:
    """Open a folder. Nothing is read yet."""
    return FilesConnector(FilesSettings.model_validate(source.settings), resources)
