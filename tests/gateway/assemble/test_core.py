"""Items on the entity itself: what is put in at once is what would be put in one by one."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.assemble import core
from gateway.assemble.assemble import assemble
from gateway.assemble.assembly import Assembly
from gateway.assemble.nodes import NodeBound
from gateway.assemble.respond import finished_body
from gateway.fetch.environment import Environment
from gateway.fetch.failures import Failure
from gateway.fetch.keys import read_ids
from gateway.fetch.result import Result, Results, Rows
from gateway.fetch.run import FetchRun
from gateway.plan.model import Operands, Plan
from schema.catalogue.model import Catalogue
from schema.values import Invalid
from tests.cities import harbour_rows as rows
from tests.kit import DESK, open_city

PERSONS = """query($ids: [String!]!) { persons(ids: $ids) { code person { id citizenId name sex address nameMasked
  bornOn qualifications { number categoryLabel validTo operator { uscc name capital } }
  education { enrolments { school year } } transport { vehicles { __typename } } } } }"""
ENTERPRISES = f"""{{ one: enterprise(uscc: "{rows.FLEET}") {{ name capital tax {{ __typename }} }}
  other: enterprise(uscc: "{rows.SOCIETY}") {{ uscc name capital again: name legalRepresentative {{ __typename }} }} }}"""
"""Different registers are the authority for them."""


@dataclass(frozen=True)
class Fetched:
    """A document, planned and fetched."""

    plan: Plan
    operands: Operands
    results: Results
    catalogue: Catalogue

    def body(self, results: Results) -> bytes:
        """The answer, from these results instead."""
        assembly = Assembly(
            operands=self.operands,
            results=results,
            catalogue=self.catalogue,
            pseudonym=lambda entity, key: f"{entity}:{key}",
            cursor=lambda _fetch, _place: "",
            now=datetime(2026, 7, 1, tzinfo=UTC),
            is_final=True,
            nodes=NodeBound(10_000),
        )
        return finished_body(assemble(self.plan, assembly), assembly.table, quiet_states=False)


async def fetch(document: str, variables: dict[str, Any]) -> Fetched:
    city = open_city()
    gateway = city.gateway
    view = gateway.snapshot.view("share")
    asked = view.documents.ask(document, None, variables)
    plan, operands = gateway.plan(gateway.snapshot, view, DESK, asked, gateway.now())
    operands = read_ids(plan, operands)
    deadline = asyncio.get_running_loop().time() + 5
    results = await FetchRun(plan, operands, Environment(gateway.connector, DESK, deadline)).run()
    return Fetched(plan, operands, results, city.catalogue)


def results_like(results: Results) -> st.SearchStrategy[Results]:
    """The same fetches with other answers: withheld, empty, cut, stale, spoiled or not there at all."""
    entries = {
        id_: st.fixed_dictionaries({}, optional={key: entry_like(one) for key, one in result.entries.items()})
        for id_, result in results.items()
    }
    stale = {id_: st.booleans() for id_ in results}
    return st.builds(
        lambda chosen, stale: {
            id_: Result(
                chosen[id_], result.fetched_at, result.as_of, stale[id_], identities=result.identities
            )
            for id_, result in results.items()
        },
        st.fixed_dictionaries(entries),
        st.fixed_dictionaries(stale),
    )


def entry_like(entry: Rows | Failure) -> st.SearchStrategy[Rows | Failure]:
    failure = st.just(Failure("SOURCE_DOWN", "down", source="a.b"))
    if isinstance(entry, Failure):
        return failure
    spoiled = tuple(tuple(Invalid("x") for _ in row) for row in entry.rows)
    rows_of = st.sampled_from([entry.rows, entry.rows, (), spoiled])
    return st.builds(Rows, rows_of, st.booleans(), st.booleans()) | failure


@pytest.mark.parametrize("name", ["persons", "enterprises"])
async def test_at_once_and_one_by_one_are_the_same(name: str) -> None:
    ids = [rows.ZHANG, rows.LI, rows.CHILD, "x", rows.X_CHECK, rows.ZHANG]
    document, variables = {"persons": (PERSONS, {"ids": ids}), "enterprises": (ENTERPRISES, {})}[name]
    at_once = await fetch(document, variables)
    one_by_one = await fetch(document, variables)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "_answers", lambda *_: "False")
        one_by_one.body(one_by_one.results)  # compiled by this

    @given(results_like(at_once.results))
    def hold(results: Results) -> None:
        assert at_once.body(results) == one_by_one.body(results)

    hold()
