"""A connector over the bench city in the process: Jutong's `memory` kind looks at every row for every key.

It is found by entry point, as a third party's is, and shapes rows as the drivers do.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from benchmarks.world import rows_of
from connectors.capabilities import Capabilities
from connectors.columns import columns_of
from connectors.errors import SourceMisbehaved
from connectors.per_shape import PerShape
from connectors.registry import Kind
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from connectors.shaping import Shaping
from schema.catalogue.model import Resource, Source


class Computed:
    """Answers loads by key."""

    capabilities = Capabilities(max_keys=500, projects=True)

    def __init__(self) -> None:
        self._shapes = PerShape(_prepare)

    async def load(self, load: Load) -> Loaded:
        """Compute rows and shape them."""
        columns, shaping = self._shapes.of(load)
        found = rows_of(str(load.resource.origin), [key[0] for key in load.keys])
        raw = [[row[column] for column in columns] for row in found]
        return Loaded(shaping.entries(load.keys, raw), datetime.now(UTC))

    async def scan(self, scan: Scan) -> Page:
        """Not needed here."""
        raise SourceMisbehaved(f"{scan.resource.code} cannot be scanned")

    async def probe(self, deadline: float) -> Health:  # noqa: ARG002 - memory answers at once
        """Always there."""
        return Health(is_up=True, latency_seconds=0)

    async def aclose(self) -> None:
        """Nothing to give back."""


class ComputedSettings(BaseModel):
    """None."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _prepare(load: Load) -> tuple[tuple[str, ...], Shaping]:
    columns = columns_of(load)
    return columns, Shaping(load.resource, load.key, load.items, columns)


def _open(source: Source, resources: tuple[Resource, ...]) -> Computed:  # noqa: ARG001 - every source is alike
    return Computed()


KIND: Any = Kind(name="computed", settings=ComputedSettings, origin=str, open=_open)
