"""`@freshness`: what fields demand of a fetch. The strictest demand of all that share it holds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from graphql import FieldNode, OperationDefinitionNode, VariableValues, get_directive_values

from gateway.plan.arguments import Slots
from gateway.plan.model import Freshness
from schema.types.directives import FRESHNESS


@dataclass(slots=True)
class Demands:
    """Collects demands while the selection is walked: those of a field hold below it."""

    variables: VariableValues
    slots: Slots
    current: Freshness = field(default_factory=Freshness)
    by_spec: dict[int, Freshness] = field(default_factory=dict)

    @contextmanager
    def within(self, nodes: Sequence[FieldNode | OperationDefinitionNode]) -> Iterator[None]:
        """Read a field, or the operation: what it says itself stands before what it inherits."""
        before = self.current
        if any(node.directives for node in nodes):
            said = [self._said(node, before) for node in nodes]
            self.current = said[0]
            for one in said[1:]:
                self.current = self.current.joined(one)
        yield
        self.current = before

    def apply_to(self, spec: int) -> None:
        """Make the current demand one of this spec's."""
        known = self.by_spec.get(spec)
        self.by_spec[spec] = self.current if known is None else known.joined(self.current)

    def _said(self, node: FieldNode | OperationDefinitionNode, inherited: Freshness) -> Freshness:
        values = get_directive_values(FRESHNESS, node, self.variables) or {}
        max_age, allows = values.get("maxAge"), values.get("allowStale")
        return Freshness(
            inherited.max_ages if max_age is None else (self.slots.put(max_age, use="maxAge"),),
            inherited.allows_stale if allows is None else bool(allows),
        )
