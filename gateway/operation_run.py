"""One operation's plan, running: rows and record side by side, assembled, and how it ended noted.

all of the plan:      the roots' rows || record -> text, finished once the record is durable
anything else:        graphql-core -> an entry's rows || record -> durable -> dictionaries -> text
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any, Protocol

import structlog
from graphql import ExecutionResult, OperationType, execute

from connectors.errors import SourceError, SourceLeftAlone
from connectors.protocol import Connector
from connectors.requests import Key
from gateway.assemble.assemble import assemble_entry, assemble_in_turns
from gateway.assemble.assembly import Assembly
from gateway.assemble.nodes import NodeBound
from gateway.assemble.respond import body_of, collapse, finished_body
from gateway.assemble.states import StateTable
from gateway.audit.event import Recorder
from gateway.audit.outcome import CLIENT_GONE, describe_outcome
from gateway.audit.trail import Trail
from gateway.document.document import Asked
from gateway.errors import GatewayError, client_safe
from gateway.fetch.environment import Environment
from gateway.fetch.guards import KeyGuard
from gateway.fetch.result import Results
from gateway.fetch.run import FetchRun
from gateway.identity.cursors import Cursors
from gateway.identity.pseudonyms import Pseudonyms
from gateway.page_cursors import cursor_purpose
from gateway.plan.cost import CostLimits
from gateway.plan.model import Fetch, Operands, Path, Plan
from gateway.plan.shape import EntityShape
from gateway.request import Ask
from gateway.snapshot import Snapshot, View
from schema.types.splice import EntityRef

log = structlog.get_logger()


class Means(Protocol):
    """What a run has of its gateway."""

    recorder: Recorder
    pseudonyms: Pseudonyms
    cursors: Cursors
    guards: tuple[KeyGuard, ...]
    limits: CostLimits

    def connector(self, source: str, /) -> Connector | None:
        """By name of the source; `None` where it is not open."""
        ...

    def now(self) -> datetime:
        """Of the moment, not of the request."""
        ...


class OperationRun:
    """One plan, running: the roots at once, hand-written entries when their field has its key."""

    def __init__(
        self, means: Means, snapshot: Snapshot, ask: Ask, plan: Plan, operands: Operands, now: datetime
    ) -> None:
        self._means = means
        self._snapshot = snapshot
        self._ask = ask
        self._plan = plan
        self._operands = operands
        self._now = now
        self._table = StateTable()
        self._nodes = NodeBound(means.limits.max_nodes)
        self._trail = Trail(means.recorder, means.pseudonyms, ask, plan, now)
        self._fetched: list[Results] = []
        self._roots: asyncio.Task[Results] | None = None
        self._refused: Exception | None = None
        self._reported: SourceError | None = None
        """The last one: all keys that were asked for in one call have the same."""

    async def answer(self, view: View, asked: Asked) -> bytes:
        """The body of the answer. How the request ended is noted, if it was to be recorded, and never
        waited for."""
        started, status = monotonic(), 500
        try:
            if self._plan.draft.is_whole:
                body = await self._answer_whole()
            else:
                body = await self._answer_through_graphql_core(view, asked)
            status = 200
        except GatewayError as error:
            status = error.status
            raise
        except asyncio.CancelledError:
            status = CLIENT_GONE
            raise
        finally:
            if self._trail.has_begun:
                self._trail.end(self._means.now(), self._outcome(status, monotonic() - started))
        return body

    def _outcome(self, status: int, seconds: float) -> Mapping[str, Any]:
        return describe_outcome(self._plan, self._fetched, self._table, status=status, seconds=seconds)

    async def _answer_whole(self) -> bytes:
        """The fast path: all roots are in the plan. The answer is made while the disk still writes the
        record, and is nobody's before that is done."""
        results = await self._fetch(None, ())
        try:
            data = await assemble_in_turns(self._plan, self._assembly(results, is_final=True))
            body = finished_body(data, self._table, quiet_states=self._ask.quiet_states)
        except BaseException:
            self._trail.abandon()
            raise
        await self._trail.wait_until_durable()
        return body

    async def _answer_through_graphql_core(self, view: View, asked: Asked) -> bytes:
        """Everything else: plain graphql-core, which finds each entry's part of the plan here."""
        if asked.operation.node.operation is OperationType.MUTATION:
            self._trail.begin((), acts=True)
            await self._trail.wait_until_durable()  # before anything is done
        context = {
            "run": self,
            "caller": self._ask.caller,
            "snapshot": self._snapshot,
            "ask": self._ask,
        }
        try:
            pending = execute(
                view.schema,
                asked.document.node,
                context_value=context,
                variable_values=dict(asked.raw_variables),
                operation_name=self._ask.operation,
                hide_suggestions=True,
            )
            result = pending if isinstance(pending, ExecutionResult) else await pending
        finally:
            context.clear()  # graphql-core's executor leads to itself: all this would wait for the collector
            if self._roots is not None:
                self._roots.cancel()
        if self._refused is not None:
            raise self._refused
        errors = [client_safe(error, self._ask.request_id) for error in result.errors or ()]
        quiet = self._ask.quiet_states
        return body_of(result.data, collapse(errors), self._table, quiet_states=quiet)

    async def entry(self, path: Path, ref: EntityRef | None) -> Any:
        """The finished part of the plan below a field (see `schema.types.splice.Run`)."""
        (entry,) = [one for one in self._plan.draft.entries if one.path == path]
        try:
            if ref is None:
                if self._roots is None:
                    self._roots = asyncio.ensure_future(self._fetch_recorded(None, ()))
                results = await asyncio.shield(self._roots)
                return assemble_entry(self._plan, self._assembly(results, is_final=False), entry)
            assert isinstance(entry.shape, EntityShape)
            results = await self._fetch_recorded(path, (ref.value,))
            return assemble_entry(self._plan, self._assembly(results, is_final=False), entry, ref.value)
        except GatewayError as error:  # refuses the whole request, not the field it came to light in
            self._refused = error
            raise

    async def _fetch_recorded(self, entry: Path | None, keys: tuple[Key, ...]) -> Results:
        """For whom the rows themselves are the answer."""
        results = await self._fetch(entry, keys)
        await self._trail.wait_until_durable()
        return results

    async def _fetch(self, entry: Path | None, keys: tuple[Key, ...]) -> Results:
        """Rows, while what says of whom they are is still being recorded."""
        means, ask = self._means, self._ask
        environment = Environment(
            connector=means.connector,
            caller=ask.caller,
            deadline=ask.deadline,
            guards=means.guards,
            max_keys=means.limits.max_keys,
            report=self._report,
        )
        fetch_run = FetchRun(self._plan, self._operands, environment, entry, keys)
        self._trail.begin(fetch_run.given_subjects())  # written while the sources work
        try:
            results = await fetch_run.run()
        except BaseException:
            self._trail.abandon()
            raise
        self._fetched.append(results)
        self._trail.add_subjects(fetch_run.found_subjects())
        return results

    def _assembly(self, results: Results, *, is_final: bool) -> Assembly:
        application = self._ask.caller.application
        pseudonyms, cursors = self._means.pseudonyms, self._means.cursors
        return Assembly(
            operands=self._operands,
            results=results,
            catalogue=self._snapshot.catalogue,
            pseudonym=lambda entity, key: pseudonyms.for_application(application, entity, key),
            cursor=lambda fetch, place: cursors.seal(place, cursor_purpose(fetch, application)),
            now=self._now,
            is_final=is_final,
            nodes=self._nodes,
            table=self._table,
        )

    def _report(self, fetch: Fetch, error: SourceError) -> None:
        if isinstance(error, SourceLeftAlone) or error is self._reported:
            return
        self._reported = error
        log.warning(
            "source_failed",
            request_id=self._ask.request_id,
            resource=fetch.spec.resource.code,
            source=fetch.spec.resource.source,
            error=type(error).__name__,
            detail=error.detail,
        )
