"""One request, in order. Each step takes frozen values and gives frozen values.

ask -> document -> draft -> authorized draft -> plan -> run || record -> assemble -> answer, outcome

What comes after the plan is `gateway.operation_run`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from graphql import OperationDefinitionNode, OperationType

from connectors.capabilities import Capabilities
from connectors.protocol import Connector
from gateway.audit.event import Recorder
from gateway.document.document import Asked
from gateway.errors import GatewayError, MethodRefused, ValidationFailed
from gateway.fetch.guards import KeyGuard
from gateway.fetch.keys import read_ids
from gateway.identity.cursors import Cursors
from gateway.identity.pseudonyms import Pseudonyms
from gateway.operation_run import OperationRun
from gateway.page_cursors import open_cursors
from gateway.plan.cost import CostLimits, check_cost
from gateway.plan.model import Operands, Plan
from gateway.plan.symbols import resolve
from gateway.planner import Planner
from gateway.request import Answer, Ask
from gateway.snapshot import Snapshot, View
from schema.identifiers import BEIJING
from schema.policy.caller import Caller


@dataclass(slots=True)
class Gateway:
    """Everything a request needs; one per process."""

    snapshot: Snapshot
    connector: Callable[[str], Connector | None]
    recorder: Recorder
    pseudonyms: Pseudonyms
    cursors: Cursors
    guards: tuple[KeyGuard, ...] = ()
    limits: CostLimits = field(default_factory=CostLimits)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def answer(self, ask: Ask) -> Answer:
        """Answer one request. Only cancellation and faults of our own come out as exceptions."""
        snapshot, now = self.snapshot, self.now()
        try:
            view = snapshot.view(ask.caller.audience)
            asked = view.documents.ask(ask.document, ask.operation, ask.variables)
            if asked.operation.asks_schema != "nothing":
                about = await view.publisher.introspection(asked, self.limits.max_nodes, ask.deadline)
                if about is not None:
                    return Answer(about, status=200, is_request_error=False)
            asked, plan, operands = self._planned(snapshot, view, ask, asked, now)
            operands = open_cursors(plan, operands, self.cursors, ask.caller.application)
            _check_method(ask, asked.operation.node, plan)
            check_cost(plan, operands, self.limits)
            operands = read_ids(plan, operands)
            body = await OperationRun(self, snapshot, ask, plan, operands, now).answer(view, asked)
        except GatewayError as error:
            return error.answer()
        return Answer(body, status=200, is_request_error=False)

    def _planned(
        self, snapshot: Snapshot, view: View, ask: Ask, asked: Asked, now: datetime
    ) -> tuple[Asked, Plan, Operands]:
        """The plan, and the document it is of. What is refused is said again with its place in this very
        document: texts that differ in their literals alone share the other."""
        try:
            return asked, *self.plan(snapshot, view, ask.caller, asked, now)
        except ValidationFailed:
            asked = view.documents.as_it_stands(ask.document, ask.operation, ask.variables)
            return asked, *self.plan(snapshot, view, ask.caller, asked, now)

    def plan(
        self, snapshot: Snapshot, view: View, caller: Caller, asked: Asked, now: datetime
    ) -> tuple[Plan, Operands]:
        """Plan and authorize: what `explain` prints is what `run` does."""
        planned = Planner(snapshot, view, self.capabilities, _day_of(now)).plan(caller, asked)
        return planned.plan, resolve(planned.unresolved, asked.variables, now)

    def capabilities(self, source: str) -> Capabilities:
        """What a source does exactly; nothing where it is not open."""
        connector = self.connector(source)
        return Capabilities() if connector is None else connector.capabilities

    def today(self) -> date:
        """The day on which grants are looked at."""
        return _day_of(self.now())


def _day_of(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def _check_method(ask: Ask, operation: OperationDefinitionNode, plan: Plan) -> None:
    """GET changes nothing and reaches nobody: URLs end in access logs."""
    if not ask.is_safe_method:
        return
    if operation.operation is not OperationType.QUERY:
        raise MethodRefused("A mutation needs POST.")
    if any(node.entity.is_personal for node in plan.draft.nodes):
        raise MethodRefused("A query that reaches a person needs POST: URLs are logged.")
    if plan.is_personal:
        raise MethodRefused("A query that reaches personal data needs POST: URLs are logged.")
