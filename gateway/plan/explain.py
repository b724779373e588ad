"""A plan in words and as data: what `fetch` will run, and what it promises.

`explain` prints the very plan that would be run; nothing is planned twice and nothing is fetched.
"""

from collections.abc import Callable
from typing import Any

from connectors.capabilities import Capabilities
from connectors.columns import columns_needed
from gateway.plan.batches import batch_sizes
from gateway.plan.cost import key_bound, promised_rows
from gateway.plan.model import (
    ALIAS_STEPS,
    EntryKeys,
    Fetch,
    Freshness,
    LinkKeys,
    Node,
    Operands,
    Plan,
    ScanOrigin,
)
from gateway.plan.shape import Denied
from schema.predicate import And, Compare, Located, Not, Or, Predicate


def explain(plan: Plan, operands: Operands, capabilities_of: Callable[[str], Capabilities]) -> dict[str, Any]:
    """Describe a plan as plain data; it holds no operand and so no identifier."""
    rows = promised_rows(plan, operands)
    fetches = [_fetch(fetch, plan, rows, operands, capabilities_of) for fetch in plan.fetches]
    return {
        "operation": plan.draft.operation,
        "assembler": "fast" if plan.draft.is_whole else "graphql-core",
        "hops": plan.hops,
        "aliasHops": ALIAS_STEPS * _alias_chain(plan),
        "batchHops": max(
            (one["calls"] - 1 for one, of in zip(fetches, plan.fetches, strict=True) if of.sifts_here),
            default=0,
        ),
        "calls": sum(fetch["calls"] for fetch in fetches),
        "aliasCalls": sum(fetch["aliasCalls"] for fetch in fetches),
        "rows": sum(rows.values()),
        "fetches": fetches,
        "denied": [_denied(denial) for denial in plan.denials],
    }


def print_plan(explained: dict[str, Any]) -> str:
    """The same for a person: one line per fetch, under its hop."""
    lines = [
        f"{explained['operation'] or '(unnamed)'}: {explained['hops']} hop(s), "
        f"at most {explained['calls']} call(s), {explained['assembler']} assembler"
    ]
    if explained["aliasHops"]:
        lines.append(
            f"  where a key is an alias: at most {explained['aliasHops']} more hop(s), "
            f"{explained['aliasCalls']} more call(s)"
        )
    if explained["batchHops"]:
        lines.append(f"  where a page is sifted in batches: at most {explained['batchHops']} more hop(s)")
    for fetch in explained["fetches"]:
        lines.append(
            f"  hop {fetch['hop']}  #{fetch['id']} {fetch['resource']}"
            f" by {fetch['by']} <- {fetch['input']}  [{', '.join(fetch['items'])}]"
        )
        lines += [f"         {name}: {fetch[name]}" for name in _DETAILS if fetch[name]]
    lines += [
        f"  denied  {denial['field']}: {denial['code']} ({denial['rule']}) {denial['message']}"
        for denial in explained["denied"]
    ]
    return "\n".join(lines)


_DETAILS = ("pushed", "remaining", "order", "first", "guards", "rowGuard", "freshness", "aliases")


def _fetch(
    fetch: Fetch,
    plan: Plan,
    rows: dict[int, int],
    operands: Operands,
    capabilities_of: Callable[[str], Capabilities],
) -> dict[str, Any]:
    spec = fetch.spec
    node = plan.draft.nodes[spec.node]
    keys = key_bound(fetch, plan, operands, rows, is_distinct=True)
    capabilities = capabilities_of(spec.resource.source)
    max_keys = min(capabilities.max_keys, spec.resource.limits.max_keys or capabilities.max_keys)
    return {
        "id": fetch.id,
        "hop": fetch.hop,
        "resource": spec.resource.code,
        "source": spec.resource.source,
        "by": "|".join(",".join(by.columns) for by in spec.binding.alternatives),
        "input": _input(fetch, node),
        "items": list(fetch.items),
        "columns": list(columns_needed(spec.resource, spec.binding, fetch.items)),
        "reads": [str(read) for read in fetch.reads],
        "pushed": _predicate(fetch.pushed),
        "remaining": _predicate(fetch.remaining),
        "order": [f"{term.item}{' desc' if term.descending else ''}" for term in spec.order],
        "first": bool(spec.first) and ("pushed" if fetch.pushes_limit else "here"),
        "guards": list(fetch.guards),
        "freshness": _freshness(spec.freshness),
        "aliases": [f"#{one.spec}" for one in fetch.lookups],
        "rowGuard": _predicate(fetch.row_guard),
        "maxKeys": max_keys,
        "aliasCalls": _alias_calls(fetch),
        "aliasColumns": [
            list(columns_needed(spec.resource, binding, fetch.items)) for binding in spec.others.values()
        ],
        "calls": 0 if fetch.asks_nobody else _calls(fetch, -(-keys // max_keys), operands),
    }


def _calls(fetch: Fetch, key_calls: int, operands: Operands) -> int:
    page = fetch.spec.page
    if page is None:
        return key_calls
    batches = 1
    if fetch.sifts_here:
        wanted, max_rows = fetch.spec.rows_wanted(operands), fetch.spec.resource.limits.max_rows
        batches = len(tuple(batch_sizes(wanted, max_rows)))
    return batches * (1 + page.with_total)


def _input(fetch: Fetch, node: Node) -> str:
    areas = [f"#{area.fetch}.{area.item}" for area in fetch.spec.areas]
    return ", ".join([_keys_from(fetch, node), *areas])


def _keys_from(fetch: Fetch, node: Node) -> str:
    if fetch.spec.via is not None:
        return f"#{fetch.spec.via.fetch}.{fetch.spec.via.item}"
    match node.origin:
        case LinkKeys(source, item, kind):
            return f"#{source}.{item}" + (f"[{kind}]" if kind else "")
        case EntryKeys(path):
            return ".".join(path)
        case ScanOrigin():
            return "page"
    return f"argument {node.key.name}"


def _freshness(freshness: Freshness) -> str:
    said = ["maxAge ?"] if freshness.max_ages else []
    return ", ".join([*said, *(["allowStale"] if freshness.allows_stale else [])])


def _predicate(predicate: Predicate | None) -> str:
    match predicate:
        case Or(()):
            return "false"
        case Compare(item, operator):
            return f"{item} {operator} ?"
        case Located(lon, lat, relation, is_bounds=is_bounds):
            return f"{lon},{lat} in the box around {relation} ?" if is_bounds else f"{lon},{lat} {relation} ?"
        case And(parts):
            return "(" + " and ".join(map(_predicate, parts)) + ")"
        case Or(parts):
            return "(" + " or ".join(map(_predicate, parts)) + ")"
        case Not(part):
            return f"not {_predicate(part)}"
    return ""


def _denied(denied: Denied) -> dict[str, Any]:
    return {
        "field": denied.key,
        "items": list(denied.items),
        "code": denied.denial.code,
        "rule": denied.denial.rule,
        "message": denied.denial.message,
    }


def _alias_chain(plan: Plan) -> int:
    """Along how many nodes, one behind the other, keys may be aliases."""
    depth: dict[int, int] = {}
    for fetch in plan.fetches:
        before = max((depth[one] for one in fetch.needs), default=0)
        depth[fetch.id] = before + bool(fetch.lookups or fetch.is_alias_lookup)
    return max(depth.values(), default=0)


def _alias_calls(fetch: Fetch) -> int:
    """Calls for keys that aliases lead to, in every round one for each kind of key."""
    if fetch.asks_nobody:
        return 0
    kinds = 2 if fetch.is_alias_lookup else 1 + len(fetch.spec.others) if fetch.lookups else 0
    return ALIAS_STEPS * kinds
