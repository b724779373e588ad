"""Document, caller, shape of the variables -> a permitted plan: kept, made, or made ahead of who asks for it.

What `explain` prints is what a request runs, and what a reload made before it took over.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, VariableValues
from msgspec import Struct

from connectors.capabilities import Capabilities
from gateway.assemble.compile import compiled
from gateway.authorize.authorize import authorize, row_guard
from gateway.cycle_collector import collect_young
from gateway.document.document import Asked, Document
from gateway.document.known import InUse
from gateway.document.redact import refusal
from gateway.errors import ValidationFailed
from gateway.fetch.prepared import part_of
from gateway.plan.build import build_draft
from gateway.plan.cache import PLAN_BYTES, SELECTION_BYTES, TERM_BYTES, Decided, Planned, Recipe, RightsOn
from gateway.plan.fetches import make_plan
from gateway.plan.model import Plan
from gateway.plan.symbols import shape_from, shape_of
from gateway.snapshot import Snapshot, View
from schema.policy.caller import Caller
from schema.policy.decide import rights_of, rights_on


class Planner(Struct, frozen=True):
    """Plans the documents of one view, on one day."""

    snapshot: Snapshot
    view: View
    capabilities: Callable[[str], Capabilities]
    """Of a source."""
    today: date

    def plan(self, caller: Caller, asked: Asked) -> Planned:
        """The plan of a request; the caller's rights are in it. Raises `ValidationFailed` for an argument."""
        operation, plans = asked.operation, asked.document.plans
        shape_key = operation.shape_key(asked.variables)
        key = (operation.number, shape_key, self.today), rights_of(caller)
        found = plans.get(key)
        if found is not None:
            return found

        def make() -> Planned:
            recipe = Recipe(operation.number, shape_key, caller.unnamed())
            shape = shape_of(self.view.schema, operation.node, asked.variables)
            return self._make(asked.document, operation.node, shape, recipe)

        return plans.find(key, self._rights_of(caller), make)

    def plan_ahead(self, document: Document, in_use: InUse) -> None:
        """Make the plans that another snapshot's document of the same key was asked by."""
        for recipe in in_use.plans:
            with suppress(Exception):  # a request that asks for it is told what is wrong
                self._plan_again(document, recipe)

    def _plan_again(self, document: Document, recipe: Recipe) -> None:
        node = list(document.operations.values())[recipe.operation].node
        shape = shape_from(self.view.schema, node, recipe.shape)
        key = (recipe.operation, recipe.shape, self.today), rights_of(recipe.caller)
        if document.plans.get(key) is None:
            planned = document.plans.find(
                key, self._rights_of(recipe.caller), lambda: self._make(document, node, shape, recipe)
            )
            self._prepare(planned.plan)

    def _prepare(self, plan: Plan) -> None:
        """What is found once for a plan, too, and would be by the first request that it runs for."""
        compiled(plan, self.snapshot.catalogue, is_final=plan.draft.is_whole)
        part_of(plan, None)

    def _rights_of(self, caller: Caller) -> RightsOn:
        resources = self.snapshot.catalogue.resources

        def on(decided: Decided) -> Hashable:
            items = ((resources[code], resources[code].items[name]) for code, name in decided)
            return rights_on(items, caller, self.snapshot.policy, self.today)

        return on

    def _make(
        self, document: Document, node: OperationDefinitionNode, shape: Mapping[str, Any], recipe: Recipe
    ) -> Planned:
        schema, catalogue, caller = self.view.schema, self.snapshot.catalogue, recipe.caller
        variables = VariableValues({}, dict(shape))
        try:
            draft, unresolved = build_draft(schema, catalogue, document.node, node, variables, self.today)
        except GraphQLError as error:
            # A variable with a default brings null to where none may be: an error of its field, says the
            # specification (6.4.1), and since nobody has been asked yet, of the request, which can be mended.
            raise ValidationFailed([refusal(error)], code="BAD_INPUT") from None
        permitted = authorize(draft, catalogue, self.snapshot.policy, caller, self.today)
        plan = make_plan(permitted, self.capabilities, lambda one: row_guard(caller, one))
        weight = PLAN_BYTES + SELECTION_BYTES * document.selections + TERM_BYTES * draft.terms
        return Planned(plan, unresolved, recipe, self._rights_of(caller)(permitted.decided), weight)


def make_ahead(
    snapshot: Snapshot,
    in_use: Iterable[Iterable[InUse]],
    capabilities: Callable[[str], Capabilities],
    today: date,
) -> None:
    """Read and plan, for each view, what is in use elsewhere, before anyone asks for it here."""
    for view, documents in zip(snapshot.views(), in_use, strict=True):
        planner = Planner(snapshot, view, capabilities, today)
        for one in documents:
            document = view.documents.read_ahead(one)
            if document is not None:
                planner.plan_ahead(document, one)
            collect_young()  # what validation leaves
