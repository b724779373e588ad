"""What verdicts depend on: the rights of a caller on an item, and nothing else."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import combinations, permutations
from random import Random
from typing import get_args

import pytest

from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.decide import Verdict, decide, rights_on
from schema.policy.model import Grant, Policy, Right
from tests.kit import DESK, NOW, read_city

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


SHOW = frozenset[Right]({"show"})
FULL = Grant("G-7", ("*",), frozenset(), level=3)
MASKED = Grant("G-1", ("registry.*",), frozenset({"PERMIT"}), level=2, rights=SHOW)
CONSENT = Grant("G-3", ("*",), frozenset(), level=4, requires_consent=True)
USED = Grant("G-4", ("registry.household.address",), frozenset(), level=1, rights=frozenset({"use"}))
KINDS = [
    FULL,
    replace(FULL, id="G-2"),
    MASKED,
    replace(MASKED, id="G-9", level=1),
    CONSENT,
    USED,
    replace(USED, rights=frozenset({"match"})),
    replace(FULL, is_revoked=True),
    replace(FULL, purposes=frozenset({"OTHER"})),
]
"""A grant for everything that a verdict of theirs can be."""


CATALOGUE, POLICY = read_city("harbour")


def verdict(caller: Caller, grants: tuple[Grant, ...], name: str, right: Right = "show") -> Verdict:
    """On an item of the household register, for the desk with just these grants."""
    granted = Policy({"desk": replace(POLICY.applications["desk"], grants=grants)})
    resource = CATALOGUE.resources["registry.household"]
    return decide(caller, granted, resource, resource.items[name], right, TODAY)


@pytest.mark.parametrize("caller", [DESK, replace(DESK, case=None), replace(DESK, operator=None)])
@pytest.mark.parametrize("right", RIGHTS)
def test_the_order_of_grants_decides_nothing(caller: Caller, right: Right) -> None:
    for grants in (some for size in (2, 3, 4) for some in combinations(KINDS, size)):
        for name in ("address", "bornOn"):  # with a mask and without, above a level and below it
            found = {verdict(caller, ordered, name, right) for ordered in permutations(grants)}
            assert len(found) == 1, (grants, found)


@pytest.mark.parametrize(
    ("grants", "name", "expected"),
    [
        ((MASKED, CONSENT), "address", ("MASK", "GRANT G-1", "DENIED")),
        ((CONSENT, FULL), "address", ("ALLOW", "GRANT G-7", "DENIED")),
        ((MASKED, replace(MASKED, id="G-0", level=1)), "address", ("MASK", "GRANT G-1", "DENIED")),
        ((replace(MASKED, id="G-2"), MASKED), "address", ("MASK", "GRANT G-1", "DENIED")),
        ((replace(MASKED, level=1), CONSENT), "bornOn", ("DENY", "CONSENT", "CONSENT_REQUIRED")),
        ((replace(MASKED, level=1), USED), "bornOn", ("DENY", "LEVEL", "DENIED")),
        ((USED,), "bornOn", ("DENY", "GRANT_REQUIRED", "DENIED")),
    ],
)
def test_the_best_of_several_grants_holds(
    grants: tuple[Grant, ...], name: str, expected: tuple[str, str, str]
) -> None:
    found = verdict(DESK, grants, name)
    assert (found.kind, found.rule, found.code) == expected


def test_what_the_caller_can_mend_is_said_before_what_others_would_have_to() -> None:
    grants = (CONSENT, MASKED, replace(MASKED, level=1))
    assert verdict(replace(DESK, operator=None), grants, "address").rule == "OPERATOR_REQUIRED"
    assert verdict(replace(DESK, case=None), grants, "address").rule == "CASE_REQUIRED"


def test_of_grants_that_do_not_reach_the_highest_is_named() -> None:
    low, high = replace(MASKED, id="G-1", level=0), replace(MASKED, id="G-2", level=1)
    assert verdict(DESK, (high, low), "bornOn").message == "Grant G-2 reaches level 1, the item is 2."
