"""Opens a gateway: catalogue, policy, sources, record and store, from settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from connectors.caching.second import open_second_level
from connectors.registry import find_kinds
from connectors.stack import open_sources
from gateway.audit.sqlite import SqliteRecorder
from gateway.document.front_door import DocumentLimits
from gateway.fetch.guards import ProtectionGuard, SubjectGuard
from gateway.identity.pseudonyms import Pseudonyms
from gateway.pipeline import Gateway
from gateway.plan.cost import CostLimits
from gateway.settings import Settings, read_secret
from gateway.snapshot import take_snapshot
from gateway.store.protections import Protections
from schema.catalogue.read import read_catalogue
from schema.policy.model import Policy
from schema.policy.read import read_policy

log = structlog.get_logger()


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Open everything a gateway needs, and close it in the end."""
    kinds = find_kinds()
    checked = await asyncio.to_thread(read_catalogue, settings.catalogue, kinds)
    policy, problems = await asyncio.to_thread(read_policy, settings.catalogue, checked.catalogue)
    for problem in (*checked.problems, *problems):
        log.error("catalogue_problem", file=problem.file, line=problem.line, code=problem.code)
    pseudonyms = Pseudonyms(read_secret(settings))
    second = open_second_level(settings.redis_url.get_secret_value()) if settings.redis_url else None
    sources = open_sources(
        checked.catalogue,
        kinds,
        hash_key=pseudonyms.cache_key,
        cache_bytes=settings.cache_bytes,
        second=second,
    )
    recorder = SqliteRecorder(settings.state / "record.sqlite")
    protections = Protections(settings.state / "store.sqlite")
    limits = DocumentLimits(settings.max_tokens, settings.max_depth, settings.max_fields)
    try:
        yield Gateway(
            snapshot=take_snapshot(checked.catalogue, policy, limits),
            connector=sources.get,
            recorder=recorder,
            pseudonyms=pseudonyms,
            guards=(
                ProtectionGuard(protections, pseudonyms.subject),
                SubjectGuard(lambda application: _subjects(policy, application)),
            ),
            limits=CostLimits(
                max_keys=settings.max_keys, max_rows=settings.max_rows, max_nodes=settings.max_nodes
            ),
        )
    finally:
        await sources.aclose()
        await recorder.aclose()


def _subjects(policy: Policy, name: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    application = policy.applications.get(name)
    return frozenset(application.subjects) if application else frozenset()
