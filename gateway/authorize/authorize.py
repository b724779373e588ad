"""Rewrites a draft: what the caller may not read is not in the plan.

Nothing here looks at data and nothing later filters results. A denied field leaves a `Denied` in
its place with the rule that decided; a denied condition takes the field that carries it, since
dropping the condition would return more.
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TypeVar

from gateway.plan.aliases import reached_from
from gateway.plan.binding import reaches, unreachable
from gateway.plan.fetches import alias_items, matched_items
from gateway.plan.model import Draft, Entry, FetchSpec, Lookup
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
)
from schema.catalogue.item import Item
from schema.catalogue.model import Catalogue, Resource
from schema.policy.caller import Caller
from schema.policy.decide import Verdict, decide
from schema.policy.model import Policy, Right
from schema.predicate import Predicate

Checked = TypeVar("Checked", bound=PseudonymLeaf | KeyLeaf | Link)


def authorize(draft: Draft, catalogue: Catalogue, policy: Policy, caller: Caller, today: date) -> Draft:
    """Give the draft that this caller may run."""
    return _Authorizer(draft, catalogue, policy, caller, today).rewrite()


def row_guard(caller: Caller, resource: Resource) -> Predicate | None:
    """Which rows of a resource this caller may be shown."""
    return resource.opening.rows if caller.audience == "open" else None


class _Authorizer:
    def __init__(
        self, draft: Draft, catalogue: Catalogue, policy: Policy, caller: Caller, today: date
    ) -> None:
        self._draft = draft
        self._catalogue = catalogue
        self._policy = policy
        self._caller = caller
        self._today = today
        self._denials: list[Denied] = []
        self._lookups: dict[int, tuple[Lookup, ...]] = {}
        self._decided: set[tuple[str, str]] = set()

    def rewrite(self) -> Draft:
        lookups = {node: self._usable(node, some) for node, some in self._draft.lookups.items()}
        self._lookups = {node: some for node, some in lookups.items() if some}
        entries = tuple(self._entry(entry) for entry in self._draft.entries)
        denials = tuple(self._denials)
        decided = frozenset(self._decided)
        return replace(self._draft, entries=entries, denials=denials, lookups=self._lookups, decided=decided)

    def _usable(self, node: int, lookups: tuple[Lookup, ...]) -> tuple[Lookup, ...]:
        """Registers of aliases that may be used; one that may not is as if it were not there.

        Any of them may be the one that names a key, so it is told where all of them may be shown.
        """
        usable = [one for one in lookups if self._may_use(one)]
        usable = reached_from(self._draft.nodes[node].key.name, usable, lambda one: one.bindings)
        tells = not any(self._refused(one, one.current.columns, "show") for one in usable)
        return tuple(
            replace(one, tells=tells, kind_item=self._kind_item(one) if tells else None) for one in usable
        )

    def _may_use(self, lookup: Lookup) -> bool:
        """To join by its keys; for a day that the caller chose, to match the period of its rows as well."""
        spec = self._draft.specs[lookup.spec]
        resource, is_of_a_day = spec.resource, self._draft.nodes[spec.node].as_of is not None
        for name in matched_items(spec.predicate) if is_of_a_day else ():
            if self._decide(resource, resource.items[name], "match").kind != "ALLOW":
                return False
        return not self._refused(lookup, (*lookup.old.columns, *lookup.current.columns), "use")

    def _kind_item(self, lookup: Lookup) -> str | None:
        """What says why a key gave way, if it may be shown."""
        resource = self._draft.specs[lookup.spec].resource
        item = resource.items.get(lookup.kind_item or "")
        return item.name if item and self._decide(resource, item, "show").kind == "ALLOW" else None

    def _refused(self, lookup: Lookup, columns: tuple[str, ...], right: Right) -> list[Denied]:
        """What of a register's columns the caller has not this right to, and why."""
        resource = self._draft.specs[lookup.spec].resource
        items = [resource.items[name] for name in alias_items(resource, columns)]
        verdicts = [(item, self._decide(resource, item, right)) for item in items]
        return [
            Denied("", _denial(verdict, item.name), (f"{resource.code}.{item.name}",))
            for item, verdict in verdicts
            if verdict.kind != "ALLOW"
        ]

    def _entry(self, entry: Entry) -> Entry:
        shape = entry.shape
        if isinstance(shape, EntityShape):
            return replace(entry, shape=self._entity(shape))
        if isinstance(shape, ConnectionShape):
            return replace(entry, shape=self._connection(shape))
        if isinstance(shape, Denied):
            return entry
        entities = {key: self._entity(inner) for key, inner in shape.entities.items()}
        return replace(entry, shape=replace(shape, entities=entities))

    def _connection(self, shape: ConnectionShape) -> ConnectionShape | Denied:
        spec, resource = self._draft.specs[shape.fetch], shape.resource
        for denial in self._conditions(spec):
            return self._deny(shape.key, denial, _named_items(resource, spec.predicate))
        permitted = replace(shape, fields=tuple(map(self._rows, shape.fields)))
        refused = self._bare(shape.key, resource, permitted.rows, tells=permitted.tells_of_rows)
        if refused is not None:
            return refused
        for needed in self._resources(spec):
            if not needed.is_connected:
                return self._deny(shape.key, _not_connected(needed), ())
        return permitted

    def _rows(self, one: ConnectionField) -> ConnectionField:
        if isinstance(one, Nodes):
            return replace(one, row=self._row(one.row))
        if isinstance(one, Edges):
            return replace(one, rows={key: self._row(row) for key, row in one.rows.items()})
        return one

    def _row(self, row: RowShape) -> RowShape:
        return replace(row, fields=tuple(map(self._row_field, row.fields)))

    def _bare(
        self, key: str, resource: Resource, rows: tuple[RowShape, ...], *, tells: bool = False
    ) -> Denied | None:
        """Why a place is not given of whose rows no value is shown (ADR 19); `None` where it is.

        Where it tells that there are rows, by itself (`tells`) or in them, that is given to whom it may be
        told. Where it tells nothing beside denied items, it is denied as the first of them is.
        """
        if not all(row.is_bare for row in rows):
            return None
        tells = tells or not rows or any(row.tells_itself for row in rows)
        if tells and self._may_know_of(resource):
            return None
        for denied in filter(None, (row.denied for row in rows)):
            items = tuple(item for one in denied for item in one.items)
            return self._deny(key, denied[0].denial, items)
        return self._deny_existence(key, resource)

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
                self._denials.append(entity_field)
        return entity_field

    def _identity(self, leaf: PseudonymLeaf | KeyLeaf, node: int) -> PseudonymLeaf | KeyLeaf | Denied:
        """What tells who an entity is: over a link, to whom the item may be shown that leads there."""
        found = self._current(leaf, node)
        if isinstance(found, Denied) or found.read is None:
            return found
        resource = self._catalogue.resources[found.read.resource]
        return self._checked(found, found.key, resource, resource.items[found.read.item], "show")

    def _current(self, leaf: PseudonymLeaf | KeyLeaf, node: int) -> PseudonymLeaf | KeyLeaf | Denied:
        """The same of the current key, where that may be told; below a link a key is what the row holds."""
        tells = any(one.tells for one in self._lookups.get(node, ()))
        if isinstance(leaf, PseudonymLeaf):
            return replace(leaf, is_current=tells)
        if leaf.is_current:
            return self._current_key(leaf, node)
        of = self._draft.nodes[node].entity.default_key.name
        is_default = of in {leaf.of.name, leaf.of.slice and leaf.of.slice.key}
        return replace(leaf, is_current=leaf.read is None and is_default and tells)

    def _current_key(self, leaf: KeyLeaf, node: int) -> KeyLeaf | Denied:
        """A key that only registers of aliases lead to."""
        lookups = self._lookups.get(node, ())
        keys = self._draft.nodes[node].entity.keys
        if not any(reaches(keys[one.current.key], leaf.of) for one in lookups):
            return self._deny(leaf.key, unreachable(leaf.key, f"key {leaf.of.name}").denial, ())
        for one in lookups:
            for denied in self._refused(one, one.current.columns, "show"):
                return self._deny(leaf.key, denied.denial, denied.items)
        return leaf

    def _core(self, key: str, choices: tuple[tuple[int, RowField], ...]) -> EntityField:
        checked = tuple(
            (fetch, self._guarded_core(self._draft.specs[fetch], field)) for fetch, field in choices
        )
        first, field = checked[0]
        core = CoreField(key, checked)
        if isinstance(field, Denied) and core.is_denied and not self._draft.specs[first].covers:
            return field
        return core

    def _guarded_core(self, spec: FetchSpec, field: RowField) -> RowField:
        checked = self._row_field(field)
        if isinstance(checked, Denied):
            return checked
        for denial in self._conditions(spec):
            return self._deny(field.key, denial, _named_items(spec.resource, spec.predicate))
        if isinstance(checked, Link) and not self._may_know_of(spec.resource):
            return self._deny_existence(field.key, spec.resource)
        if spec.resource.is_connected:
            return checked
        return self._deny(field.key, _not_connected(spec.resource), ())

    def _attached(self, attached: Attached) -> EntityField:
        spec = self._draft.specs[attached.fetch]
        resource = attached.resource
        for denial in self._conditions(spec):
            return self._deny(attached.key, denial, _named_items(resource, spec.predicate))
        row = self._row(attached.row)
        refused = self._bare(attached.key, resource, (row,))
        if refused is not None:
            return refused
        for needed in self._resources(spec):
            if not needed.is_connected:
                return self._deny(attached.key, _not_connected(needed), ())
        return replace(attached, row=row)

    def _resources(self, spec: FetchSpec) -> list[Resource]:
        """The resource, and those on the way to it."""
        specs = (self._draft.specs[fetch] for fetch, _ in spec.inputs)
        return [spec.resource, *(one for before in specs for one in self._resources(before))]

    def _conditions(self, spec: FetchSpec) -> list[Denial]:
        """Denials of what the field filters and orders by, and of the way it is reached."""
        resource, way = spec.resource, self._way(spec)
        kinds = {kind for one in self._lookups.get(spec.node, ()) for kind in one.bindings}
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
        verdicts = [(self._decide(owner, owner.items[name], right), name) for owner, name, right in reads]
        return [_denial(verdict, name) for verdict, name in verdicts if verdict.kind != "ALLOW"]

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
                self._denials.append(field)
        return field

    def _leaf(self, leaf: Leaf, key: str, resource: Resource, item: Item) -> Leaf | Denied:
        verdict = self._decide(resource, item, "show")
        if verdict.kind == "ALLOW":
            return leaf
        if verdict.kind == "MASK" and leaf.aspect == "masked":
            return replace(leaf, masked=Denial("MASKED", "MASKED_ONLY", verdict.message))
        return self._deny(key, _denial(verdict, item.name), (f"{resource.code}.{item.name}",))

    def _checked(
        self, field: Checked, key: str, resource: Resource, item: Item, right: Right
    ) -> Checked | Denied:
        verdict = self._decide(resource, item, right)
        if verdict.kind == "ALLOW":
            return field
        return self._deny(key, _denial(verdict, item.name), (f"{resource.code}.{item.name}",))

    def _may_know_of(self, resource: Resource) -> bool:
        """Whether a row's mere existence may be told: some item of it may be shown."""
        return any(self._decide(resource, item, "show").kind != "DENY" for item in resource.items.values())

    def _decide(self, resource: Resource, item: Item, right: Right) -> Verdict:
        self._decided.add((resource.code, item.name))
        return decide(self._caller, self._policy, resource, item, right, self._today)

    def _deny_existence(self, key: str, resource: Resource) -> Denied:
        message = f"No item of {resource.code} may be read; whether there is a record is not told."
        denial = Denial("DENIED", "GRANT_REQUIRED", message)
        return self._deny(key, denial, (f"{resource.code}:exists",))

    def _deny(self, key: str, denial: Denial, items: tuple[str, ...]) -> Denied:
        denied = Denied(key, denial, items)
        self._denials.append(denied)
        return denied


def _denial(verdict: Verdict, item: str) -> Denial:
    message = verdict.message or "Not permitted."
    if verdict.kind == "MASK":
        return Denial("DENIED", "MASKED_ONLY", f"{message} Select '{item}Masked' instead.")
    return Denial(verdict.code, verdict.rule, message)


def _named_items(resource: Resource, predicate: Predicate | None) -> tuple[str, ...]:
    return tuple(f"{resource.code}.{name}" for name in matched_items(predicate))


def _not_connected(resource: Resource) -> Denial:
    message = f"{resource.title}: listed in the catalogue, not connected yet."
    return Denial("NOT_CONNECTED", "NOT_CONNECTED", message)
