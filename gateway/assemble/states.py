"""The one table of states: collected while assembling, given in band and in `extensions`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from gateway.assemble.places import At, Place, ResponsePath, Steps
from gateway.fetch.alias_graph import Way
from gateway.fetch.failures import Failure
from gateway.fetch.result import Result
from schema.catalogue.model import Catalogue, Coverage, Resource
from schema.scalars import SCALARS
from schema.types.states import ALIAS_TITLES


@dataclass(frozen=True, slots=True)
class State:
    """One row of the table."""

    field: str
    """Response keys below the entity, joined by dots."""
    state: str
    message: str
    item: str | None = None
    until: datetime | None = None
    coverage: str | None = None
    as_of: datetime | None = None
    fetched_at: datetime | None = None
    source: str | None = None
    provider: str | None = None
    rule: str | None = None
    alias: str | None = None
    """Registers of aliases by which the rows were found, where that may be told."""
    alias_kinds: tuple[str, ...] = ()
    """Why the old keys gave way."""

    def column(self, name: str, now: datetime) -> Any:
        """The value of one column of `FieldState`."""
        match name:
            case "asOf":
                return self.as_of
            case "fetchedAt":
                return self.fetched_at
            case "age":
                return None if self.fetched_at is None else int((now - self.fetched_at).total_seconds())
            case "aliasKinds":
                return self.alias_kinds
            case "__typename":
                return "FieldState"
        return getattr(self, name)


States = list[State] | None
"""What happened below one entity, in order; `None` where it does not select `_states`."""


class Seen(Struct):
    """One kind of event in the response: where first, and how often."""

    pattern: str
    """The place, with list positions as stars."""
    path: ResponsePath
    state: State
    count: int = 1
    is_error: bool = False
    """Whether it stands in the place of a value, so that the fast path has an error to give."""


class StateTable(Struct):
    """Collects states over a whole response; the same thing at many parents is one row."""

    rows: dict[tuple[Steps, str, str], Seen] = field(default_factory=dict)
    """By place, state and message."""

    def add(self, place: Place, at: At, state: State) -> None:
        """Count one state at a place."""
        identity = (place.steps, state.state, state.message)
        seen = self.rows.get(identity)
        if seen is None:
            self.rows[identity] = Seen(place.pattern, place.path(at), state)
        else:
            seen.count += 1

    def count_again(self, place: Place, state: str, message: str) -> bool:
        """Count a state that was said of the place before; false if it was not."""
        seen = self.rows.get((place.steps, state, message))
        if seen is None:
            return False
        seen.count += 1
        return True

    def mark_error(self, place: Place, state: str, message: str) -> None:
        """A state that was said of the place is why there is no value."""
        self.rows[place.steps, state, message].is_error = True

    def entries(self) -> list[dict[str, Any]]:
        """The rows for `extensions.states`."""
        return [_entry(seen) for seen in self.rows.values()]


def pattern_of(path: ResponsePath) -> str:
    """`persons.*.name`: a path with list positions as stars."""
    return ".".join("*" if isinstance(step, int) else step for step in path)


def _entry(seen: Seen) -> dict[str, Any]:
    state = seen.state
    entry: dict[str, Any] = {
        "path": list(seen.path),
        "pattern": seen.pattern,
        "count": seen.count,
        "state": state.state,
        "message": state.message,
    }
    optional: Mapping[str, Any] = {
        "item": state.item,
        "until": written(state.until),
        "coverage": state.coverage,
        "asOf": written(state.as_of),
        "fetchedAt": written(state.fetched_at),
        "source": state.source,
        "rule": state.rule,
    }
    return entry | {name: value for name, value in optional.items() if value is not None}


def written(moment: datetime | None) -> str | None:
    """A moment as the graph writes it, in data and beside it."""
    return None if moment is None else SCALARS["DateTime"].coerce_output_value(moment)


def of_result(field_path: str, resource: Resource, result: Result, catalogue: Catalogue) -> State:
    """A resource that answered: DATA with its provenance."""
    return State(
        field=field_path,
        state="DATA",
        message=resource.title,
        as_of=result.as_of or result.fetched_at,
        fetched_at=result.fetched_at,
        source=resource.code,
        provider=catalogue.departments[resource.department].title,
    )


def by_aliases(state: State, ways: Iterable[Way]) -> State:
    """The same of rows that were found by old keys, too."""
    kinds = tuple(dict.fromkeys(way.kind.upper() for way in ways if way.kind))
    registers = ", ".join(dict.fromkeys(way.register for way in ways))
    message = (
        "; ".join([state.message.rstrip("."), *(ALIAS_TITLES[kind] for kind in kinds)])
        if kinds
        else state.message
    )
    return replace(state, alias=registers, alias_kinds=kinds, message=message)


def of_failure(field_path: str, failure: Failure, item: str | None = None) -> State:
    """A field that is null with a reason."""
    return State(
        field=field_path,
        state=failure.code,
        message=failure.message,
        item=item,
        until=failure.until,
        source=failure.source,
        rule=failure.rule,
    )


def coverage_text(coverage: Coverage) -> str | None:
    """What a register claims to hold, in one line."""
    parts = [part for part in (coverage.territory, coverage.since and f"since {coverage.since}") if part]
    return ", ".join(parts) or None
