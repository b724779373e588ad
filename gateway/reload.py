"""Follows a catalogue's files: what changes is served without a restart and without a failed request.

A reload makes another gateway beside the one that answers and then puts it in its place, so a request
ends on the gateway it began with. A department with mistakes keeps its last good version, and the log
says why. Sources whose declarations did not change stay open; the others close when the requests that
may still use them have ended.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from connectors.protocol import Connector
from connectors.registry import Kind
from connectors.stack import Sources
from gateway.document.front_door import DocumentLimits
from gateway.fetch.guards import KeyGuard
from gateway.pipeline import Gateway
from gateway.snapshot import Snapshot, take_snapshot
from schema.catalogue.last_good import Texts, good_of, with_last_good
from schema.catalogue.model import Catalogue
from schema.catalogue.problems import Problem
from schema.catalogue.read import CheckedCatalogue, compile_declarations, read_texts
from schema.policy.model import Policy
from schema.policy.read import read_policy

log = structlog.get_logger()
Stamp = frozenset[tuple[str, int, int]]
"""What files look like from outside: path, time of change in nanoseconds, bytes."""


@dataclass(slots=True)
class Current:
    """The gateway that answers now."""

    gateway: Gateway


@dataclass(slots=True)
class Reloader:
    """Looks at the files and renews the current gateway."""

    directory: Path
    kinds: Mapping[str, Kind]
    current: Current
    sources: Sources
    limits: DocumentLimits
    open_again: Callable[[Catalogue, Sources], Sources]
    guards_of: Callable[[Policy], tuple[KeyGuard, ...]]
    grace_seconds: float
    """How long a request may still use what a reload left behind."""
    seen: Stamp
    """Of the files that the current gateway was made from."""
    good: Texts
    """The last good version of every department and file."""
    _closing: "asyncio.Future[None] | None" = None

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
        seen = await asyncio.to_thread(stamp, self.directory)
        if seen == self.seen:
            return False
        self.seen = seen
        checked, policy, snapshot, problems = await asyncio.to_thread(self._prepare)
        for problem in problems:
            log.error("catalogue_problem", file=problem.file, line=problem.line, code=problem.code)
        sources = self.open_again(checked.catalogue, self.sources)
        left = self.sources.replaced_by(sources)
        self.sources = sources
        self.current.gateway = replace(
            self.current.gateway,
            snapshot=snapshot,
            connector=sources.get,
            guards=self.guards_of(policy),
        )
        log.info("reloaded", version=checked.catalogue.version, problems=len(problems))
        if left:
            asyncio.get_running_loop().call_later(self.grace_seconds, self._close, left)
        return True

    def _prepare(self) -> tuple[CheckedCatalogue, Policy, Snapshot, tuple[Problem, ...]]:
        """Everything that takes time, in a thread: the loop goes on answering."""
        texts: Texts = read_texts(self.directory)
        checked = compile_declarations(texts, self.kinds, os.environ)
        problems = checked.problems
        if problems:
            texts = with_last_good(texts, problems, self.good)
            checked = compile_declarations(texts, self.kinds, os.environ)
        self.good = good_of(texts, checked.problems)
        policy, refused = read_policy(self.directory, checked.catalogue)
        snapshot = take_snapshot(checked.catalogue, policy, self.limits)
        snapshot.warm_from(self.current.gateway.snapshot)
        return checked, policy, snapshot, (*problems, *refused)

    def _close(self, connectors: list[Connector]) -> None:
        async def close() -> None:
            for connector in connectors:
                await connector.aclose()

        self._closing = asyncio.ensure_future(close())


def stamp(directory: Path) -> Stamp:
    """What the files of a catalogue look like from outside."""
    found = []
    for path in directory.rglob("*.yaml"):
        try:
            status = path.stat()
        except FileNotFoundError:  # it went while we looked
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return frozenset(found)
