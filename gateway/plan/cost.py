"""The static cost of a plan: the first of the three bounds, before any source is asked.

Cost counts calls to sources and fields of the answer, both as the plan alone can promise them: keys
given are known, keys behind lists are bounded by `first`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.errors import BadInput, CostExceeded
from gateway.plan.model import Fetch, LinkKeys, Operands, Plan, RootKeys
from schema.predicate import Slot

MAX_FETCHES = 100
"""Of one request. A department's whole file on a person is some ten of them."""


@dataclass(frozen=True, slots=True, eq=False)
class CostLimits:
    """What one request may cost. Known by identity: a gateway has one."""

    max_fetches: int = MAX_FETCHES
    max_rows: int = 200_000
    """Rows that the plan promises at most, over all fetches."""
    max_ids: int = 1_000
    """Ids in one lenient list."""
    max_keys: int = 5_000
    """Distinct keys before each load."""
    max_nodes: int = 200_000
    """Fields in the answer."""


def check_cost(plan: Plan, operands: Operands, limits: CostLimits) -> None:
    """Refuse a plan that promises too much."""
    if limits in plan.affordable:
        return
    if len(plan.fetches) > limits.max_fetches:
        raise too_many_fetches(len(plan.fetches), limits.max_fetches)
    for node in plan.draft.nodes:
        if isinstance(node.origin, RootKeys) and node.origin.is_list:
            given = len(operands[node.origin.slots[0].index])
            if given > limits.max_ids:
                raise CostExceeded(f"{given} ids were given; at most {limits.max_ids} are allowed.")
    for fetch in plan.fetches:
        _check_first(fetch, operands)
    rows = sum(promised_rows(plan, operands).values())
    if rows > limits.max_rows:
        raise CostExceeded(
            f"The query may read {rows} rows; at most {limits.max_rows} are allowed. Lower 'first'."
        )
    if not _depends_on_operands(plan):
        plan.affordable.add(limits)


def too_many_fetches(count: int, most: int) -> CostExceeded:
    """Why a request of so many fetches is refused, whether they were planned or counted before."""
    return CostExceeded(
        f"The query needs {count} fetches; at most {most} are allowed. Ask for many entities at once by the"
        " plural of their root field, and for what is left in another request."
    )


def _depends_on_operands(plan: Plan) -> bool:
    origins = (node.origin for node in plan.draft.nodes)
    has_list = any(isinstance(origin, RootKeys) and origin.is_list for origin in origins)
    return has_list or any(isinstance(fetch.spec.first, Slot) for fetch in plan.fetches)


def _check_first(fetch: Fetch, operands: Operands) -> None:
    if any(operands[slot.index] < 0 for slot in fetch.spec.freshness.max_ages):
        raise BadInput("'maxAge' is a number of seconds, and not below 0.")
    first, resource = fetch.spec.first, fetch.spec.resource
    if isinstance(first, Slot) and not 1 <= operands[first.index] <= resource.limits.max_first:
        raise BadInput(f"'first' of {resource.code} must be between 1 and {resource.limits.max_first}.")


def promised_rows(plan: Plan, operands: Operands) -> dict[int, int]:
    """The most rows that each fetch may have to give, by id."""
    rows: dict[int, int] = {}
    for fetch in plan.fetches:
        per_key = 1 if fetch.spec.first is None else fetch.spec.rows_wanted(operands)
        rows[fetch.id] = key_bound(fetch, plan, operands, rows) * per_key
    return rows


def key_bound(
    fetch: Fetch, plan: Plan, operands: Operands, rows: Mapping[int, int], *, is_distinct: bool = False
) -> int:
    """The most keys of a fetch, by what those before it promise.

    Ids of a list are counted as often as they are given, since the answer repeats their rows; or each once
    (`is_distinct`), as a source is asked for them.
    """
    if fetch.spec.via is not None:
        return rows[fetch.spec.via.fetch]
    origin = plan.draft.nodes[fetch.spec.node].origin
    if isinstance(origin, LinkKeys):
        return rows[origin.fetch]
    if isinstance(origin, RootKeys) and origin.is_list:
        ids = operands[origin.slots[0].index]
        return len(set(ids) if is_distinct else ids)
    return 1
