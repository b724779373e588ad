"""Fetches counted before planning are never more than planning finds: honest documents are not refused."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from graphql import parse
from hypothesis import HealthCheck, assume, given, settings

from gateway.document.literals import take_texts
from gateway.plan.build import build_draft
from gateway.plan.fetch_count import count_fetches
from gateway.plan.model import Draft
from gateway.plan.shape import Denied
from gateway.plan.symbols import shape_of
from tests.cities.harbour_rows import ZHANG
from tests.differential.documents import Asked, documents
from tests.differential.test_oracle import VALUES, WRONG_IDS
from tests.kit import NOW, open_city

CITY = open_city()
VIEW = CITY.gateway.snapshot.closed


def drafted(text: str, variables: Mapping[str, Any]) -> Draft:
    """What planning reads off a document before rights are looked at."""
    asked = VIEW.documents.ask(text, None, variables)
    given = VIEW.documents.coerce_with_words(asked.operation, asked.raw_variables)
    symbolic = given._replace(coerced=shape_of(VIEW.schema, asked.operation.node, given.coerced))
    return build_draft(
        VIEW.schema, CITY.catalogue, asked.document.node, asked.operation.node, symbolic, NOW.date()
    )[0]


def unreached(shape: Any) -> Iterator[Denied]:
    """Fields of a shape that no fetch is made for: the key does not lead there, or there is no history."""
    if isinstance(shape, Denied):
        yield shape
    elif isinstance(shape, Mapping):
        for inner in shape.values():
            yield from unreached(inner)
    elif isinstance(shape, tuple):
        for inner in shape:
            yield from unreached(inner)
    elif is_dataclass(shape) and type(shape).__module__ == Denied.__module__:
        for one in fields(shape):
            yield from unreached(getattr(shape, one.name))


def counted(text: str) -> int:
    return count_fetches(VIEW.schema, parse(text), is_lifted=take_texts(text) is not None)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=documents(VIEW.schema, VALUES, WRONG_IDS))
def test_no_more_is_counted_than_is_planned(asked: Asked) -> None:
    """Were everything included: what a literal skips is counted."""
    text, variables = asked
    draft = drafted(text.replace(" @skip(if: true)", ""), variables)
    assume(not any(True for entry in draft.entries for _ in unreached(entry.shape)))
    assert counted(text) <= len(draft.specs)


PERSON = f'person(id: "{ZHANG}")'
COUNTED = {
    "{ catalogue { total } __typename }": 0,
    f"{{ {PERSON} {{ id citizenId __typename _states {{ field }} }} }}": 0,
    f"{{ {PERSON} {{ name sex }} }}": 1,
    f"{{ {PERSON} {{ name qualifications {{ number }} }} }}": 2,
    f"{{ {PERSON} {{ a: qualifications {{ number }} b: qualifications {{ grade }} }} }}": 1,
    f"{{ {PERSON} {{ a: qualifications(first: 1) {{ number }} qualifications(first: 2) {{ grade }} }} }}": 2,
    f"{{ {PERSON} {{ qualifications {{ operator {{ name penalties {{ fact }} }} }} }} }}": 3,
    f"{{ {PERSON} {{ education {{ enrolments {{ school }} }} }} }}": 1,
    f"{{ {PERSON} {{ ...a ...a }} }} fragment a on Person {{ name }}": 1,
    f"{{ {PERSON} {{ ...a }} }} fragment a on Person {{ ...a name }}": 1,
    f"{{ a: {PERSON} {{ name }} b: {PERSON} {{ name }} }}": 2,
    f"{{ {PERSON} {{ name }} {PERSON} {{ sex qualifications {{ number }} }} {PERSON} {{ qualifications {{ grade }} }} }}": 2,
    "query($i: CitizenId!) { a: person(id: $i) { name } b: person(id: $i) { sex } }": 1,
    "query($i: CitizenId!) { person(id: $i) { name } personBy(key: { citizenId: $i }) { sex } }": 1,
    '{ persons(ids: ["a"]) { code person { name qualifications { number } } } }': 2,
    "{ companies { nodes { name legalRepresentative { ... on Person { name } ... on Enterprise { name } } } } }": 3,
    "{ companies { edges { node { name } } } }": 1,
    "{ a: companies(where: {}) { nodes { name } } b: companies(orderBy: [], where: null) { nodes { name } } }": 1,
    "{ a: companies(where: { name: {} }) { nodes { name } } companies { nodes { name } } }": 1,
    "{ nonsense { more } }": 0,
    "query A { companies { nodes { name } } } query B { catalogue { total } }": 1,
}  # fmt: skip


@pytest.mark.parametrize("text", COUNTED)
def test_places_that_ask_the_same_are_counted_once(text: str) -> None:
    assert counted(text) == COUNTED[text]


async def test_as_many_fetches_as_are_allowed_are_answered() -> None:
    fields_ = " ".join(f"a{n}: qualifications(first: {n + 1}) {{ number }}" for n in range(100))
    body = await open_city().ask(f"query($i: CitizenId!) {{ person(id: $i) {{ {fields_} }} }}", {"i": ZHANG})
    assert "errors" not in body
    assert len(body["data"]["person"]) == 100
