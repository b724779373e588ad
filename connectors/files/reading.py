"""One engine with the drops that stand in it, and the SQL driver that reads them."""

import asyncio
from pathlib import Path

import duckdb

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout
from connectors.files.engine import Session, open_engine
from connectors.files.errors import DRIVER_ERRORS, translate
from connectors.files.follower import Clock, Follower
from connectors.files.served import Served
from connectors.files.settings import FilesSettings
from connectors.files.shelf import Shelf
from connectors.files.tables import Tables
from connectors.files.watch import Watch
from connectors.sql.driver import SqlConnector
from connectors.sql.duckdb import DuckDialect
from connectors.sql.runner import Hear
from connectors.sql.threads import Engine, ThreadRunner
from schema.catalogue.model import Resource


class Reading:
    """Reads as long as its engine does."""

    def __init__(
        self,
        settings: FilesSettings,
        resources: tuple[Resource, ...],
        *,
        shelf: Shelf,
        hear: Hear | None,
        clock: Clock,
    ) -> None:
        engine = open_engine(settings.memory_mb, [shelf.folder, Path(settings.directory).resolve()])
        runner = Engine(
            dialect=DuckDialect(),
            connect=lambda: Session(engine.cursor()),
            errors=DRIVER_ERRORS,
            translate=self.told,
            dispose=engine.close,
            threads=settings.threads,
        )
        self.sql = SqlConnector(ThreadRunner(runner, hear), settings.max_keys)
        self.is_broken = False
        """Whether DuckDB has met an error of its own, after which it answers nothing more."""
        tables = Tables(engine, self.sql)
        followers = [Follower(one, settings, shelf=shelf, tables=tables, clock=clock) for one in resources]
        self._served = {one.resource.code: one.served for one in followers}
        self._watch = Watch(followers, settings.check_seconds, settings.settle_seconds)

    def told(self, error: BaseException) -> SourceError:
        """An error of DuckDB in our words."""
        self.is_broken |= isinstance(error, duckdb.FatalException | duckdb.InternalException)
        return translate(error)

    async def looked(self, resource: Resource, deadline: float) -> Served:
        """What is served of a resource, once it was looked for."""
        served = self._served.get(resource.code)
        if served is None:
            raise SourceMisbehaved("the source was opened without this resource")
        looked = self._watch.looked[resource.code]
        if not looked.done():
            self._watch.start()
            try:
                async with asyncio.timeout_at(deadline):
                    await asyncio.shield(asyncio.wrap_future(looked))
            except TimeoutError:
                raise SourceTimeout("the drop is being taken in for the first time") from None
        return served

    async def aclose(self) -> None:
        """End the looking, then close the engine."""
        await asyncio.to_thread(self._watch.close)
        await self.sql.aclose()
