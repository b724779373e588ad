"""Registers of aliases: which of them a caller may use, and what may be told of where they lead."""

from dataclasses import replace

from gateway.authorize.decisions import Decisions
from gateway.plan.aliases import reached_from
from gateway.plan.binding import reaches, unreachable
from gateway.plan.model import AliasLookup, Draft
from gateway.plan.needs import alias_items, matched_items
from gateway.plan.shape import Denied, KeyLeaf, PseudonymLeaf
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.policy.decide import Verdict
from schema.policy.model import Right


class Registers:
    """The registers that may be used, decided before any place of the draft is."""

    def __init__(self, draft: Draft, decisions: Decisions) -> None:
        self._draft = draft
        self._decisions = decisions
        usable = {node: self._usable(node, some) for node, some in draft.lookups.items()}
        self.by_node = {node: some for node, some in usable.items() if some}

    def of(self, node: int) -> tuple[AliasLookup, ...]:
        """Those of a node that may be used."""
        return self.by_node.get(node, ())

    def current(self, leaf: PseudonymLeaf | KeyLeaf, node: int) -> PseudonymLeaf | KeyLeaf | Denied:
        """The same of the current key, where that may be told; below a link a key is what the row holds."""
        tells = any(one.tells for one in self.of(node))
        if isinstance(leaf, PseudonymLeaf):
            return replace(leaf, is_current=tells)
        if leaf.is_current:
            return self._current_key(leaf, node)
        default = self._draft.nodes[node].entity.default_key.name
        is_default = default in {leaf.of.name, leaf.of.slice and leaf.of.slice.key}
        return replace(leaf, is_current=leaf.read is None and is_default and tells)

    def _current_key(self, leaf: KeyLeaf, node: int) -> KeyLeaf | Denied:
        """A key that only registers of aliases lead to."""
        lookups = self.of(node)
        keys = self._draft.nodes[node].entity.keys
        if not any(reaches(keys[one.current.key], leaf.of) for one in lookups):
            return self._decisions.deny(leaf.key, unreachable(leaf.key, f"key {leaf.of.name}").denial, ())
        for one in lookups:
            if denied := self._denied_columns(one, one.current.columns, "show"):
                return self._decisions.deny_item(leaf.key, *denied[0])
        return leaf

    def _usable(self, node: int, lookups: tuple[AliasLookup, ...]) -> tuple[AliasLookup, ...]:
        """Registers of aliases that may be used; one that may not is as if it were not there.

        Any of them may be the one that names a key, so it is told where all of them may be shown.
        """
        usable = [one for one in lookups if self._may_use(one)]
        usable = reached_from(self._draft.nodes[node].key.name, usable, lambda one: one.bindings)
        tells = not any(self._denied_columns(one, one.current.columns, "show") for one in usable)
        return tuple(
            replace(one, tells=tells, kind_item=self._kind_item(one) if tells else None) for one in usable
        )

    def _may_use(self, lookup: AliasLookup) -> bool:
        """To join by its keys; for a day that the caller chose, to match the period of its rows as well."""
        spec = self._draft.specs[lookup.spec]
        resource, is_of_a_day = spec.resource, self._draft.nodes[spec.node].as_of is not None
        for name in matched_items(spec.predicate) if is_of_a_day else ():
            if self._decisions.decide(resource, resource.items[name], "match").kind != "ALLOW":
                return False
        return not self._denied_columns(lookup, (*lookup.old.columns, *lookup.current.columns), "use")

    def _kind_item(self, lookup: AliasLookup) -> str | None:
        """What says why a key gave way, if it may be shown."""
        resource = self._draft.specs[lookup.spec].resource
        item = resource.items.get(lookup.kind_item or "")
        return item.name if item and self._decisions.decide(resource, item, "show").kind == "ALLOW" else None

    def _denied_columns(
        self, lookup: AliasLookup, columns: tuple[str, ...], right: Right
    ) -> list[tuple[Verdict, Resource, Item]]:
        """What of a register's columns the caller has not this right to, and why."""
        resource = self._draft.specs[lookup.spec].resource
        items = [resource.items[name] for name in alias_items(resource, columns)]
        verdicts = [(self._decisions.decide(resource, item, right), resource, item) for item in items]
        return [one for one in verdicts if one[0].kind != "ALLOW"]
