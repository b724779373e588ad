"""One engine with the drops that stand in it, and the SQL driver that reads them."""

import asyncio
from itertools import count
from pathlib import Path

import duckdb

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout
from connectors.files.drop import Drop
from connectors.files.engine import Session, open_engine
from connectors.files.errors import DRIVER_ERRORS, translate
from connectors.files.settings import FilesSettings
from connectors.files.shelf import Shelf
from connectors.files.watch import Watch
from connectors.sql.driver import SqlConnector
from connectors.sql.duckdb import DuckDialect
from connectors.sql.runner import Hear
from connectors.sql.threads import Engine, ThreadRunner
from schema.catalogue.model import Resource


class Reading:
    """Reads as long as its engine does."""

    def __init__(
        self, settings: FilesSettings, resources: tuple[Resource, ...], shelf: Shelf, hear: Hear | None
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
        numbers = count()
        self._drops = {
            one.code: Drop(
                one,
                settings,
                shelf,
                engine,
                lambda: f"drop{next(numbers)}",
                self.sql.know_order,
                self.sql.forget,
            )
            for one in resources
        }
        self._watch = Watch(tuple(self._drops.values()), settings.check_seconds, settings.settle_seconds)

    def told(self, error: BaseException) -> SourceError:
        """An error of DuckDB in our words."""
        self.is_broken |= isinstance(error, duckdb.FatalException | duckdb.InternalException)
        return translate(error)

    async def looked(self, resource: Resource, deadline: float) -> Drop:
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

    async def aclose(self) -> None:
        """End the looking, then close the engine."""
        await asyncio.to_thread(self._watch.close)
        await self.sql.aclose()
