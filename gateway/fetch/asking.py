"""What a fetch asks of its source: a plan's fetch and a request's operands -> `Load` or `Scan`."""

from collections.abc import Mapping
from typing import Any

from connectors.requests import NO_ARGUMENTS, Key, Load, Scan, Scope
from gateway.plan.model import Fetch, Operands, PageInput
from schema.policy.caller import Caller
from schema.predicate import Predicate, Slot, bind


class Asking:
    """Makes the requests of a fetch; what is the same in all of them is found out once for a plan."""

    def __init__(self, fetch: Fetch) -> None:
        spec = fetch.spec
        self._fetch = fetch
        self._arguments = [
            (name, slot.index) for name, slot in spec.arguments if not name.startswith("argument:")
        ]
        self._order = spec.order if fetch.pushes_order else ()
        self._day = None if spec.as_of is None else spec.as_of.index
        self._ages = [slot.index for slot in spec.freshness.max_ages]

    def load(self, keys: tuple[Key, ...], operands: Operands, caller: Caller, deadline: float) -> Load:
        """The request for the rows of keys."""
        fetch, spec, ages = self._fetch, self._fetch.spec, self._ages
        is_cut = fetch.pushes_limit and spec.first is not None
        return Load(
            resource=spec.resource,
            key=spec.binding,
            keys=keys,
            items=fetch.items,
            deadline=deadline,
            arguments=self._given(operands),
            predicate=self._pushed(operands),
            order=self._order,
            limit_per_key=first_of(fetch, operands) + 1 if is_cut else None,
            as_of=None if self._day is None else operands[self._day],
            scope=Scope(caller.application, caller.purpose),
            max_age_seconds=min([operands[place] for place in ages]) if ages else None,
            allows_stale=spec.freshness.allows_stale,
        )

    def scan(self, page: PageInput, operands: Operands, caller: Caller, deadline: float) -> Scan:
        """The request for a page of rows."""
        fetch = self._fetch
        return Scan(
            resource=fetch.spec.resource,
            items=fetch.items,
            limit=first_of(fetch, operands),
            deadline=deadline,
            arguments=self._given(operands),
            predicate=self._pushed(operands),
            order=fetch.spec.order,
            cursor=None if page.after is None else operands[page.after.index],
            with_total=page.with_total,
            as_of=None if self._day is None else operands[self._day],
            scope=Scope(caller.application, caller.purpose),
        )

    def _given(self, operands: Operands) -> Mapping[str, Any]:
        return {name: operands[place] for name, place in self._arguments} if self._arguments else NO_ARGUMENTS

    def _pushed(self, operands: Operands) -> Predicate | None:
        return None if self._fetch.pushed is None else bind(self._fetch.pushed, operands)


def asking_of(fetch: Fetch) -> Asking:
    """What makes a fetch's requests."""
    made: Asking = fetch.once("asking", lambda: Asking(fetch))
    return made


def first_of(fetch: Fetch, operands: Operands) -> int:
    """How many rows per key, or on a page, the caller wants."""
    first = fetch.spec.first
    assert first is not None
    return int(operands[first.index]) if isinstance(first, Slot) else first
