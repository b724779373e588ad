"""Rewrites a draft: what the caller may not read is not in the plan.

Nothing here looks at data and nothing later filters results. A denied field leaves a `Denied` in
its place with the rule that decided; a denied condition takes the field that carries it, since
dropping the condition would return more.
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TypeVar

from gateway.authorize.aliases import Registers
from gateway.authorize.decisions import Decisions, denial_of
from gateway.plan.binding import unreachable
from gateway.plan.model import Draft, Entry, FetchSpec
from gateway.plan.needs import matched_items
from gateway.plan.shape import (
    Attached,
    ConnectionField,
    ConnectionShape,
    CoreField,
    Denial,
    Denied,
    Edges,
    EntityField,
    EntityShape,
    KeyLeaf,
    Leaf,
    Link,
    Namespace,
    Nodes,
    PseudonymLeaf,
    RowField,
    RowShape,
    Typename,
)
from schema.catalogue.item import Item
from schema.catalogue.model import Catalogue, Resource
from schema.policy.caller import Caller
from schema.policy.model import Policy, Right
from schema.predicate import Predicate

Checked = TypeVar("Checked", bound=PseudonymLeaf | KeyLeaf | Link)


def authorize(draft: Draft, catalogue: Catalogue, policy: Policy, caller: Caller, today: date) -> Draft:
    """Give the draft that this caller may run."""
    return _Authorizer(draft, catalogue, Decisions(policy, caller, today)).rewrite()


def row_guard(caller: Caller, resource: Resource) -> Predicate | None:
    """Which rows of a resource this caller may be shown."""
    return resource.opening.rows if caller.audience == "open" else None


class _Authorizer:
    def __init__(self, draft: Draft, catalogue: Catalogue, decisions: Decisions) -> None:
        self._draft = draft
        self._catalogue = catalogue
        self._decisions = decisions
        self._registers = Registers(draft, decisions)

    def rewrite(self) -> Draft:
        entries = tuple(self._entry(entry) for entry in self._draft.entries)
        denials = tuple(self._decisions.denials)
        decided = frozenset(self._decisions.decided)
        lookups = self._registers.by_node
        return replace(self._draft, entries=entries, denials=denials, lookups=lookups, decided=decided)

    def _entry(self, entry: Entry) -> Entry:
        shape = entry.shape
        if isinstance(shape, EntityShape):
            return replace(entry, shape=self._entity(shape))
        if isinstance(shape, ConnectionShape):
            return replace(entry, shape=self._connection(shape))
        if isinstance(shape, Denied | Typename):
            return entry
        entities = {key: self._entity(inner) for key, inner in shape.entities.items()}
        return replace(entry, shape=replace(shape, entities=entities))

    def _connection(self, shape: ConnectionShape) -> ConnectionShape | Denied:
        spec = self._draft.specs[shape.fetch]
        if denied := self._refusal_of_conditions(shape.key, spec):
            return denied
        permitted = replace(shape, fields=tuple(map(self._rows, shape.fields)))
        tells = permitted.tells_of_rows
        refused = self._refusal_of_bare(shape.key, shape.resource, permitted.rows, tells=tells)
        return refused or self._refusal_of_unconnected(shape.key, spec) or permitted

    def _attached(self, attached: Attached) -> Attached | Denied:
        spec = self._draft.specs[attached.fetch]
        if denied := self._refusal_of_conditions(attached.key, spec):
            return denied
        row = self._row(attached.row)
        refused = self._refusal_of_bare(attached.key, attached.resource, (row,))
        refused = refused or self._refusal_of_unconnected(attached.key, spec)
        return refused or replace(attached, row=row)

    def _rows(self, one: ConnectionField) -> ConnectionField:
        if isinstance(one, Nodes):
            return replace(one, row=self._row(one.row))
        if isinstance(one, Edges):
            return replace(one, rows={key: self._row(row) for key, row in one.rows.items()})
        return one

    def _row(self, row: RowShape) -> RowShape:
        return replace(row, fields=tuple(map(self._row_field, row.fields)))

    def _entity(self, shape: EntityShape) -> EntityShape:
        fields = tuple(self._entity_field(inner, shape.node) for inner in shape.fields)
        return replace(shape, fields=fields)

    def _entity_field(self, entity_field: EntityField, node: int) -> EntityField:
        match entity_field:
            case Namespace(fields=fields):
                inner = tuple(self._entity_field(field, node) for field in fields)
                return replace(entity_field, fields=inner)
            case PseudonymLeaf() | KeyLeaf():
                return self._identity(entity_field, node)
            case CoreField(key, choices):
                return self._core(key, choices)
            case Attached():
                return self._attached(entity_field)
            case Denied():
                self._decisions.denials.append(entity_field)
        return entity_field

    def _identity(self, leaf: PseudonymLeaf | KeyLeaf, node: int) -> PseudonymLeaf | KeyLeaf | Denied:
        """What tells who an entity is: over a link, to whom the item may be shown that leads there."""
        found = self._registers.current(leaf, node)
        if isinstance(found, Denied) or found.read is None:
            return found
        resource = self._catalogue.resources[found.read.resource]
        return self._checked(found, found.key, resource, resource.items[found.read.item], "show")

    def _core(self, key: str, choices: tuple[tuple[int, RowField], ...]) -> EntityField:
        checked = tuple(
            (fetch, self._guarded_core(self._draft.specs[fetch], field)) for fetch, field in choices
        )
        first, field = checked[0]
        core = CoreField(key, checked)
        if isinstance(field, Denied) and core.is_denied and not self._draft.specs[first].covers.prefixes:
            return field
        return core

    def _guarded_core(self, spec: FetchSpec, field: RowField) -> RowField:
        checked = self._row_field(field)
        if isinstance(checked, Denied):
            return checked
        if denied := self._refusal_of_conditions(field.key, spec):
            return denied
        if isinstance(checked, Link) and not self._decisions.may_know_of(spec.resource):
            return self._decisions.deny_existence(field.key, spec.resource)
        if spec.resource.is_connected:
            return checked
        return self._decisions.deny_unconnected(field.key, spec.resource)

    def _refusal_of_conditions(self, key: str, spec: FetchSpec) -> Denied | None:
        """Why a place may not be asked for as it is; `None` where it may."""
        denials = self._denied_conditions(spec)
        if not denials:
            return None
        named = tuple(f"{spec.resource.code}.{name}" for name in matched_items(spec.predicate))
        return self._decisions.deny(key, denials[0], named)

    def _refusal_of_bare(
        self, key: str, resource: Resource, rows: tuple[RowShape, ...], *, tells: bool = False
    ) -> Denied | None:
        """Why a place is not given of whose rows no value is shown (ADR 19); `None` where it is.

        Where it tells that there are rows, by itself (`tells`) or in them, that is given to whom it may be
        told. Where it tells nothing beside denied items, it is denied as the first of them is.
        """
        if not all(row.is_bare for row in rows):
            return None
        tells = tells or not rows or any(row.tells_itself for row in rows)
        if tells and self._decisions.may_know_of(resource):
            return None
        denied = next((row.denied for row in rows if row.denied), ())
        if not denied:
            return self._decisions.deny_existence(key, resource)
        items = tuple(item for one in denied for item in one.items)
        return self._decisions.deny(key, denied[0].denial, items)

    def _refusal_of_unconnected(self, key: str, spec: FetchSpec) -> Denied | None:
        """Why a place cannot be given: its resource, or one on the way to it, is not there yet."""
        missing = next((one for one in self._resources(spec) if not one.is_connected), None)
        return None if missing is None else self._decisions.deny_unconnected(key, missing)

    def _resources(self, spec: FetchSpec) -> list[Resource]:
        """The resource, and those on the way to it."""
        specs = (self._draft.specs[fetch] for fetch, _ in spec.inputs)
        return [spec.resource, *(one for before in specs for one in self._resources(before))]

    def _denied_conditions(self, spec: FetchSpec) -> list[Denial]:
        """Denials of what the field filters and orders by, and of the way it is reached."""
        resource, way = spec.resource, self._way(spec)
        kinds = {kind for one in self._registers.of(spec.node) for kind in one.bindings}
        begin = way[-1] if way else spec
        if begin.others and not begin.binding.alternatives and not kinds.intersection(begin.others):
            return [unreachable("", f"resource {resource.code}").denial]
        names = matched_items(spec.predicate) + [term.item for term in spec.order]
        reads: list[tuple[Resource, str, Right]] = [(resource, name, "match") for name in names]
        if spec.back_by is not None:
            reads.append((resource, spec.back_by, "use"))
        reads += [(self._draft.specs[area.fetch].resource, area.item, "use") for area in spec.areas]
        for after, before in pairwise([spec, *way]):
            assert after.via is not None
            reads += [(before.resource, name, "match") for name in matched_items(before.predicate)]
            reads.append((before.resource, after.via.item, "use"))
        decide = self._decisions.decide
        verdicts = [(decide(owner, owner.items[name], right), name) for owner, name, right in reads]
        return [denial_of(verdict, name) for verdict, name in verdicts if verdict.kind != "ALLOW"]

    def _way(self, spec: FetchSpec) -> list[FetchSpec]:
        """The resources that a place is reached through, from the nearest to the first."""
        way = []
        while spec.via is not None:
            spec = self._draft.specs[spec.via.fetch]
            way.append(spec)
        return way

    def _row_field(self, field: RowField) -> RowField:
        match field:
            case Leaf(key=key, resource=resource, item=item):
                return self._leaf(field, key, resource, item)
            case Link(key=key, resource=resource, item=item, targets=targets):
                inner = {kind: self._entity(shape) for kind, shape in targets.items()}
                followed = replace(field, targets=inner)
                return self._checked(followed, key, resource, item, "use")
            case Denied():
                self._decisions.denials.append(field)
        return field

    def _leaf(self, leaf: Leaf, key: str, resource: Resource, item: Item) -> Leaf | Denied:
        verdict = self._decisions.decide(resource, item, "show")
        if verdict.kind == "ALLOW":
            return leaf
        if verdict.kind == "MASK" and leaf.aspect == "masked":
            return replace(leaf, masked=Denial("MASKED", "MASKED_ONLY", verdict.message))
        return self._decisions.deny_item(key, verdict, resource, item)

    def _checked(
        self, field: Checked, key: str, resource: Resource, item: Item, right: Right
    ) -> Checked | Denied:
        verdict = self._decisions.decide(resource, item, right)
        if verdict.kind == "ALLOW":
            return field
        return self._decisions.deny_item(key, verdict, resource, item)
