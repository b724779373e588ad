"""What verdicts depend on: callers who have the same rights on some resources are told the same of them."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from datetime import date
from itertools import combinations
from typing import get_args

import pytest

from schema.catalogue.model import Resource
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.decide import Verdict, decide, rights_of, rights_on
from schema.policy.model import Policy, Right
from tests.kit import NOW, read_city

TODAY = NOW.date()


def callers(policy: Policy) -> Iterator[Caller]:
    """Everyone who may come: each application for each of its purposes, with and without operator and case."""
    yield ANONYMOUS
    for one in policy.applications.values():
        for purpose in (None, *sorted(one.purposes)):
            for operator, case in ((None, None), (Operator("o"), None), (Operator("o"), "c")):
                yield Caller(one.name, one.audience, one.department, one.purposes, purpose, operator, case)


def verdicts(caller: Caller, policy: Policy, resource: Resource, today: date) -> list[Verdict]:
    rights: tuple[Right, ...] = get_args(Right)
    return [
        decide(caller, policy, resource, item, right, today)
        for item in resource.items.values()
        for right in rights
    ]


@pytest.mark.parametrize("city", ["harbour", "fjord"])
def test_the_same_rights_on_resources_are_the_same_verdicts(city: str) -> None:
    catalogue, policy = read_city(city)
    everyone = list(callers(policy))
    told = {
        (one, code): verdicts(one, policy, resource, TODAY)
        for one in everyone
        for code, resource in catalogue.resources.items()
    }
    shared = 0
    for some in [(one,) for one in catalogue.resources.values()] + list(
        combinations(catalogue.resources.values(), 2)
    ):
        alike: dict[Hashable, list[Caller]] = defaultdict(list)
        for caller in everyone:
            alike[rights_on(some, caller, policy, TODAY)].append(caller)
        for group in alike.values():
            shared += len({rights_of(one) for one in group}) - 1
            for resource in some:
                assert all(told[one, resource.code] == told[group[0], resource.code] for one in group)
    assert shared > 100, "callers are alike on much that they do not share"
