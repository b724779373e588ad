"""How a request ended: what the `outcome` event says, in numbers and names of the catalogue alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.assemble.states import StateTable
from gateway.fetch.failures import Failure
from gateway.fetch.result import Results
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
    failed: dict[str, dict[str, int]] = {}
    for some in results:
        for id_, result in some.items():
            fetch = plan.by_id[id_]
            code, shows = fetch.spec.resource.code, fetch.shows
            counted: set[int] = set()
            for entry in result.entries.values():
                if isinstance(entry, Failure):
                    codes = failed.setdefault(code, {})
                    codes[entry.code] = codes.get(entry.code, 0) + 1
                elif shows and id(entry) not in counted:  # an alias and the current key have one entry
                    counted.add(id(entry))
                    rows[code] = rows.get(code, 0) + len(entry.rows)
    states: dict[str, int] = {}
    for seen in table.rows.values():
        states[seen.state.state] = states.get(seen.state.state, 0) + seen.count
    for code, codes in failed.items():
        failed[code] = dict(sorted(codes.items()))
    return {
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "states": dict(sorted(states.items())),
        "rows": dict(sorted(rows.items())),
        "failed": dict(sorted(failed.items())),
    }
