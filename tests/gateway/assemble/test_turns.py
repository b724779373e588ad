"""A large answer is made in turns: whoever else is on the loop waits for a part of it, and not for all."""

from typing import Any

from gateway.assemble.answers import IDS_OF_A_PART
from gateway.assemble.nodes import NODES_OF_A_TURN
from schema.identifiers import citizen_check_character
from tests.kit import open_city
from tests.turns import turns_beside

FIELDS = [f"f{number}" for number in range(50)]
DOCUMENT = f"""query ($ids: [String!]!) {{
  persons(ids: $ids) {{ code person {{ {" ".join(f"{one}: citizenId" for one in FIELDS)} }} }}
}}"""


def people(count: int) -> list[str]:
    bodies = [f"500000{1950 + number // 500}0101{number % 500:03d}" for number in range(count)]
    return [body + citizen_check_character(body) for body in bodies]


async def test_a_large_answer_is_made_in_turns() -> None:
    city = open_city()
    ids = people(1_000)
    small, few = await turns_beside(city.ask(DOCUMENT, {"ids": ids[:IDS_OF_A_PART]}))
    large, many = await turns_beside(city.ask(DOCUMENT, {"ids": ids}))
    assert many - few >= len(ids) * len(FIELDS) // NODES_OF_A_TURN - 1
    assert large == answer(ids)
    assert small == answer(ids[:IDS_OF_A_PART])


async def test_many_small_roots_are_made_in_turns() -> None:
    city = open_city()
    roots = {f"r{number}": one for number, one in enumerate(people(25))}
    lists = " ".join(
        f"{root}: persons(ids: $ids) {{ person {{ {' '.join(f'{one}: citizenId' for one in FIELDS)} }} }}"
        for root in roots
    )
    ids = people(40)
    found, many = await turns_beside(city.ask(f"query ($ids: [String!]!) {{ {lists} }}", {"ids": ids}))
    assert list(found["data"]) == list(roots)
    assert many >= len(roots) * len(ids) * len(FIELDS) // NODES_OF_A_TURN


def answer(ids: list[str]) -> dict[str, Any]:
    return {"data": {"persons": [{"code": "OK", "person": dict.fromkeys(FIELDS, one)} for one in ids]}}
