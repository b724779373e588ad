"""One request's assembly: what the functions of a compiled plan work with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from connectors.requests import Key
from gateway.assemble.field_error import FieldError
from gateway.assemble.nodes import NodeBound
from gateway.assemble.places import At, Place
from gateway.assemble.states import State, States, StateTable, of_failure
from gateway.fetch.failures import Failure
from gateway.fetch.result import Results
from gateway.plan.model import Fetch, Operands
from schema.catalogue.model import Catalogue


class Assembly(Struct):
    """The rows that were fetched, and what is said of the answer while it is made of them."""

    operands: Operands
    results: Results
    catalogue: Catalogue
    pseudonym: Callable[[str, Key], str]
    cursor: Callable[[Fetch, Any], str]
    """Seals the place after a row."""
    now: datetime
    is_final: bool
    """Whether to serialise scalars and collect errors (fast path) or leave both to graphql-core."""
    nodes: NodeBound
    table: StateTable = field(default_factory=StateTable)
    shared_states: dict[tuple[int, int, str], State] = field(default_factory=dict)
    """What is the same for all parents of a place: by place, fetch and code."""

    def note(self, place: Place, state: State, at: At, states: States) -> None:
        """Say something of a place: in the table, and to the entity above."""
        self.table.add(place, at, state)
        if states is not None:
            states.append(state)

    def fail(self, place: Place, failure: Failure, at: At, states: States, item: str | None = None) -> Any:
        """Note a failure and give what stands in the field's place."""
        code, message = failure.code, failure.message
        if states is not None or not self.table.count_again(place, code, message):
            self.note(place, of_failure(place.name, failure, item), at, states)
        if not self.is_final:
            return FieldError(failure)
        self.table.mark_error(place, code, message)
        return None
