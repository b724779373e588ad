"""Follows a catalogue's files: what changes is served without a restart and without a failed request.

A reload makes another gateway beside the one that answers, reads and plans there what is in use here, and
puts it in its place, so a request ends on the gateway it began with. A department with mistakes keeps its
last good version, and the log says why. Sources whose declarations did not change stay open; the others
close when the requests that may still use them have ended.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import structlog

from connectors.protocol import Connector
from connectors.stack import Sources
from gateway.cycle_collector import aside, long_lived, yielding
from gateway.document.known import InUse
from gateway.document.measure import DocumentLimits
from gateway.fetch.guards import KeyGuard
from gateway.pipeline import Gateway
from gateway.planner import make_ahead
from gateway.snapshot import Snapshot, take_snapshot
from gateway.store.last_good import KeptLastGood
from gateway.telemetry.metrics import METRICS
from schema.catalogue.files import CatalogueFiles
from schema.catalogue.last_good import LastGood
from schema.catalogue.model import Catalogue
from schema.catalogue.problems import Problem
from schema.catalogue.read import ELSEWHERE
from schema.policy.model import Policy
from schema.policy.read import read_policy
from schema.types.dissolve import dissolve

log = structlog.get_logger()

DOCUMENTS, PLANS = 50, 200
"""Used last, in each view: what a reload reads and plans before it takes over."""
SETTLING_SECONDS, SETTLING_LOOKS = 0.05, 20
"""Between looks at files that change, and how many of them."""


@dataclass(slots=True)
class Current:
    """The gateway that answers now."""

    gateway: Gateway


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a reload puts in place."""

    gateway: Gateway
    sources: Sources
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Reloader:
    """Looks at the files and renews the current gateway."""

    directory: Path
    last_good: LastGood
    kept: KeptLastGood
    files: CatalogueFiles
    """As they were when the current gateway was made."""
    current: Current
    sources: Sources
    limits: DocumentLimits
    open_again: Callable[[Catalogue, Sources], Sources]
    guards_of: Callable[[Policy], tuple[KeyGuard, ...]]
    grace_seconds: float
    """How long a request may still use what a reload left behind."""
    _leaving: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def follow(self, seconds: float) -> None:
        """Look again and again. Nothing that goes wrong ends it."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the last good gateway goes on
                log.error("reload_failed", error=type(error).__name__)

    async def look(self) -> bool:
        """Renew the gateway if files have changed; say whether they had."""
        if not await asyncio.to_thread(self.files.look):
            return False
        await self._settle()
        before = self.current.gateway.snapshot
        in_use = [view.documents.known.in_use(DOCUMENTS, PLANS) for view in before.views()]
        try:
            made = await asyncio.to_thread(self._prepare, in_use)
        except BaseException:
            self.files.forget()
            raise
        tell(made.problems)
        left = self.sources.replaced_by(made.sources)
        self.sources = made.sources
        self.current.gateway = made.gateway
        snapshot = made.gateway.snapshot
        log.info("reloaded", version=snapshot.catalogue.version, problems=len(made.problems))
        self._leave(left, before, snapshot)
        return True

    async def _settle(self) -> None:
        """Wait until nobody writes: half a file may be one without mistakes. Nobody is waited for long."""
        for _ in range(SETTLING_LOOKS):
            await asyncio.sleep(SETTLING_SECONDS)
            if await asyncio.to_thread(self.files.are_settled):
                return
            await asyncio.to_thread(self.files.look)

    async def aclose(self) -> None:
        """Close the sources that are open now."""
        await self.sources.aclose()

    def _prepare(self, in_use: list[list[InUse]]) -> "_Prepared":
        """Everything that takes time, in a thread: the loop goes on answering."""
        with aside(), long_lived():
            texts = self.files.texts(ELSEWHERE)
            checked = self.last_good.read(texts)
            self.kept.keep(self.last_good.instead(texts))
            policy, refused = read_policy(self.directory, checked.catalogue)
            before = self.current.gateway
            snapshot = take_snapshot(checked.catalogue, policy, self.limits, before=before.snapshot)
            sources = self.open_again(checked.catalogue, self.sources)
            gateway = replace(before, snapshot=snapshot, connector=sources.get, guards=self.guards_of(policy))
        with aside():
            make_ahead(snapshot, in_use, gateway.capabilities, gateway.today())
        return _Prepared(gateway, sources, (*checked.problems, *refused))

    def _leave(self, connectors: list[Connector], before: Snapshot, now: Snapshot) -> None:
        """Let go of what a reload replaced, when no request can be on it any more."""

        async def leave() -> None:
            await asyncio.sleep(self.grace_seconds)
            for connector in connectors:
                await connector.aclose()
            await asyncio.to_thread(_dissolve_aside, before, now)

        leaving = asyncio.create_task(leave())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


def tell(problems: tuple[Problem, ...]) -> None:
    """Say what is wrong in the files as they are now."""
    METRICS.say("catalogue_problems", len(problems))
    for problem in problems:
        log.error("catalogue_problem", **asdict(problem))


def _dissolve_aside(before: Snapshot, now: Snapshot) -> None:
    with yielding():
        for old, new in zip(before.views(), now.views(), strict=True):
            old.documents.known.clear()
            dissolve(old.schema, new.schema)
