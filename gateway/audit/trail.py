"""What one request leaves in the record: an intent, whom it reaches besides, how it ended.

intent and denials ──▶ (the sources work) ──▶ subjects found on the way ──▶ all durable ──▶ outcome
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.requests import Key
from gateway.audit.event import Event, EventKind, Recorder, RecordUnavailable
from gateway.errors import RecordRefused
from gateway.fetch.result import Subjects
from gateway.identity.pseudonyms import Pseudonyms
from gateway.plan.model import Plan
from gateway.request import Ask

NOTHING: Mapping[str, Any] = {}


class Trail:
    """The events of one request; none where nothing personal is reached and nobody named asks."""

    def __init__(
        self, recorder: Recorder, pseudonyms: Pseudonyms, ask: Ask, plan: Plan, now: datetime
    ) -> None:
        self._recorder = recorder
        self._pseudonyms = pseudonyms
        self._ask = ask
        self._plan = plan
        self._now = now
        self._named: dict[str, set[Key]] = {}
        """Subjects that an event has named: by entity."""
        self._pending: list[asyncio.Future[None]] = []
        self._is_kept = plan.is_disclosure if ask.caller.audience != "open" else plan.is_personal
        self.has_begun = False
        """Whether there is an intent: then there is to be an outcome."""

    def begin(self, asked: Iterable[Subjects], *, acts: bool = False) -> None:
        """Begin to record who asks for what of whom; once in a request, whoever is found later.

        One that `acts` changes something, and has an intent whatever it shows.
        """
        if not self._is_kept and not acts:
            return
        if self.has_begun:
            self.add_subjects(asked)
            return
        self.has_begun = True
        if self._plan.read_names or acts:
            self._record("intent", self._plan.read_names, self._new(asked))
        if self._plan.denials:
            denied = sorted({(one.denial.rule, *one.items) for one in self._plan.denials})
            self._record("denial", detail={"denied": [" ".join(parts) for parts in denied]})

    def add_subjects(self, found: Iterable[Subjects]) -> None:
        """Begin to record whom else the request reaches."""
        if self._is_kept and (subjects := self._new(found)):
            self._record("subjects", subjects=subjects)

    async def wait_until_durable(self) -> None:
        """Wait until all that was begun is on disk. Raises `RecordRefused` where it cannot be."""
        try:
            for one in self._pending:
                await one
        except BaseException as error:
            self.abandon()
            if not isinstance(error, RecordUnavailable):
                raise
            raise RecordRefused("The disclosure cannot be recorded now, so nothing is disclosed.") from error

    def abandon(self) -> None:
        """Let what was begun end as it will: nothing is disclosed."""
        for one in self._pending:
            one.add_done_callback(lambda done: done.cancelled() or done.exception())

    def end(self, at: datetime, outcome: Mapping[str, Any]) -> None:
        """Note how what has begun ended; nobody waits for that."""
        self._recorder.note(self._event("outcome", at, detail=outcome))

    def _record(
        self,
        kind: EventKind,
        items: tuple[str, ...] = (),
        subjects: tuple[str, ...] = (),
        detail: Mapping[str, Any] = NOTHING,
    ) -> None:
        self._pending.append(self._recorder.record(self._event(kind, self._now, items, subjects, detail)))

    def _event(
        self,
        kind: EventKind,
        at: datetime,
        items: tuple[str, ...] = (),
        subjects: tuple[str, ...] = (),
        detail: Mapping[str, Any] = NOTHING,
    ) -> Event:
        ask = self._ask
        return Event(
            kind, ask.request_id, at, ask.caller, self._plan.draft.operation, items, subjects, detail
        )

    def _new(self, found: Iterable[Subjects]) -> tuple[str, ...]:
        """The names of those that no event has named yet."""
        names: list[str] = []
        for node, keys in found:
            entity = node.entity.name
            named = self._named.setdefault(entity, set())
            new = set(keys) - named
            named |= new
            names += self._pseudonyms.subjects(entity, new)
        return tuple(sorted(names))
