"""All sources of a catalogue, opened: `Cached(Resilient(driver))` for each."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from connectors.caching.cached import Cached, HashKeys
from connectors.caching.second import SecondLevel
from connectors.caching.store import MemoryStore
from connectors.protocol import Connector
from connectors.registry import Kind
from connectors.resilience.resilient import Resilience, Resilient
from connectors.results import Health
from schema.catalogue.model import Catalogue, Resource, Source

log = structlog.get_logger()


Declared = tuple[Source, tuple[tuple[str, str], ...]]
"""A source, and its resources with their versions."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Open sources by name; what is not connected, or could not be opened, is not here."""

    connectors: Mapping[str, Connector]
    store: MemoryStore
    second: SecondLevel | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    """What each connector was opened for."""

    @property
    def get(self) -> Callable[[str], Connector | None]:
        """Gives a source's connector by name."""
        return self.connectors.get

    async def health(self, deadline: float) -> dict[str, Health]:
        """Probe all sources at once."""
        found = await asyncio.gather(*(one.probe(deadline) for one in self.connectors.values()))
        return dict(zip(self.connectors, found, strict=True))

    def replaced_by(self, later: "Sources") -> list[Connector]:
        """Connectors that the later sources do without."""
        kept = {id(connector) for connector in later.connectors.values()}
        return [connector for connector in self.connectors.values() if id(connector) not in kept]

    async def aclose(self) -> None:
        """Close all of them."""
        for connector in self.connectors.values():
            await connector.aclose()
        if self.second is not None:
            await self.second.aclose()


def open_sources(
    catalogue: Catalogue,
    kinds: Mapping[str, Kind],
    *,
    hash_keys: HashKeys,
    cache_bytes: int = 64 * 1_048_576,
    second: SecondLevel | None = None,
    resilience: Resilience | None = None,
    before: Sources | None = None,
    wrap: Callable[[str, Connector], Connector] = lambda _name, connector: connector,
) -> Sources:
    """Open every connected source; one that cannot be opened stops no other.

    `wrap` stands between driver and wrappers, where a test may listen to the wire. What `before` has open
    for the same declarations stays open, its cache and its breaker too. What it could not open is tried
    again.
    """
    store = MemoryStore(max_bytes=cache_bytes) if before is None else before.store
    connectors: dict[str, Connector] = {}
    declared: dict[str, Declared] = {}
    of_source: dict[str, list[Resource]] = {}
    for resource in catalogue.resources.values():
        of_source.setdefault(resource.source, []).append(resource)
    for source in catalogue.sources.values():
        resources = tuple(of_source.get(source.name, ()))
        declared[source.name] = (source, tuple((r.code, r.version) for r in resources))
        if before is not None and before.declared.get(source.name) == declared[source.name]:
            standing = before.connectors.get(source.name)
            if standing is not None:
                connectors[source.name] = standing
                continue
        driver = _open(source, resources, kinds)
        if driver is not None:
            resilient = Resilient(wrap(source.name, driver), resilience, source=source.name)
            connectors[source.name] = Cached(resilient, store, _names_in(source, hash_keys), second)
    return Sources(connectors, store, second, declared)


def _names_in(source: Source, hash_keys: HashKeys) -> HashKeys:
    """Names for rows of a source as it is declared: those of where it was before are others."""
    declared = hashlib.blake2b(repr((source.kind, source.settings)).encode(), digest_size=16).hexdigest()
    return lambda of, about: hash_keys(of, f"{declared} {about}")


def _open(source: Source, resources: tuple[Resource, ...], kinds: Mapping[str, Kind]) -> Connector | None:
    if not source.is_connected or source.kind not in kinds:
        return None
    try:
        return kinds[source.kind].open(source, resources)
    except Exception as error:  # noqa: BLE001 - a source that cannot be opened is down, not fatal
        file = error.filename if isinstance(error, OSError) else None
        log.error("source_not_opened", source=source.name, error=type(error).__name__, file=file)
        return None
