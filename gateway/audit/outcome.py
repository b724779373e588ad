"""How a request ended: what the `outcome` event says, in numbers and names of the catalogue alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.assemble.states import StateTable
from gateway.fetch.failures import Failure
from gateway.fetch.result import Results, Rows
from gateway.plan.model import Plan

CLIENT_GONE = 499
"""The status of an answer that nobody waits for any more; a habit of servers, not of RFC 9110."""


def describe_outcome(
    plan: Plan, results: Iterable[Results], table: StateTable, *, status: int, seconds: float
) -> Mapping[str, Any]:
    """Give the detail of an `outcome` event.

    `status` is HTTP's, `milliseconds` the pipeline's; `states` counts places in the answer by state;
    `rows` counts, by resource, rows of which something may be shown; `failed` the keys without an
    answer, by resource and code. Only what is in the answer counts as disclosed: a status other than
    200 says that none of these rows left.
    """
    rows: dict[str, int] = {}
    failed: dict[str, Counter[str]] = {}
    for some in results:
        for id_, result in some.items():
            fetch = plan.by_id[id_]
            code, entries = fetch.spec.resource.code, result.entries.values()
            # An alias and the current key have one entry.
            counts = {id(entry): len(entry.rows) for entry in entries if isinstance(entry, Rows)}
            if counts and fetch.shows:
                rows[code] = rows.get(code, 0) + sum(counts.values())
            if len(counts) < len(entries):
                codes = [entry.code for entry in entries if isinstance(entry, Failure)]
                if codes:
                    failed.setdefault(code, Counter()).update(codes)
    states: dict[str, int] = {}
    for seen in table.rows.values():
        states[seen.state.state] = states.get(seen.state.state, 0) + seen.count
    return {
        "status": status,
        "milliseconds": round(seconds * 10_000) / 10,
        "states": states,
        "rows": rows,
        "failed": failed,
    }
