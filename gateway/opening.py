"""Opens a gateway: catalogue, policy, sources, record and store, from settings."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import structlog

from connectors.caching.second import open_second_level
from connectors.registry import Kind, find_kinds
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
from gateway.reload import Current, Reloader
from gateway.sandbox.cursors import RepeatableCursors
from gateway.sandbox.opening import SyntheticSources, apart, open_synthetic, read_connected
from gateway.sandbox.record import SandboxRecorder
from gateway.settings import Settings, read_secret
from gateway.snapshot import take_snapshot
from gateway.store.protections import Protections
from schema.catalogue.files import CatalogueFiles
from schema.catalogue.last_good import Texts, good_of
from schema.catalogue.model import Catalogue
from schema.catalogue.read import ELSEWHERE
from schema.catalogue.reader import CatalogueReader
from schema.policy.model import Policy
from schema.policy.read import read_policy

log = structlog.get_logger()


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Open everything a gateway needs, and close it in the end. It stays as it is."""
    async with open_current(settings.model_copy(update={"reload_seconds": 0})) as current:
        yield current.gateway


@asynccontextmanager
async def open_current(settings: Settings) -> AsyncIterator[Current]:
    """Open a gateway that follows the files of its catalogue, unless it is told not to."""
    with long_lived():
        current, reloader, close = await _open(settings)
    try:
        async with _following(reloader, settings.reload_seconds):
            yield current
    finally:
        await close()


async def _open(settings: Settings) -> tuple[Current, Reloader | None, Callable[[], Awaitable[None]]]:
    """The gateway, what renews it, and what closes it."""
    kinds = find_kinds()
    texts: Texts = {}
    files, reader = CatalogueFiles(settings.catalogue), CatalogueReader(kinds, os.environ)
    await asyncio.to_thread(files.look)
    if settings.sandbox:
        settings = apart(settings)
        checked = await asyncio.to_thread(read_connected, settings.catalogue)
    else:
        texts = await asyncio.to_thread(files.texts, ELSEWHERE)
        checked = await asyncio.to_thread(reader.read, texts)
    policy, problems = await asyncio.to_thread(read_policy, settings.catalogue, checked.catalogue)
    for problem in (*checked.problems, *problems):
        log.error("catalogue_problem", file=problem.file, line=problem.line, code=problem.code)
    pseudonyms = Pseudonyms(read_secret(settings))
    recorder: Recorder = SqliteRecorder(settings.state / "record.sqlite")
    protections = Protections(settings.state / "store.sqlite")
    limits = DocumentLimits(settings.max_tokens, settings.max_depth, settings.max_fields)
    open_them = partial(_open_sources, settings, kinds, pseudonyms)
    sources: Sources | SyntheticSources
    if settings.sandbox:
        sources = open_synthetic(settings.catalogue, checked.catalogue)
        recorder = SandboxRecorder(recorder)
    else:
        sources = open_them(checked.catalogue)
    gateway = Gateway(
        snapshot=take_snapshot(checked.catalogue, policy, limits),
        connector=sources.get,
        recorder=recorder,
        pseudonyms=pseudonyms,
        cursors=(RepeatableCursors if settings.sandbox else Cursors)(pseudonyms.key_for("cursors")),
        guards=_guards(protections, pseudonyms, policy),
        limits=CostLimits(
            max_keys=settings.max_keys, max_rows=settings.max_rows, max_nodes=settings.max_nodes
        ),
    )
    current = Current(gateway)
    reloader = None
    if isinstance(sources, Sources) and settings.reload_seconds:
        reloader = Reloader(
            directory=settings.catalogue,
            reader=reader,
            files=files,
            current=current,
            sources=sources,
            limits=limits,
            open_again=open_them,
            guards_of=partial(_guards, protections, pseudonyms),
            grace_seconds=settings.timeout_seconds,
            good=good_of(texts, checked.problems),
        )

    async def close() -> None:
        await (sources if reloader is None else reloader.sources).aclose()
        await recorder.aclose()
        protections.close()

    return current, reloader, close


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
        before=before,
    )


def _guards(protections: Protections, pseudonyms: Pseudonyms, policy: Policy) -> tuple[KeyGuard, ...]:
    return (
        ProtectionGuard(protections.subjects, pseudonyms.subject),
        SubjectGuard(lambda application: _subjects(policy, application)),
    )


def _subjects(policy: Policy, name: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    application = policy.applications.get(name)
    return frozenset(application.subjects) if application else frozenset()
