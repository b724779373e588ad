"""Rows -> response. Nothing is asked here and nothing decided.

A plan's shape is compiled once into functions (see `compile.py`); an `Assembler` is what they work with in
one request. There are two builds of them. For the *fast path* they give the finished data and errors are
collected here. For graphql-core they give the same tree with exceptions in the places of failed fields and
plain Python values, which the spliced fields' shared resolver hands on.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from connectors.requests import Key
from gateway.assemble.answers import Answers
from gateway.assemble.compile import compiled
from gateway.assemble.failed import FieldError
from gateway.assemble.functions import States
from gateway.assemble.nodes import NodeBound
from gateway.assemble.places import At, Place
from gateway.assemble.states import State, StateTable, of_failure
from gateway.fetch.failures import Failure
from gateway.fetch.result import Results
from gateway.plan import model
from schema.catalogue.model import Catalogue


class Assembler(Struct):
    """Assembles one request's answer."""

    plan: model.Plan
    operands: model.Operands
    results: Results
    catalogue: Catalogue
    pseudonym: Callable[[str, Key], str]
    cursor: Callable[[model.Fetch, Any], str]
    """Seals the place after a row."""
    now: datetime
    is_final: bool
    """Whether to serialise scalars and collect errors (fast path) or leave both to graphql-core."""
    nodes: NodeBound
    table: StateTable = field(default_factory=StateTable)
    said: dict[tuple[int, int, str], State] = field(default_factory=dict)
    """What is the same for all parents of a place: by place, fetch and code."""

    def data(self) -> dict[str, Any]:
        """All roots, for the fast path."""
        made: dict[str, Any] = {}
        for _ in self._turns(made):
            pass
        return made

    async def data_in_turns(self) -> dict[str, Any]:
        """The same, with turns for others where there is much of it."""
        made: dict[str, Any] = {}
        for _ in self._turns(made):
            await asyncio.sleep(0)
        return made

    def _turns(self, made: dict[str, Any]) -> Iterator[None]:
        """Put all roots into `made`, and pause where others should have their turn."""
        fills_turn = self.nodes.fills_turn
        for path, make in compiled(self.plan, self.catalogue, is_final=self.is_final).items():
            if isinstance(make, Answers):
                answers: list[Any] = []
                made[path[0]] = answers
                for _ in make.parts(self, answers):
                    if fills_turn():
                        yield
            else:
                made[path[0]] = make(self, None)
            if fills_turn():
                yield

    def value(self, entry: model.Entry, key: Key | None = None) -> Any:
        """An entry's value; a hand-written field brings its entity's key."""
        return compiled(self.plan, self.catalogue, is_final=self.is_final)[entry.path](self, key)

    def note(self, place: Place, state: State, at: At, states: States) -> None:
        """Say something of a place: in the table, and to the entity above."""
        self.table.add(place, at, state)
        if states is not None:
            states.append(state)

    def fail(self, place: Place, failure: Failure, at: At, states: States, item: str | None = None) -> Any:
        """Note a failure and give what stands in the field's place."""
        code, message = failure.code, failure.message
        if states is not None or not self.table.counts(place, code, message):
            self.note(place, of_failure(place.name, failure, item), at, states)
        if not self.is_final:
            return FieldError(failure)
        self.table.mark_error(place, code, message)
        return None
