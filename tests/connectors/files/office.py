"""An office that drops files, and a connector to its folder."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from connectors.files.driver import FilesConnector
from connectors.files.follower import Clock
from connectors.files.settings import FilesSettings
from connectors.requests import KeyBinding, Load, OrderTerm, Scan
from connectors.results import Loaded, Page
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import Attachment, KeyColumns, Resource
from schema.values import Codec
from tests.connectors.sql.legacy import resource
from tests.patience import PATIENCE_SECONDS, soon

TEXT, WHOLE, DAY, AMOUNT = (make_codec(name) for name in ("String", "Int", "Date", "Decimal"))


def declared(origin: Any, columns: Mapping[str, Codec], key: str = "id", **options: Any) -> Resource:
    """A resource of these columns, on an entity by one of them."""
    of = resource("", dict(columns), (key,), **options)
    by = KeyColumns("k", (key,), (columns[key],))
    return replace(of, origin=origin, attachments=(Attachment("Person", "rs", (by,), many=True),))


@dataclass
class Office:
    """A folder, and the connector that is asked."""

    connector: FilesConnector
    of: Resource
    sent: list[str] = field(default_factory=list)

    async def load(self, *keys: Any, by: tuple[str, ...] = (), **options: Any) -> Loaded:
        """Load by a column, or by several."""
        by = by or self.of.identity
        binding = KeyBinding((KeyColumns("k", by, tuple(self.of.columns[name] for name in by)),), (None,))
        tuples = tuple(key if isinstance(key, tuple) else (key,) for key in keys)
        given = {"items": tuple(self.of.items), "deadline": soon(), **options}
        return await self.connector.load(Load(self.of, binding, tuples, **given))

    async def rows(self, *keys: Any, **options: Any) -> list[tuple[Any, ...]]:
        """The rows of all keys, one after the other; their errors are raised."""
        found: list[tuple[Any, ...]] = []
        for entry in (await self.load(*keys, **options)).entries:
            if not isinstance(entry, tuple):
                raise entry
            found += entry
        return found

    async def scan(self, *order: str, **options: Any) -> Page:
        """A page in the order of items; a `-` before a name turns it around."""
        terms = tuple(OrderTerm(name.lstrip("-"), name.startswith("-")) for name in order)
        given = {"items": tuple(self.of.items), "limit": 100, "deadline": soon(), "order": terms, **options}
        return await self.connector.scan(Scan(self.of, **given))

    async def until(self, trouble: str) -> None:
        """Wait until the probe says so, or says no more where it is empty."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                detail = (await self.connector.probe(soon())).detail
                if trouble in detail and bool(trouble) == bool(detail):
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def office(folder: Path, of: Resource, clock: Clock = time, **settings: Any) -> AsyncIterator[Office]:
    """Open a folder; looks at it every 20 ms, and takes everything for written."""
    given = {"directory": str(folder), "settle_seconds": 0, "check_seconds": 0.02, **settings}
    sent: list[str] = []
    connector = FilesConnector(FilesSettings.model_validate(given), (of,), sent.append, clock)
    try:
        yield Office(connector, of, sent)
    finally:
        await connector.aclose()
