"""What verdicts depend on: callers who have the same rights on some resources are told the same of them."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from random import Random
from typing import get_args

import pytest

from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.decide import Verdict, decide, rights_on
from schema.policy.model import Policy, Right
from tests.kit import NOW, read_city

TODAY = NOW.date()
RIGHTS: tuple[Right, ...] = get_args(Right)


def callers(policy: Policy) -> Iterator[Caller]:
    """Everyone who may come: each application for each of its purposes, with and without operator and case."""
    yield ANONYMOUS
    for one in policy.applications.values():
        for purpose in (None, *sorted(one.purposes)):
            for operator, case in ((None, None), (Operator("o"), None), (Operator("o"), "c")):
                yield Caller(one.name, one.audience, one.department, one.purposes, purpose, operator, case)


def verdicts(caller: Caller, policy: Policy, resource: Resource, item: Item) -> list[Verdict]:
    return [decide(caller, policy, resource, item, right, TODAY) for right in RIGHTS]


@pytest.mark.parametrize("city", ["harbour", "fjord"])
def test_the_same_rights_on_items_are_the_same_verdicts(city: str) -> None:
    catalogue, policy = read_city(city)
    everyone = list(callers(policy))
    items = [
        (resource, item) for resource in catalogue.resources.values() for item in resource.items.values()
    ]
    draw = Random(7)
    shared = 0
    for some in [[one] for one in items] + [draw.sample(items, draw.randint(2, 6)) for _ in range(300)]:
        alike: dict[Hashable, list[Caller]] = defaultdict(list)
        for caller in everyone:
            alike[rights_on(some, caller, policy, TODAY)].append(caller)
        for first, *others in alike.values():
            shared += len(others)
            for one in others:
                assert [verdicts(one, policy, *each) for each in some] == [
                    verdicts(first, policy, *each) for each in some
                ]
    assert shared > 1_000, "callers are alike on much that they do not share"
