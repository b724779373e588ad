"""From a shape to the fetches that it needs: nothing that no leaf needs is ever fetched.

Pure: the same shape and capabilities give the same fetches. What comes here has been authorized, so a denied
item, which is no longer in the shape, cannot be left behind in a request.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from connectors.capabilities import Capabilities
from connectors.columns import is_column
from gateway.errors import BadInput
from gateway.plan.history import items_of_period
from gateway.plan.model import AliasLookup, Draft, EntryKeys, Fetch, FetchSpec, LinkKeys, Node, Path, Plan
from gateway.plan.pushdown import is_finishable, negotiate, sorts_exactly
from gateway.plan.shape import (
    AnswerShape,
    Attached,
    ConnectionShape,
    CoreField,
    Denied,
    EntityField,
    EntityShape,
    KeyLeaf,
    Leaf,
    Link,
    Namespace,
    PseudonymLeaf,
    Read,
    RowField,
    RowShape,
)
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.predicate import Predicate, conjunction, items_of
from schema.values import sorts_as_decoded

RowGuards = Callable[[Resource], Predicate | None]
"""Which rows of a resource the caller may be shown; `None`: all."""


@dataclass(slots=True)
class _Need:
    """What the leaves need of one fetch, in the order they ask."""

    items: dict[str, None] = field(default_factory=dict)
    reads: dict[Read, None] = field(default_factory=dict)

    def add(self, *reads: Read, items: tuple[str, ...]) -> None:
        self.items.update(dict.fromkeys(items))
        self.reads.update(dict.fromkeys(reads))


def make_plan(draft: Draft, capabilities_of: Callable[[str], Capabilities], row_guards: RowGuards) -> Plan:
    """Derive a draft's fetches; `capabilities_of` takes the name of a source."""
    needs: dict[int, _Need] = {}
    for entry in draft.entries:
        if isinstance(entry.shape, AnswerShape):
            _need_lookups(entry.shape.node, draft, needs)
        for shape in _entities_of(entry.shape):
            _need_entity(shape, draft, needs)
        if isinstance(entry.shape, ConnectionShape):
            _need_rows(entry.shape.rows, entry.shape.fetch, draft, needs)
    for spec in reversed(draft.specs):  # an input stands before the spec that needs it
        for fetch_id, item in _inputs(spec) if spec.id in needs else ():
            read = Read(draft.specs[fetch_id].resource.code, item, "use")
            needs.setdefault(fetch_id, _Need()).add(read, items=(item,))
    for spec in draft.specs:
        if spec.id in needs:
            _need_lookups(spec.node, draft, needs)
    fetches: dict[int, Fetch] = {}
    for spec in draft.specs:
        if spec.id in needs:
            capabilities = capabilities_of(spec.resource.source)
            guard = row_guards(spec.resource)
            fetch = _of_node(spec, needs[spec.id], capabilities, guard, draft)
            fetches[spec.id] = _placed(fetch, draft.nodes, fetches)
    return Plan(draft, tuple(fetches.values()), draft.denials, fetches)


def columns_of_item(item: Item) -> tuple[str, ...]:
    """What has to be asked of a source to show or follow an item."""
    if item.derivation is not None:
        return (item.derivation.item,)
    if item.link is None:
        return (item.name,)
    helpers = [c for target in item.link.targets.values() for c in target.columns if c != item.column]
    if item.link.kind_column is not None:
        helpers.append(item.link.kind_column)
    return (item.name, *(f"column:{column}" for column in helpers))


def matched_items(predicate: Predicate | None) -> list[str]:
    """The items that a predicate compares: what the right to match is needed for."""
    return [name for name in sorted(items_of(predicate)) if not is_column(name)]


def _entities_of(shape: EntityShape | AnswerShape | ConnectionShape | Denied) -> Iterator[EntityShape]:
    if isinstance(shape, EntityShape):
        yield shape
    elif isinstance(shape, AnswerShape):
        yield from shape.entities.values()


def _need_entity(shape: EntityShape, draft: Draft, needs: dict[int, _Need]) -> None:
    for entity_field in shape.fields:
        _need_entity_field(entity_field, shape.node, draft, needs)


def _need_entity_field(entity_field: EntityField, node: int, draft: Draft, needs: dict[int, _Need]) -> None:
    match entity_field:
        case Namespace(fields=fields):
            for inner in fields:
                _need_entity_field(inner, node, draft, needs)
        case CoreField(choices=choices):
            for fetch, chosen in choices:
                _need_row_field(chosen, fetch, draft, needs)
        case Attached(fetch=fetch, row=row):
            _need_rows((row,), fetch, draft, needs)
        case PseudonymLeaf(read=read, is_current=is_current) | KeyLeaf(read=read, is_current=is_current):
            if is_current:
                _need_lookups(node, draft, needs, shows=True)
            if read is not None:
                origin = draft.nodes[node].origin
                assert isinstance(origin, LinkKeys)
                needs.setdefault(origin.fetch, _Need()).add(read, items=(origin.item,))


def _of_node(
    spec: FetchSpec, need: _Need, capabilities: Capabilities, row_guard: Predicate | None, draft: Draft
) -> Fetch:
    """A fetch, and what it has to do with registers of aliases of its node."""
    lookups = draft.lookups.get(spec.node, ())
    if any(one.spec == spec.id for one in lookups):
        return replace(_fetch(spec, need, capabilities, None), guards=(), is_alias_lookup=True)
    return _fetch(spec, need, capabilities, row_guard, () if spec.via is not None else lookups)


def _need_lookups(node: int, draft: Draft, needs: dict[int, _Need], *, shows: bool = False) -> None:
    """The registers of aliases of a node: their keys are used, and shown where they take a key's place."""
    for one in draft.lookups.get(node, ()):
        resource = draft.specs[one.spec].resource
        columns = (*one.old.columns, *one.current.columns)
        reads = [Read(resource.code, name, "use") for name in alias_items(resource, columns)]
        if shows and one.tells:
            reads += [
                Read(resource.code, name, "show") for name in alias_items(resource, one.current.columns)
            ]
        items = tuple(f"column:{column}" for column in columns)
        if one.kind_item is not None:
            reads.append(Read(resource.code, one.kind_item, "show"))
            items += (one.kind_item,)
        needs.setdefault(one.spec, _Need()).add(*reads, items=items)


def alias_items(resource: Resource, columns: Iterable[str]) -> list[str]:
    """The items that stand on the columns of keys."""
    return [next(i.name for i in resource.items.values() if i.column == column) for column in columns]


def _need_rows(rows: tuple[RowShape, ...], fetch: int, draft: Draft, needs: dict[int, _Need]) -> None:
    """What a place shows of its rows; where that is no item, it still tells that they exist."""
    for row_field in (row_field for row in rows for row_field in row.fields):
        _need_row_field(row_field, fetch, draft, needs)
    if all(row.is_bare for row in rows):
        exists = Read(draft.specs[fetch].resource.code, "", "exists")
        needs.setdefault(fetch, _Need()).add(exists, items=())


def _need_row_field(row_field: RowField, fetch: int, draft: Draft, needs: dict[int, _Need]) -> None:
    match row_field:
        case Leaf(resource=resource, item=item):
            reads = [Read(resource.code, item.name, "show")]
            if item.derivation is not None:
                reads.append(Read(resource.code, item.derivation.item, "use"))
            needs.setdefault(fetch, _Need()).add(*reads, items=columns_of_item(item))
        case Link(resource=resource, item=item, targets=targets):
            read = Read(resource.code, item.name, "use")
            needs.setdefault(fetch, _Need()).add(read, items=columns_of_item(item))
            for shape in targets.values():
                _need_entity(shape, draft, needs)
        case Denied():
            pass


def _inputs(spec: FetchSpec) -> Iterator[tuple[int, str]]:
    """Fetches whose rows say what this one asks for, with the item that says it."""
    if spec.via is not None:
        yield spec.via.fetch, spec.via.item
    for area in spec.areas:
        yield area.fetch, area.item


def _placed(fetch: Fetch, nodes: tuple[Node, ...], before: dict[int, Fetch]) -> Fetch:
    """The fetch with what it waits for: the fetches of its keys, and so its hop and its entry."""
    spec, origin = fetch.spec, nodes[fetch.spec.node].origin
    needs = [origin.fetch] if isinstance(origin, LinkKeys) else []
    needs += [one for one, _ in _inputs(spec)]
    hop = 1 + max((before[one].hop for one in needs), default=0)
    if fetch.lookups and not spec.binding.alternatives:
        hop += 1  # only what a look-up finds leads to it
    if isinstance(origin, EntryKeys):
        entry: Path | None = origin.path
    else:
        entry = before[origin.fetch].entry if isinstance(origin, LinkKeys) else None
    return replace(fetch, hop=hop, needs=tuple(needs), entry=entry)


def _fetch(
    spec: FetchSpec,
    need: _Need,
    capabilities: Capabilities,
    row_guard: Predicate | None,
    lookups: tuple[AliasLookup, ...] = (),
) -> Fetch:
    if spec.page is not None:
        return _scan(spec, need, capabilities, row_guard)
    resource = spec.resource
    pushed, remaining = negotiate(spec.predicate, resource, capabilities)
    pushes_order = sorts_exactly(spec, capabilities)
    pushes_limit = capabilities.limits_per_key and remaining is None and pushes_order and row_guard is None
    helpers: list[str] = sorted(items_of(remaining) | items_of(row_guard))
    if spec.many and (not pushes_order or spec.via is not None or lookups):
        helpers += [term.item for term in spec.order]
        helpers += [f"column:{column}" for column in resource.identity]
    return Fetch(
        spec=spec,
        items=tuple(dict.fromkeys([*need.items, *helpers])),
        reads=_reads(spec, need, row_guard),
        hop=1,
        guards=resource.guards,
        pushed=pushed,
        remaining=remaining,
        pushes_order=pushes_order,
        pushes_limit=pushes_limit,
        row_guard=row_guard,
        allows_partial=resource.allows_partial,
        lookups=lookups,
    )


def _scan(spec: FetchSpec, need: _Need, capabilities: Capabilities, row_guard: Predicate | None) -> Fetch:
    """A page: all of it is the source's work, the rows that may be shown included.

    But for where a row stands, and since when, until when and under what condition it counts, where a source
    cannot compare that as it is stored: it gives more, and we finish (`fetch/scanning.py`).
    """
    resource = spec.resource
    own = items_of(row_guard) | items_of_period(resource)
    pushed, remaining = negotiate(conjunction(spec.predicate, row_guard), resource, capabilities)
    sortable = all(sorts_as_decoded(resource.items[term.item].codec) for term in spec.order)
    can_sort = not spec.order or (capabilities.orders and sortable)
    if not capabilities.scans or not can_sort or not is_finishable(remaining, capabilities, own):
        raise BadInput(f"The source of {resource.code} cannot list, filter or sort by what was asked.")
    return Fetch(
        spec=spec,
        items=tuple(
            dict.fromkeys([*need.items, *(term.item for term in spec.order), *sorted(items_of(remaining))])
        ),
        reads=_reads(spec, need, row_guard),
        hop=1,
        pushed=pushed,
        remaining=remaining,
        pushes_order=True,
        pushes_limit=True,
    )


def _reads(spec: FetchSpec, need: _Need, row_guard: Predicate | None) -> tuple[Read, ...]:
    code = spec.resource.code
    reads = dict(need.reads)
    if spec.back_by is not None:
        reads[Read(code, spec.back_by, "use")] = None
    matched = [*matched_items(spec.predicate), *(term.item for term in spec.order)]
    reads.update(dict.fromkeys(Read(code, name, "match") for name in matched))
    reads.update(dict.fromkeys(Read(code, name, "use") for name in sorted(items_of(row_guard))))
    return tuple(reads)
