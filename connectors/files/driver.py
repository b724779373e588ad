"""The files driver: drops become tables of DuckDB, and the SQL driver reads those."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout
from connectors.files.drop import Drop, Standing
from connectors.files.engine import Session, open_engine
from connectors.files.errors import DRIVER_ERRORS, translate
from connectors.files.settings import FilesSettings
from connectors.files.shelf import Shelf
from connectors.files.watch import Watch
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from connectors.sql.driver import SqlConnector
from connectors.sql.duckdb import DuckDialect
from connectors.sql.runner import Hear
from connectors.sql.threads import Engine, ThreadRunner
from schema.catalogue.model import Resource, Source


class FilesConnector:
    """One department's folder."""

    def __init__(
        self, settings: FilesSettings, resources: tuple[Resource, ...], on_statement: Hear | None = None
    ) -> None:
        self._shelf = Shelf(settings.store)
        engine = open_engine(settings.memory_mb, [self._shelf.folder, Path(settings.directory).resolve()])
        runner = Engine(
            dialect=DuckDialect(),
            connect=lambda: Session(engine.cursor()),
            errors=DRIVER_ERRORS,
            translate=translate,
            dispose=engine.close,
            threads=settings.threads,
        )
        self._sql = SqlConnector(ThreadRunner(runner, on_statement), settings.max_keys)
        self.capabilities = self._sql.capabilities
        numbers = count()
        self._drops = {
            one.code: Drop(
                one, settings, self._shelf, engine, lambda: f"drop{next(numbers)}", self._sql.forget
            )
            for one in resources
            if one.is_connected
        }
        self._watch = Watch(tuple(self._drops.values()), settings.check_seconds, settings.settle_seconds)

    async def load(self, load: Load) -> Loaded:
        """Read rows by key, of the drop that is served when the load begins."""
        drop = await self._looked(load.resource, load.deadline)
        with _taken(drop) as standing:
            loaded = await self._sql.load(replace(load, resource=standing.resource(load.resource)))
        return replace(loaded, as_of=standing.as_of, stale=drop.is_behind)

    async def scan(self, scan: Scan) -> Page:
        """Read a page; the next one may be of another drop, and goes on after the same row."""
        drop = await self._looked(scan.resource, scan.deadline)
        with _taken(drop) as standing:
            page = await self._sql.scan(replace(scan, resource=standing.resource(scan.resource)))
        return replace(page, as_of=standing.as_of)

    async def probe(self, deadline: float) -> Health:
        """Say whether any drop is served, and what is wrong with the others."""
        try:
            for drop in self._drops.values():
                await self._looked(drop.resource, deadline)
        except SourceError as error:
            return Health(is_up=False, latency_seconds=0, detail=error.detail)
        health = await self._sql.probe(deadline)
        troubles = [f"{code}: {drop.trouble}" for code, drop in self._drops.items() if drop.trouble]
        served = [drop.is_served for drop in self._drops.values()]
        is_up = health.is_up and (any(served) or not served)
        return replace(
            health, is_up=is_up, detail="; ".join([health.detail] * bool(health.detail) + troubles)
        )

    async def aclose(self) -> None:
        """End the looking, then close the database; what was kept for nobody else is removed."""
        await asyncio.to_thread(self._watch.close)
        await self._sql.aclose()
        await asyncio.to_thread(self._shelf.close)

    async def _looked(self, resource: Resource, deadline: float) -> Drop:
        """A resource's drop, once it was looked for."""
        drop = self._drops.get(resource.code)
        if drop is None:
            raise SourceMisbehaved("the source was opened without this resource")
        looked = self._watch.looked[resource.code]
        if not looked.done():
            self._watch.start()
            try:
                async with asyncio.timeout_at(deadline):
                    await asyncio.shield(asyncio.wrap_future(looked))
            except TimeoutError:
                raise SourceTimeout("the drop is being taken in for the first time") from None
        return drop


@contextmanager
def _taken(drop: Drop) -> Iterator[Standing]:
    standing = drop.take()
    try:
        yield standing
    finally:
        drop.give(standing)


def open_files(source: Source, resources: tuple[Resource, ...]) -> FilesConnector:
    """Open a folder. Nothing is read yet."""
    return FilesConnector(FilesSettings.model_validate(source.settings), resources)
