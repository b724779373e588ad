"""What a request costs in calls of Python functions: they do not wobble as times do (ADR 17)."""

from typing import Any

from schema.identifiers import citizen_check_character
from tests.calls import calls_made
from tests.cities.harbour_rows import ZHANG
from tests.gateway.test_tasks import city

ONE = f'{{ person(id: "{ZHANG}") {{ name qualifications {{ number }} }} }}'
MANY = "query($ids: [String!]!) { persons(ids: $ids) { person { name qualifications { number } } } }"


def person(number: int) -> str:
    body = f"5001081990{1 + number % 12:02}{1 + number // 12 % 28:02}{number % 1000:03}"
    return body + citizen_check_character(body)


async def calls_of(document: str, variables: dict[str, Any] | None = None) -> int:
    """The calls of a request whose rows are held."""
    opened = city()
    answer = await opened.ask(document, variables)
    loads = len(opened.loads)
    with calls_made() as made:
        assert await opened.ask(document, variables) == answer
    assert len(opened.loads) == loads
    return len(made)


async def test_what_the_cache_answers_costs_few_calls() -> None:
    assert await calls_of(ONE) <= 132


async def test_one_more_key_costs_few_calls() -> None:
    people = [person(number) for number in range(60)]
    assert len(set(people)) == 60
    few = await calls_of(MANY, {"ids": people[:10]})
    more = await calls_of(MANY, {"ids": people})
    assert (more - few) / 50 <= 25
