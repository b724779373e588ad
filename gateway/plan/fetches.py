"""From a shape to the fetches that it needs: nothing that no leaf needs is ever fetched.

Pure: the same shape and capabilities give the same fetches. What comes here has been authorized, so a denied
item, which is no longer in the shape, cannot be left behind in a request.
"""

from collections.abc import Callable
from dataclasses import replace

from connectors.capabilities import Capabilities
from gateway.errors import BadInput
from gateway.plan.history import items_of_period
from gateway.plan.model import AliasLookup, Draft, EntryKeys, Fetch, FetchSpec, LinkKeys, Node, Path, Plan
from gateway.plan.needs import Need, collect_needs, matched_items
from gateway.plan.pushdown import is_finishable, negotiate, sorts_exactly
from gateway.plan.shape import Read
from schema.catalogue.model import Resource
from schema.names import column_item
from schema.predicate import Predicate, conjunction, items_of
from schema.values import sorts_as_decoded

RowGuards = Callable[[Resource], Predicate | None]
"""Which rows of a resource the caller may be shown; `None`: all."""


def make_plan(draft: Draft, capabilities_of: Callable[[str], Capabilities], row_guards: RowGuards) -> Plan:
    """Derive a draft's fetches; `capabilities_of` takes the name of a source."""
    needs = collect_needs(draft)
    fetches: dict[int, Fetch] = {}
    for spec in draft.specs:
        if spec.id in needs:
            capabilities = capabilities_of(spec.resource.source)
            fetch = _make_fetch(spec, needs[spec.id], capabilities, row_guards(spec.resource), draft)
            fetches[spec.id] = _placed(fetch, draft.nodes, fetches)
    return Plan(draft, tuple(fetches.values()), draft.denials, fetches)


def _make_fetch(
    spec: FetchSpec, need: Need, capabilities: Capabilities, row_guard: Predicate | None, draft: Draft
) -> Fetch:
    """What asks a register of aliases, what reads a page, or what loads by keys that may be aliases."""
    lookups = draft.lookups.get(spec.node, ())
    if any(one.spec == spec.id for one in lookups):
        return replace(_load_fetch(spec, need, capabilities, None), guards=(), is_alias_lookup=True)
    if spec.page is not None:
        return _page_fetch(spec, need, capabilities, row_guard)
    return _load_fetch(spec, need, capabilities, row_guard, () if spec.via is not None else lookups)


def _load_fetch(
    spec: FetchSpec,
    need: Need,
    capabilities: Capabilities,
    row_guard: Predicate | None,
    lookups: tuple[AliasLookup, ...] = (),
) -> Fetch:
    resource = spec.resource
    pushed, remaining = negotiate(spec.predicate, resource, capabilities)
    pushes_order = sorts_exactly(spec, capabilities)
    pushes_limit = capabilities.limits_per_key and remaining is None and pushes_order and row_guard is None
    helpers: list[str] = sorted(items_of(remaining) | items_of(row_guard))
    if spec.many and (not pushes_order or spec.via is not None or lookups):
        helpers += [term.item for term in spec.order]
        helpers += [column_item(column) for column in resource.identity]
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


def _page_fetch(
    spec: FetchSpec, need: Need, capabilities: Capabilities, row_guard: Predicate | None
) -> Fetch:
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


def _reads(spec: FetchSpec, need: Need, row_guard: Predicate | None) -> tuple[Read, ...]:
    code = spec.resource.code
    reads = dict(need.reads)
    if spec.back_by is not None:
        reads[Read(code, spec.back_by, "use")] = None
    matched = [*matched_items(spec.predicate), *(term.item for term in spec.order)]
    reads.update(dict.fromkeys(Read(code, name, "match") for name in matched))
    reads.update(dict.fromkeys(Read(code, name, "use") for name in sorted(items_of(row_guard))))
    return tuple(reads)


def _placed(fetch: Fetch, nodes: tuple[Node, ...], before: dict[int, Fetch]) -> Fetch:
    """The fetch with what it waits for: the fetches of its keys, and so its hop and its entry."""
    spec, origin = fetch.spec, nodes[fetch.spec.node].origin
    needs = [origin.fetch] if isinstance(origin, LinkKeys) else []
    needs += [one for one, _ in spec.inputs]
    hop = 1 + max((before[one].hop for one in needs), default=0)
    if fetch.lookups and not spec.binding.alternatives:
        hop += 1  # only what a look-up finds leads to it
    if isinstance(origin, EntryKeys):
        entry: Path | None = origin.path
    else:
        entry = before[origin.fetch].entry if isinstance(origin, LinkKeys) else None
    return replace(fetch, hop=hop, needs=tuple(needs), entry=entry)
