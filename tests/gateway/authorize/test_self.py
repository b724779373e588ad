"""Who asks for itself sees what everyone may see, and of all else what hangs on it; alone, listed or counted."""

from typing import Any

import pytest

from gateway.fetch.guards import SubjectGuard
from schema.policy.caller import Caller, Operator
from schema.policy.model import Application, Grant, Policy
from tests.cities import harbour_rows as rows
from tests.kit import ALL, City, open_catalogue, read_city

AGENT = Caller("agent", "self", None, frozenset({"OWN"}), "OWN", Operator("op-6"), "2026-5")
ENTERPRISE = 'enterprise(uscc: "%s") { %s }'
PAID = ("market.tax.paid", "market.tax.grade")
REPRESENTATIVE = ("market.company.legalRepresentative",)
PROFILE = ("market.profile.tradeName", "market.profile.since")


def harbour(*items: str) -> City:
    """The harbour with the agent of an enterprise, who may see these items in full."""
    catalogue, _ = read_city("harbour")
    grant = Grant("G-1", items, frozenset(), level=4)
    agent = Application("agent", "Agent", "self", None, frozenset({"OWN"}), (), (grant,))
    city = open_catalogue(catalogue, Policy({"agent": agent}), ALL, rows.TABLES)
    own = frozenset({("Enterprise", (rows.FLEET,))})
    city.gateway.guards = (*city.gateway.guards, SubjectGuard(lambda _: own))
    return city


def rules(body: dict[str, Any]) -> dict[str, str]:
    return {e["extensions"]["pattern"]: e["extensions"]["rule"] for e in body.get("errors", ())}


@pytest.mark.parametrize(
    ("granted", "selection", "refused"),
    [
        (PAID, "tax { paid }", "enterprise.tax"),
        (PAID, "tax { grade }", "enterprise.tax"),
        (
            REPRESENTATIVE,
            "legalRepresentative { ... on Enterprise { uscc } }",
            "enterprise.legalRepresentative",
        ),
        (PROFILE, "market { profile { tradeName } }", "enterprise.market.profile"),
        (PROFILE, "market { profile { __typename } }", "enterprise.market.profile"),
    ],
)
async def test_of_others_it_sees_no_item_that_is_not_everyones(
    granted: tuple[str, ...], selection: str, refused: str
) -> None:
    """Though others of the same resource are: a grant gives it its own."""
    city = harbour(*granted)
    own = await city.ask(f"{{ {ENTERPRISE % (rows.FLEET, selection)} }}", caller=AGENT)
    assert "errors" not in own
    asked = len(city.loads)
    others = await city.ask(f"{{ {ENTERPRISE % (rows.SHOP, selection)} }}", caller=AGENT)
    assert rules(others) == {refused: "NOT_SELF"}
    assert len(city.loads) == asked


@pytest.mark.parametrize(
    "selection", ["name capital", "penalties { decisionNo }", "penalties { __typename }"]
)
async def test_of_others_it_sees_what_everyone_sees(selection: str) -> None:
    body = await harbour().ask(f"{{ {ENTERPRISE % (rows.SHOP, selection)} }}", caller=AGENT)
    assert "errors" not in body


@pytest.mark.parametrize(
    ("granted", "selection"),
    [
        (PAID, "taxpayers { nodes { paid } }"),
        (PAID, "taxpayers { nodes { grade } }"),
        (PAID, "taxpayers { pageInfo { endCursor } }"),
        (REPRESENTATIVE, "companies { nodes { name legalRepresentative { __typename } } }"),
        (PROFILE, "profiles { totalCount }"),
        (PROFILE, "profiles { nodes { tradeName } }"),
    ],
)
@pytest.mark.parametrize("beside", ["", " catalogue { total }"])
async def test_it_lists_nothing_that_is_not_everyones(
    granted: tuple[str, ...], selection: str, beside: str
) -> None:
    city = harbour(*granted)
    body = await city.ask(f"{{ {selection}{beside} }}", caller=AGENT)
    assert rules(body) == {selection.split()[0]: "NOT_SELF"}
    assert body["data"][selection.split()[0]] is None
    assert city.loads == []


@pytest.mark.parametrize(
    "selection",
    [
        "companies { totalCount }",
        "companies { nodes { name } }",
        'penaltyRecords(where: { fact: { eq: "超载" } }) { totalCount }',
    ],
)
async def test_it_lists_what_everyone_lists(selection: str) -> None:
    assert "errors" not in await harbour(*REPRESENTATIVE).ask(f"{{ {selection} }}", caller=AGENT)
