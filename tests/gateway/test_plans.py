"""Plans are made once for the shape of a request, and never hold what a request brings."""

import gc
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from gateway.document.document import Document
from gateway.document.front_door import FrontDoor
from gateway.document.measure import DocumentLimits
from gateway.errors import GatewayError
from gateway.plan.cache import PLAN_BYTES, SELECTION_BYTES, PlanBudget, PlanCache, Planned
from gateway.snapshot import take_snapshot
from tests.cities import harbour_rows as rows
from tests.kit import ALL, ANONYMOUS, DESK, FILING, STRANGER, City, open_city

DOCUMENT = """query($who: CitizenId!, $first: Int, $where: TransportQualificationWhere, $named: Boolean = true) {
  person(id: $who) { name @include(if: $named) qualifications(first: $first, where: $where) { number } } }"""


def plans_made(city: City, document: str = DOCUMENT) -> int:
    return city.gateway.snapshot.closed.documents.read(document)[0].plans.made


def keys(documents: FrontDoor) -> list[bytes]:
    return [key for key, _ in documents.known.items()]


async def numbers(city: City, **variables: Any) -> list[str]:
    body = await city.ask(DOCUMENT, {"who": rows.ZHANG, **variables})
    return [row["number"] for row in body["data"]["person"]["qualifications"]]


async def test_operands_never_make_another_plan() -> None:
    city = open_city()
    assert await numbers(city, first=2) == ["Q-1", "Q-2"]
    assert await numbers(city, first=1) == ["Q-1"]
    assert await numbers(city, who=rows.X_CHECK, first=3) == ["Q-5"]
    assert plans_made(city) == 1


async def test_another_shape_is_another_plan() -> None:
    city = open_city()
    assert len(await numbers(city)) == 3
    assert await numbers(city, where={"points": {"ge": 3}}) == ["Q-3"]
    assert await numbers(city, where={"points": {"ge": 1}}) == ["Q-2", "Q-3"]
    assert await numbers(city, where={"number": {"in": ["Q-1", "Q-3"]}}) == ["Q-1", "Q-3"]
    assert await numbers(city, where={"number": {"in": ["Q-2"]}}) == ["Q-2"]
    assert plans_made(city) == 3
    body = await city.ask(DOCUMENT, {"who": rows.ZHANG, "named": False})
    assert "name" not in body["data"]["person"]
    assert plans_made(city) == 4


async def test_callers_share_a_plan_only_with_the_same_rights() -> None:
    city = open_city(ALL)
    document = f'query {{ person(id: "{rows.ZHANG}") {{ name }} }}'
    allowed, refused = await city.ask(document), await city.ask(document, caller=STRANGER)
    assert allowed["data"]["person"]["name"] == "张伟"
    assert refused["data"]["person"]["name"] is None
    for caller in (replace(DESK, case=None), replace(DESK, operator=None), replace(DESK, purpose="OTHER")):
        assert (await city.ask(document, caller=caller))["data"]["person"]["name"] is None
    colleague = replace(DESK, case="2026-2")
    assert (await city.ask(document, caller=colleague))["data"]["person"]["name"] == "张伟"
    assert plans_made(city, document) == 4, "a stranger and a desk of another purpose are refused alike"
    assert "errors" in await city.ask(document, caller=ANONYMOUS)


async def test_callers_that_differ_on_what_is_not_touched_share_a_plan() -> None:
    city = open_city(ALL)
    document = "{ companies(first: 1) { nodes { name } } }"
    first = await city.ask(document)
    assert first["data"]["companies"]["nodes"][0]["name"] is not None
    for caller in (
        replace(DESK, case=None),
        replace(DESK, operator=None),
        replace(DESK, purpose="OTHER"),
        STRANGER,
        FILING,
    ):
        assert await city.ask(document, caller=caller) == first
    assert plans_made(city, document) == 1


async def test_a_plan_holds_nothing_that_a_request_brought() -> None:
    city = open_city()
    await numbers(city, who=rows.LI, where={"number": {"eq": "secret"}})
    plans = city.gateway.snapshot.closed.documents.read(DOCUMENT)[0].plans
    assert plans.made == 1
    assert rows.LI not in repr(plans.kept())
    assert "secret" not in repr(plans.kept())


async def test_first_is_bounded_whatever_the_plan() -> None:
    city = open_city()
    assert await numbers(city, first=3)
    for first in (0, -1, 1_001):
        body = await city.ask(DOCUMENT, {"who": rows.ZHANG, "first": first})
        assert body["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_documents_that_differ_in_their_texts_are_one() -> None:
    city = open_city()
    documents = city.gateway.snapshot.closed.documents
    for number in range(1_000):
        who = rows.ZHANG if number % 2 else rows.LI
        text = f'{{ person(id: "{who}") {{ qualifications(where: {{ number: {{ ne: "N{number}" }} }}) {{ number }} }} }}'
        document, texts = documents.read(text)
        assert list(texts.values()) == [who, f"N{number}"]
    assert documents.parsed == 1
    for number, expected in ((1, ["Q-2", "Q-3"]), (2, ["Q-1", "Q-3"])):
        text = f'{{ person(id: "{rows.ZHANG}") {{ qualifications(where: {{ number: {{ ne: "Q-{number}" }} }}) {{ number }} }} }}'
        body = await city.ask(text)
        assert [row["number"] for row in body["data"]["person"]["qualifications"]] == expected
    assert (documents.parsed, document.plans.made) == (1, 1)
    assert rows.ZHANG not in repr((keys(documents), document.plans.kept()))


async def test_texts_that_are_not_lifted_mean_what_they_say() -> None:
    city = open_city()
    for text, found in (
        (f'query($i: CitizenId = "{rows.ZHANG}") {{ person(id: $i) {{ name }} }}', "张伟"),
        (f'query($i: CitizenId = "{rows.LI}") {{ person(id: $i) {{ name }} }}', "李秀英"),
        (f'# "not" a text\n{{ person(id: "{rows.ZHANG}") {{ name }} }}', "张伟"),
        (f'{{ person(id: """{rows.LI}""") {{ name }} }}', "李秀英"),
        (f'query A($on: Boolean = true) {{ person(id: "\\u0035{rows.LI[1:]}") {{ name @include(if: $on) }} }}', "李秀英"),
    ):  # fmt: skip
        body = await city.ask(text)
        assert body["data"]["person"]["name"] == found, text
    for bad in ('{ person(id: "x") { name } }', f'{{ person(id: "{rows.ZHANG}", no: "x") {{ name }} }}'):
        assert (await city.answer(bad)).status == 400
    assert (await city.ask(f'{{ person(id: "{rows.LI}") {{ name }} }}'))["data"]["person"]["name"] == "李秀英"
    known = repr(keys(city.gateway.snapshot.closed.documents))
    assert rows.ZHANG not in known
    assert rows.LI not in known


@pytest.mark.parametrize(
    "text",
    [
        "{{ person(id: {id}) {{ name }} }}",
        '{{ person(id: {id}, asOf: "2020-01-01") {{ name }} }}',
        "{{ companies(where: {{ capital: {{ ne: {id} }} }}) {{ totalCount }} }}",
        "query q{id} {{ companies {{ a{id}: totalCount }} }} # {id}",
        '{{ companies(where: {{ name: {{ ne: "{id}" }} }}) {{ totalCount }} }} # {id}',
        'query($n: String = "{id}") {{ __type(name: $n) {{ name }} }}',
        "{{ t{id}: __schema {{ queryType {{ name }} }} }}",
        "query q{id}($v{id}: Int = 1) {{ companies(first: $v{id}) {{ totalCount }} }}",
        "query q{id}($v{id}: [MarketPenaltySearchOrder!] = [{{ fact: DESC }}]) {{ penaltyRecords(orderBy: $v{id}) {{ totalCount }} }}",
    ],
)
async def test_no_key_of_what_is_kept_holds_an_identifier(text: str) -> None:
    city = open_city()
    await city.answer(text.format(id=rows.ZHANG))
    view = city.gateway.snapshot.closed
    read = [one for _, one in view.documents.known.items() if isinstance(one, Document)]
    plans = [kept.key for one in read for kept in one.plans.kept()]
    recipes = [recipe for one in view.documents.known.in_use(100, 100) for recipe in one.plans]
    kept = [*keys(view.documents), *view.publisher.shelf._kept]
    assert kept
    assert plans or not read or "__" in text
    assert rows.ZHANG not in repr((kept, plans, recipes))


async def test_what_is_refused_for_an_empty_text_is_not_refused_with_another() -> None:
    city = open_city()
    for id_, status in (("", 400), (rows.LI, 200), ("", 400)):
        assert (await city.answer(f'{{ person(id: "{id_}") {{ name }} }}')).status == status


def test_documents_are_kept_within_a_bound_on_memory() -> None:
    city = open_city()
    door = FrontDoor(city.gateway.snapshot.closed.schema, DocumentLimits(max_cached_bytes=100_000))
    for number in range(50):
        door.ask(f"{{ a{number}: __typename }}", None, {})
        with suppress(GatewayError):
            door.ask(f"{{ b{number} }}", None, {})
    assert 15 < len(door.known) < 25
    assert 90_000 < door.known.bytes <= 100_000


async def test_plans_go_with_their_document() -> None:
    city = open_city()
    before = city.gateway.snapshot
    limits = DocumentLimits(max_cached=2)
    city.gateway.snapshot = take_snapshot(before.catalogue, before.policy, limits, before=before)
    known = city.gateway.snapshot.closed.documents.known
    for number in range(5):
        await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ a{number}: name }} }}')
    assert len(known) == len(known.plans) == 2
    assert known.plans.bytes == 2 * (PLAN_BYTES + 2 * SELECTION_BYTES)
    known.clear()
    assert known.plans.bytes == 0


SMALL = '{{ person(id: "{id}") {{ a{n}: name }} }}'
WIDE = '{{ person(id: "{id}") {{ {names} qualifications {{ {numbers} }} }} }}'
DEEP = """{{ person(id: "{id}") {{ a{n}: name sex qualifications {{ number category operator {{ name market {{
    profile {{ tradeName }} }} legalRepresentative {{ ... on Person {{ name sex }} }} }} }} }} }}"""


@pytest.mark.parametrize("template", [SMALL, WIDE, DEEP])
async def test_documents_and_plans_take_about_the_memory_they_are_said_to(template: str) -> None:
    def text(n: int) -> str:
        names = " ".join(f"a{n}_{place}: name s{n}_{place}: sex" for place in range(25))
        numbers = " ".join(f"c{n}_{place}: number d{n}_{place}: category" for place in range(25))
        return template.format(id=rows.ZHANG, n=n, names=names, numbers=numbers)

    city = open_city()
    for n in range(1_000, 1_010):
        assert "errors" not in await city.ask(text(n))
    known = city.gateway.snapshot.closed.documents.known

    def said() -> int:
        return known.bytes + known.plans.bytes

    gc.collect()
    before = said()
    tracemalloc.start()
    try:
        for n in range(20):
            await city.ask(text(n))
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 < (said() - before) / taken < 2


async def test_plans_of_many_terms_take_about_the_memory_they_are_said_to() -> None:
    """One document, asked in ever other shapes."""
    city = open_city()
    budget = city.gateway.snapshot.closed.documents.known.plans

    async def ask(terms: int) -> None:
        await numbers(city, where={"or": [{"number": {"ne": "none"}}] * terms})

    await ask(1)
    gc.collect()
    before = budget.bytes
    tracemalloc.start()
    try:
        for terms in range(80, 120):
            await ask(terms)
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 < (budget.bytes - before) / taken < 2


def test_all_documents_keep_the_plans_that_were_used_last() -> None:
    budget = PlanBudget(max_plans=3)
    one, other = PlanCache(budget), PlanCache(budget)
    forgotten = []

    class Plan:
        """None of them is run."""

        def __init__(self, name: str) -> None:
            self.name = name

        def forget(self) -> None:
            forgotten.append(self.name)

    def questions(cache: PlanCache) -> list[str]:
        return sorted(str(kept.key[0]) for kept in cache.kept())

    def use(cache: PlanCache, question: str) -> None:
        made: Any = Planned(Plan(question), (), None)  # type: ignore[arg-type]
        key = (question, "rights")
        if cache.get(key) is None:
            cache.find(key, lambda decided: decided, lambda: made)

    for question in "abc":
        use(one, question)
    use(one, "a")
    use(other, "x")  # "b" was used longest ago
    assert (questions(one), questions(other), len(budget)) == (["a", "c"], ["x"], 3)
    use(one, "b")
    assert (questions(one), one.made) == (["a", "b"], 4)
    assert forgotten == ["b", "c"]
