"""Opens a gateway: catalogue, policy, sources, record and store, from settings."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from connectors.caching.second import open_second_level
from connectors.protocol import Connector
from connectors.registry import Kind, find_kinds
from connectors.resilience.resilient import Resilience
from connectors.stack import Sources, open_sources
from gateway.audit.event import Recorder
from gateway.audit.sqlite import SqliteRecorder
from gateway.cycle_collector import long_lived
from gateway.document.measure import DocumentLimits
from gateway.fetch.guards import KeyGuard, ProtectionGuard, SubjectGuard
from gateway.identity.cursors import Cursors
from gateway.identity.pseudonyms import Pseudonyms
from gateway.pipeline import Gateway
from gateway.plan.cost import CostLimits
from gateway.reload import Current, Reloader, tell
from gateway.sandbox.cursors import RepeatableCursors
from gateway.sandbox.opening import open_synthetic, read_connected, with_own_state
from gateway.sandbox.record import SandboxRecorder
from gateway.settings import Settings
from gateway.snapshot import Snapshot, take_snapshot
from gateway.store.last_good import KeptLastGood
from gateway.store.protections import Protections
from gateway.store.state import RECORD, open_store
from schema.catalogue.files import CatalogueFiles
from schema.catalogue.last_good import LastGood
from schema.catalogue.model import Catalogue
from schema.catalogue.read import ELSEWHERE
from schema.catalogue.reader import CatalogueReader, CheckedCatalogue
from schema.policy.model import Policy
from schema.policy.read import read_policy


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Open everything a gateway needs, and close it in the end. It stays as it is."""
    async with open_current(settings.model_copy(update={"reload_seconds": 0})) as current:
        yield current.gateway


@asynccontextmanager
async def open_current(settings: Settings) -> AsyncIterator[Current]:
    """Open a gateway that follows the files of its catalogue, unless it is told not to."""
    async with AsyncExitStack() as closing:
        with long_lived():
            if settings.sandbox:
                current, reloader = await _open_sandbox(with_own_state(settings), closing), None
            else:
                current, reloader = await _open_city(settings, closing)
        async with _following(reloader, settings.reload_seconds):
            yield current


async def _open_sandbox(settings: Settings, closing: AsyncExitStack) -> Current:
    """A gateway over synthetic rows, whatever sources its catalogue has."""
    checked = await asyncio.to_thread(read_connected, settings.catalogue)
    policy = await _read_policy(settings.catalogue, checked)
    stores = _open_stores(settings, closing)
    sources = open_synthetic(settings.catalogue, checked.catalogue)
    cursors = RepeatableCursors(stores.pseudonyms.key_for("cursors"))
    stores = replace(stores, recorder=SandboxRecorder(stores.recorder))
    snapshot = take_snapshot(checked.catalogue, policy, _document_limits(settings))
    return Current(_gateway(settings, snapshot, sources.get, stores, cursors))


async def _open_city(settings: Settings, closing: AsyncExitStack) -> tuple[Current, Reloader | None]:
    """A gateway over the sources of its catalogue, and what renews it, if anything is to."""
    kinds = find_kinds()
    kept = KeptLastGood(settings.state, settings.catalogue)
    files = CatalogueFiles(settings.catalogue)
    last_good = LastGood(CatalogueReader(kinds, os.environ), kept.read())
    await asyncio.to_thread(files.look)
    texts = await asyncio.to_thread(files.texts, ELSEWHERE)
    checked = await asyncio.to_thread(last_good.read, texts)
    policy = await _read_policy(settings.catalogue, checked)
    stores = _open_stores(settings, closing)
    kept.keep(last_good.instead(texts))
    open_them = partial(_open_sources, settings, kinds, stores.pseudonyms)
    sources = open_them(checked.catalogue)
    limits = _document_limits(settings)
    snapshot = take_snapshot(checked.catalogue, policy, limits)
    cursors = Cursors(stores.pseudonyms.key_for("cursors"))
    current = Current(_gateway(settings, snapshot, sources.get, stores, cursors))
    if not settings.reload_seconds:
        closing.push_async_callback(sources.aclose)
        return current, None
    reloader = Reloader(
        directory=settings.catalogue,
        last_good=last_good,
        kept=kept,
        files=files,
        current=current,
        sources=sources,
        limits=limits,
        open_again=open_them,
        guards_of=stores.guards,
        grace_seconds=settings.timeout_seconds,
    )
    closing.push_async_callback(reloader.aclose)
    return current, reloader


async def _read_policy(directory: Path, checked: CheckedCatalogue) -> Policy:
    """The policy of a catalogue; what is wrong in either is told."""
    policy, problems = await asyncio.to_thread(read_policy, directory, checked.catalogue)
    tell((*checked.problems, *problems))
    return policy


@dataclass(frozen=True, slots=True)
class _Stores:
    """What is kept on disk: the record, who is protected, and the secret of all names."""

    pseudonyms: Pseudonyms
    recorder: Recorder
    protections: Protections

    def guards(self, policy: Policy) -> tuple[KeyGuard, ...]:
        """The key guards under a policy."""
        return (
            ProtectionGuard(self.protections.subjects, self.pseudonyms.subject),
            SubjectGuard(lambda application: _subjects(policy, application)),
        )


def _open_stores(settings: Settings, closing: AsyncExitStack) -> _Stores:
    pseudonyms, protections = open_store(settings)
    closing.callback(protections.close)
    recorder = SqliteRecorder(settings.state / RECORD)
    closing.push_async_callback(recorder.aclose)
    return _Stores(pseudonyms, recorder, protections)


def _gateway(
    settings: Settings,
    snapshot: Snapshot,
    connector: Callable[[str], Connector | None],
    stores: _Stores,
    cursors: Cursors,
) -> Gateway:
    return Gateway(
        snapshot=snapshot,
        connector=connector,
        recorder=stores.recorder,
        pseudonyms=stores.pseudonyms,
        cursors=cursors,
        guards=stores.guards(snapshot.policy),
        limits=CostLimits(
            max_keys=settings.max_keys, max_rows=settings.max_rows, max_nodes=settings.max_nodes
        ),
    )


def _document_limits(settings: Settings) -> DocumentLimits:
    return DocumentLimits(settings.max_tokens, settings.max_depth, settings.max_fields)


@asynccontextmanager
async def _following(reloader: Reloader | None, seconds: float) -> AsyncIterator[None]:
    if reloader is None:
        yield
        return
    following = asyncio.create_task(reloader.follow(seconds))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _open_sources(
    settings: Settings,
    kinds: Mapping[str, Kind],
    pseudonyms: Pseudonyms,
    catalogue: Catalogue,
    before: Sources | None = None,
) -> Sources:
    second = None if before is None else before.second
    if second is None and settings.redis_url is not None:
        second = open_second_level(settings.redis_url.get_secret_value(), pseudonyms.key_for("second level"))
    return open_sources(
        catalogue,
        kinds,
        hash_keys=pseudonyms.cache_keys,
        cache_bytes=settings.cache_bytes,
        second=second,
        resilience=Resilience(patience_seconds=settings.timeout_seconds / 2),
        before=before,
    )


def _subjects(policy: Policy, name: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    application = policy.applications.get(name)
    return frozenset(application.subjects) if application else frozenset()
