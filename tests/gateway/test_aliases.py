"""Registers of aliases: what is told of them, and to whom."""

from dataclasses import replace
from typing import Any

from connectors.errors import SourceUnavailable
from connectors.requests import Key
from gateway.fetch.guards import SubjectGuard
from schema.policy.caller import Caller, Operator
from schema.policy.model import Application, Grant, Policy
from tests.cities import harbour_rows as rows
from tests.kit import ALL, ARCHIVE, City, open_catalogue, open_city, read_city

CITIZEN = Caller("citizen", "self", "registry", frozenset({"OWN"}), "OWN", Operator("op-5"), "2026-4")
FORMER = f'enterpriseBy(key: {{ registrationNo: "{rows.OLD_NUMBER}" }})'


def codes(body: dict[str, Any]) -> dict[str, str]:
    return {e["extensions"]["pattern"]: e["extensions"]["code"] for e in body.get("errors", ())}


def granted(*grants: Grant) -> City:
    """The harbour, where the archive has just these grants."""
    catalogue, policy = read_city("harbour")
    archive = replace(policy.applications["archive"], grants=grants)
    return open_catalogue(catalogue, Policy({"archive": archive}), ALL, rows.TABLES)


async def test_a_key_is_told_where_every_register_that_may_name_it_may_be_shown() -> None:
    shown = Grant("G-1", ("market.merger.*",), frozenset(), level=3)
    used = Grant("G-2", ("market.renumbering.*",), frozenset(), level=3, rights=frozenset({"use"}))
    body = await granted(shown, used).ask(f"{{ {FORMER} {{ uscc name }} }}", caller=ARCHIVE)
    assert body["data"]["enterpriseBy"] == {"uscc": None, "name": "港城运输集团"}
    assert codes(body) == {"enterpriseBy.uscc": "DENIED"}
    shown_both = replace(used, rights=frozenset({"use", "show"}))
    body = await granted(shown, shown_both).ask(f"{{ {FORMER} {{ uscc name }} }}", caller=ARCHIVE)
    assert body["data"]["enterpriseBy"] == {"uscc": rows.FLEET, "name": "港城运输集团"}


async def test_rows_that_stand_under_an_alias_count_once() -> None:
    city = open_city()
    document = "query Once($id: CitizenId!) { person(id: $id) { qualifications { number } } }"
    body = await city.ask(document, {"id": rows.MISTAKEN}, ARCHIVE)
    assert len(body["data"]["person"]["qualifications"]) == 2
    assert city.record.notes[-1].detail["rows"]["transport.qualification"] == 2


async def test_a_register_that_is_down_takes_what_is_protected_and_leaves_the_rest_partial() -> None:
    city = open_city(faults={"registry.correction": SourceUnavailable()})
    document = """
      query Down($id: CitizenId!) {
        person(id: $id) { citizenId name qualifications { number } _states { field state } }
      }
    """
    body = await city.ask(document, {"id": rows.CORRECTED}, ARCHIVE)
    person = body["data"]["person"]
    assert person["citizenId"] == rows.CORRECTED
    assert person["name"] is None  # the household register watches over protected persons
    assert person["qualifications"] == [{"number": "Q-7"}]
    assert codes(body) == {"person.name": "SOURCE_DOWN"}
    assert [(one["field"], one["state"]) for one in person["_states"]] == [
        ("name", "SOURCE_DOWN"),
        ("qualifications", "DATA"),
        ("qualifications", "PARTIAL"),
    ]


async def test_a_key_that_a_register_is_too_down_to_tell_is_not_said_to_be_none() -> None:
    """NOT_CONNECTED would say that no register leads there, which nobody knows."""
    city = open_city(faults={"market.renumbering": SourceUnavailable()})
    body = await city.ask(f"{{ {FORMER} {{ uscc }} }}", caller=ARCHIVE)
    assert codes(body) == {"enterpriseBy.uscc": "SOURCE_DOWN"}


async def test_a_register_that_is_down_is_partial_where_it_hides_all_there_is() -> None:
    city = open_city(faults={"registry.correction": SourceUnavailable()})
    document = (
        "query Down($id: CitizenId!) { person(id: $id) { qualifications { number } _states { state } } }"
    )
    body = await city.ask(document, {"id": rows.THIRD}, ARCHIVE)  # all is kept under an older number
    assert body["data"]["person"] == {
        "qualifications": [],
        "_states": [{"state": "DATA"}, {"state": "PARTIAL"}],
    }


async def test_a_subject_has_their_own_records_by_an_old_key_too() -> None:
    own = frozenset({("Person", (rows.CORRECTED,))})
    body = await ask_for_oneself(own, [rows.MISTAKEN, rows.CORRECTED, rows.ZHANG])
    assert [one["person"]["name"] for one in body["data"]["persons"]] == ["刘改", "刘改", None]
    assert codes(body) == {"persons.*.person.name": "DENIED"}


async def test_a_subject_known_by_an_old_key_has_the_records_under_the_current_one() -> None:
    own = frozenset({("Person", (rows.MISTAKEN,))})
    body = await ask_for_oneself(own, [rows.CORRECTED])
    assert [one["person"]["name"] for one in body["data"]["persons"]] == ["刘改"]


async def ask_for_oneself(own: frozenset[tuple[str, Key]], ids: list[str]) -> dict[str, Any]:
    """Ask as a subject who may read the registers in question."""
    catalogue, _ = read_city("harbour")
    grant = Grant("G-3", ("registry.*.*",), frozenset(), level=3)
    application = Application("citizen", "Citizen", "self", "registry", frozenset({"OWN"}), (), (grant,))
    city = open_catalogue(catalogue, Policy({"citizen": application}), ALL, rows.TABLES)
    city.gateway.guards = (*city.gateway.guards, SubjectGuard(lambda _: own))
    document = "query Own($ids: [String!]!) { persons(ids: $ids) { person { name } } }"
    return await city.ask(document, {"ids": ids}, CITIZEN)
