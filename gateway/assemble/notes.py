"""What is said of a field whose source answered: where its rows come from, and what to know of them."""

from dataclasses import replace

from gateway.assemble.assembly import Assembly
from gateway.assemble.places import At, Place
from gateway.assemble.states import State, States, by_aliases, coverage_text, of_result
from gateway.fetch.result import Result, Rows
from gateway.plan.model import Fetch

NO_RESULT = Result()
NO_ROWS = Rows(())
"""What stands for a fetch, and for a key, that was not asked for."""
TITLES = {
    "NO_RECORD": "no record.",
    "STALE": "older than promised.",
    "TRUNCATED": "there are more records than were asked for.",
    "PARTIAL": "some records may not be shown.",
}
"""What a note says, after the resource's title."""


NEWS = "result.is_stale or not entry.rows or entry.is_truncated or entry.is_partial"
"""Holds, in generated code, where `has_news` does."""


def has_news(result: Result, entry: Rows) -> bool:
    """Whether there is more to say than where the rows come from."""
    return not entry.rows or result.is_stale or entry.is_truncated or entry.is_partial


def tell(
    assembly: Assembly,
    place: Place,
    fetch: Fetch,
    answer: tuple[Result, Rows],
    at: At,
    states: States,
) -> None:
    """Note all of it: for the entity above, and in the table what is more than provenance."""
    for code in _codes(*answer):
        state = _state(assembly, place, fetch, answer[0], code)
        if answer[1].ways:
            state = by_aliases(state, answer[1].ways)
        if code != "DATA":
            assembly.table.add(place, at, state)
        if states is not None:
            states.append(state)


def _codes(result: Result, entry: Rows) -> list[str]:
    has_none = not entry.rows and not entry.is_partial  # of those that were looked through
    found = ["NO_RECORD" if has_none else "DATA"]
    if result.is_stale:
        found.append("STALE")
    if entry.is_truncated:
        found.append("TRUNCATED")
    if entry.is_partial:
        found.append("PARTIAL")
    return found


def _state(assembly: Assembly, place: Place, fetch: Fetch, result: Result, code: str) -> State:
    """The same for all parents, so made once for each request."""
    identity = (id(place), fetch.id, code)
    made = assembly.shared_states.get(identity)
    if made is None:
        made = assembly.shared_states[identity] = _make_state(assembly, place, fetch, result, code)
    return made


def _make_state(assembly: Assembly, place: Place, fetch: Fetch, result: Result, code: str) -> State:
    resource = fetch.spec.resource
    data = of_result(place.name, resource, result, assembly.catalogue)
    if code == "DATA":
        return data
    coverage = coverage_text(resource.coverage) if code == "NO_RECORD" else None
    return replace(data, state=code, message=f"{resource.title}: {TITLES[code]}", coverage=coverage)
