"""What a disclosure leaves in the record: every answer that tells something of somebody, and of whom."""

import asyncio
import gc
from dataclasses import replace
from typing import Any

import pytest
import strawberry

from gateway.audit.event import Event, RecordUnavailable
from gateway.errors import PurposeRefused, RecordRefused
from gateway.identity.identify import Identify, key_hash
from schema.catalogue.model import Opening
from schema.policy.model import Application, Policy
from schema.predicate import Compare
from tests.cities import harbour_rows as rows
from tests.kit import (
    ALL,
    ANONYMOUS,
    ARCHIVE,
    PSEUDONYMS,
    City,
    KeptRecord,
    open_catalogue,
    open_city,
    read_city,
    recorded,
)

WIFE = PSEUDONYMS.subject("Person", (rows.X_CHECK,))


def without_corrections() -> City:
    """The harbour, where no register says that a person's key is another's alias."""
    catalogue, policy = read_city("harbour")
    resources = {code: replace(one, aliases=None) for code, one in catalogue.resources.items()}
    return open_catalogue(replace(catalogue, resources=resources), policy, ALL, rows.TABLES)


@pytest.mark.parametrize("root", ['person(id: "{}") {{ {} }}', 'persons(ids: ["{}"]) {{ person {{ {} }} }}'])
async def test_that_there_is_a_record_is_recorded(root: str) -> None:
    city = open_city()
    inner = "qualifications { __typename } registry { marriages { __typename wife { __typename } } }"
    await city.ask(f"{{ {root.format(rows.ZHANG, inner)} }}")
    (intent,) = [event for event in city.record.events if event.kind == "intent"]
    assert intent.items == (
        "registry.marriage.wife:use",
        "registry.marriage:exists",
        "transport.qualification:exists",
    )
    assert intent.subjects == (PSEUDONYMS.subject("Person", (rows.ZHANG,)),)
    (outcome,) = city.record.notes
    assert outcome.detail["rows"] == {"registry.marriage": 1, "transport.qualification": 3}


@pytest.mark.parametrize("inner", ["totalCount", "edges { cursor }", "nodes { __typename }"])
async def test_that_a_collection_has_rows_is_recorded(inner: str) -> None:
    city = open_city()
    await city.ask(f"{{ penaltyRecords {{ {inner} }} }}")
    assert [event.items for event in city.record.events] == [("market.penalty:exists",)]


async def test_what_is_shown_of_rows_says_that_they_exist() -> None:
    city = open_city()
    await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ qualifications {{ __typename number }} }} }}')
    (intent,) = city.record.events
    assert intent.items == ("transport.qualification.number:show",)


@pytest.mark.parametrize("told", ["citizenId", "id", "citizenId id", "name"])
@pytest.mark.parametrize("city", [open_city, without_corrections])
async def test_whom_a_link_names_is_recorded(told: str, city: Any) -> None:
    opened: City = city()
    body = await opened.ask(
        f'{{ person(id: "{rows.ZHANG}") {{ registry {{ marriages {{ wife {{ {told} }} }} }} }} }}',
        caller=ARCHIVE,
    )
    (marriage,) = body["data"]["person"]["registry"]["marriages"]
    assert all(marriage["wife"].values())
    assert [event.subjects for event in opened.record.events if event.kind == "subjects"] == [(WIFE,)]


async def test_whom_a_link_does_not_name_is_no_subject() -> None:
    city = without_corrections()
    await city.ask(
        f'{{ person(id: "{rows.ZHANG}") {{ registry {{ marriages {{ wife {{ __typename }} }} }} }} }}',
        caller=ARCHIVE,
    )
    assert [event.kind for event in city.record.events] == ["intent"]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def close(self) -> bool:
        return True


async def test_a_change_is_recorded_whatever_it_shows() -> None:
    city = open_city(skeletons={"mutation": Mutation})
    body = await city.ask("mutation Close { close }")
    assert body["data"] == {"close": True}
    assert [(event.kind, event.operation, event.items) for event in city.record.events] == [
        ("intent", "Close", ())
    ]
    assert [outcome.detail["status"] for outcome in city.record.notes] == [200]


async def test_an_operation_that_is_named_after_somebody_is_recorded_without_its_name() -> None:
    city = open_city()
    await city.ask(f"query q{rows.ZHANG}($id: CitizenId!) {{ person(id: $id) {{ name }} }}", {"id": rows.LI})
    assert {event.operation for event in (*city.record.events, *city.record.notes)} == {"…"}


@pytest.mark.parametrize("header", ["jutong-case", "case", "jutong-operator", "operator"])
@pytest.mark.parametrize("value", [rows.ZHANG, f"case-{rows.ZHANG}", rows.ZHANG[:6] + rows.ZHANG[8:17]])
def test_a_case_or_an_operator_that_is_a_citizen_is_refused(header: str, value: str) -> None:
    desk = Application("desk", "Desk", "share", "transport", frozenset({"PERMIT"}), (key_hash("desk"),))
    with pytest.raises(PurposeRefused, match="names a citizen") as refused:
        Identify(Policy({"desk": desk}))({"authorization": "Bearer desk", header: value})
    assert value not in str(refused.value)


async def test_an_event_that_fails_leaves_no_other_unawaited() -> None:
    class Broken(KeptRecord):
        def record(self, event: Event) -> asyncio.Future[None]:
            super().record(event)
            return recorded(RecordUnavailable())

    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    city = open_city()
    city.gateway.recorder = broken = Broken()
    answer = await city.answer(
        f'{{ person(id: "{rows.ZHANG}") {{ name address qualifications {{ operator {{ name }} }} }} }}'
    )
    assert answer.status == RecordRefused.status
    assert [event.kind for event in broken.events] == ["intent", "denial", "subjects"]
    gc.collect()
    assert complaints == []


async def test_a_record_that_is_not_open_is_as_if_it_were_not_there() -> None:
    """Taxpayers of grade A are open; one company has another grade, and one pays no taxes at all."""
    city = open_city()
    document = "query($uscc: CreditCode!) { enterprise(uscc: $uscc) { tax { grade } } }"
    companies = rows.FLEET, rows.SHOP, rows.SOCIETY
    open_, *others = [await city.ask(document, {"uscc": uscc}, ANONYMOUS) for uscc in companies]
    assert open_["data"]["enterprise"]["tax"] == {"grade": "A"}
    assert [error["extensions"]["rule"] for error in others[0]["errors"]] == ["ROW_CONDITION"]
    assert others[0] == others[1]


@pytest.mark.parametrize(
    "where", ["{}", '{ fine: { gt: "1" } }', '{ fine: { gt: "1000" } }', '{ fact: { eq: "closed" } }']
)
async def test_a_filter_reads_nothing_out_of_rows_that_are_not_open(where: str) -> None:
    catalogue, policy = read_city("harbour")
    opening = Opening("unconditional", Compare("fact", "ne", "closed"))
    changed = replace(catalogue.resources["market.penalty"], opening=opening)
    catalogue = replace(catalogue, resources={**catalogue.resources, changed.code: changed})
    row = {**rows.TABLES["market.penalty"][0], "CODE_1": rows.FLEET}
    open_, closed = (
        {**row, "FACT": "open", "FINE": "5"},
        {**row, "FACT": "closed", "FINE": "500", "DECISION_NO": "P-9"},
    )
    document = f"query($u: CreditCode!) {{ enterprise(uscc: $u) {{ penalties(where: {where}) {{ fine }} _states {{ state }} }} }}"
    answers = []
    for table in ([open_], [open_, closed]):
        city = open_catalogue(catalogue, policy, ALL, {**rows.TABLES, "market.penalty": table})
        answers.append(await city.ask(document, {"u": rows.FLEET}, ANONYMOUS))
    assert answers[0] == answers[1]
    assert "errors" not in answers[0]
