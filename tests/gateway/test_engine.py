"""The engine through its front door, over memory sources."""

import asyncio
from typing import Any

import orjson
import pytest
import strawberry
from strawberry.types import Info

from connectors.errors import SourceUnavailable
from gateway.audit.event import RecordUnavailable
from gateway.plan.cost import CostLimits
from schema.types.splice import EntityRef, entity_placeholder
from tests.cities import harbour_rows as rows
from tests.kit import ALL, ANONYMOUS, NOTHING, STRANGER, City, Silent, open_city, recorded
from tests.patience import comes, leap

Person = entity_placeholder("Person")


def codes(body: dict[str, Any]) -> dict[str, str]:
    return {e["extensions"]["pattern"]: e["extensions"]["code"] for e in body.get("errors", ())}


async def test_selecting_only_keys_fetches_nothing() -> None:
    city = open_city()
    body = await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ id citizenId __typename }} }}')
    assert body["data"]["person"]["citizenId"] == rows.ZHANG
    assert body["data"]["person"]["__typename"] == "Person"
    assert rows.ZHANG not in body["data"]["person"]["id"]
    assert city.loads == []


async def test_departments_are_asked_at_once_in_one_hop() -> None:
    city = open_city(latency_seconds=30)
    asking = asyncio.ensure_future(
        city.ask(
            f"""{{ person(id: "{rows.ZHANG}") {{
                 name registry {{ marriages {{ certificateNo }} }} qualifications {{ number }} }}
                 enterprise(uscc: "{rows.FLEET}") {{ name penalties {{ decisionNo }} }} }}"""
        )
    )
    for _ in range(20):
        await asyncio.sleep(0)
    leap(31)
    body = await asking
    calls = [call for source in city.sources.values() for call in source.calls]
    assert "errors" not in body
    assert len(calls) == 5
    assert max(call.started for call in calls) < min(call.ended for call in calls)


async def test_only_asked_items_leave_a_source() -> None:
    city = open_city()
    await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ name qualifications {{ validTo }} }} }}')
    assert {load.resource.code: load.items for load in city.loads} == {
        "registry.household": ("name",),
        "transport.qualification": ("validTo",),
    }


async def test_a_denied_item_is_never_asked_for() -> None:
    city = open_city()
    body = await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ name address addressMasked }} }}')
    assert body["data"]["person"]["name"] == "张伟"
    assert body["data"]["person"]["address"] is None
    assert body["data"]["person"]["addressMasked"] is not None
    assert codes(body) == {"person.address": "DENIED"}
    (load,) = city.loads
    assert load.items == ("name", "address")  # for the mask; without it, not even that
    await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ address }} }}')
    assert len(city.loads) == 1


async def test_a_stranger_reaches_no_source() -> None:
    city = open_city()
    body = await city.ask(
        f"""{{ person(id: "{rows.ZHANG}") {{ name qualifications(where: {{category: {{eq: "X"}}}}) {{ number }}
             transport {{ __typename }} education {{ sealedFiles {{ __typename }} }} }} }}""",
        caller=STRANGER,
    )
    assert codes(body) == {
        "person.name": "DENIED",
        "person.qualifications": "DENIED",
        "person.education.sealedFiles": "DENIED",
    }
    assert city.loads == []


async def test_a_denied_condition_takes_its_field() -> None:
    city = open_city()
    body = await city.ask(
        f'{{ enterprise(uscc: "{rows.FLEET}") {{ penalties {{ fact }} tax {{ grade }} }} }}',
        caller=STRANGER,
    )
    assert "errors" not in body
    body = await city.ask(
        f"""{{ person(id: "{rows.ZHANG}") {{
          qualifications(where: {{ or: [{{ points: {{ ge: 1 }} }}] }}) {{ category }} }} }}""",
        caller=STRANGER,
    )
    assert codes(body) == {"person.qualifications": "DENIED"}


async def test_one_failed_field_is_one_error() -> None:
    city = open_city(faults={"registry.household": SourceUnavailable("secret detail")})
    ids = ", ".join(f'"{one}"' for one in (rows.ZHANG, rows.LI, rows.X_CHECK))
    body = await city.ask(
        f"{{ persons(ids: [{ids}]) {{ code person {{ name qualifications {{ number }} }} }} }}"
    )
    (error,) = body["errors"]
    assert error["path"] == ["persons", 0, "person", "name"]
    assert error["extensions"]["pattern"] == "persons.*.person.name"
    assert error["extensions"]["count"] == 3
    assert error["extensions"]["code"] == "SOURCE_DOWN"
    assert "secret" not in orjson.dumps(body).decode()
    assert [len(a["person"]["qualifications"]) for a in body["data"]["persons"]] == [3, 0, 1]


async def test_links_are_followed_once_for_all_parents() -> None:
    city = open_city()
    body = await city.ask(
        f"""{{ person(id: "{rows.ZHANG}") {{ qualifications {{ number operator {{ name uscc
             legalRepresentative {{ __typename ... on Person {{ id }} }} }} }} }} }}"""
    )
    found = body["data"]["person"]["qualifications"]
    assert [one["number"] for one in found] == ["Q-1", "Q-2", "Q-3"]
    assert found[1]["operator"] is None
    assert found[0]["operator"]["name"] == "港城运输集团"
    assert found[0]["operator"]["legalRepresentative"]["__typename"] == "Person"
    assert [load.resource.code for load in city.loads] == [
        "transport.qualification",
        "market.company",
    ]
    assert city.loads[1].keys == ((rows.FLEET,),)


async def test_protected_persons_need_a_manual_check() -> None:
    city = open_city()
    body = await city.ask(f'{{ person(id: "{rows.PROTECTED}") {{ name sex }} }}')
    assert codes(body) == {"person.name": "MANUAL_CHECK", "person.sex": "MANUAL_CHECK"}
    assert city.loads == []


async def test_row_conditions_hold_in_the_open_graph() -> None:
    city = open_city()
    document = "query($u: CreditCode!) { enterprise(uscc: $u) { tax { grade } } }"
    open_ = await city.ask(document, {"u": rows.FLEET}, ANONYMOUS)
    assert open_["data"]["enterprise"]["tax"] == {"grade": "A"}
    closed = await city.ask(document, {"u": rows.SHOP}, ANONYMOUS)
    assert codes(closed) == {"enterprise.tax": "DENIED"}
    assert (await city.ask(document, {"u": rows.SHOP}))["data"]["enterprise"]["tax"] == {"grade": "B"}


async def test_a_way_back_takes_the_right_to_use_the_item_that_leads_there() -> None:
    city = open_city()
    back = f'{{ person(id: "{rows.ZHANG}") {{ market {{ legalRepresentativeOf {{ name }} }} }} }}'
    found = await city.ask(back)
    assert found["data"]["person"]["market"]["legalRepresentativeOf"] == [{"name": "港城运输集团"}]
    asked = len(city.loads)
    refused = await city.ask(back, caller=STRANGER)
    assert refused["data"]["person"]["market"]["legalRepresentativeOf"] is None
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["DENIED"]
    open_to_all = await city.ask(back, caller=ANONYMOUS)
    assert open_to_all["errors"][0]["extensions"]["code"] == "VALIDATION_FAILED"
    assert len(city.loads) == asked


async def test_closed_and_unknown_fields_look_the_same_in_the_open_graph() -> None:
    city = open_city()
    closed = await city.ask(
        f'{{ enterprise(uscc: "{rows.FLEET}") {{ legalRepresentative {{ id }} }} }}',
        caller=ANONYMOUS,
    )
    unknown = await city.ask(
        f'{{ enterprise(uscc: "{rows.FLEET}") {{ legalRepresentativX {{ id }} }} }}',
        caller=ANONYMOUS,
    )
    assert orjson.dumps(closed).replace(b"sentative", b"sentativX") == orjson.dumps(unknown)


async def test_states_tell_nulls_apart() -> None:
    city = open_city()
    body = await city.ask(
        f"""{{ person(id: "{rows.UNKNOWN}") {{ name qualifications {{ number }}
             _states {{ field state coverage source }} }} }}"""
    )
    assert "errors" not in body
    assert body["data"]["person"]["name"] is None
    assert body["data"]["person"]["_states"] == [
        {
            "field": "name",
            "state": "NO_RECORD",
            "coverage": "500000",
            "source": "registry.household",
        },
        {
            "field": "qualifications",
            "state": "DATA",
            "coverage": None,
            "source": "transport.qualification",
        },
    ]
    (state,) = body["extensions"]["states"]
    assert state["state"] == "NO_RECORD"


async def test_unreadable_values_are_named() -> None:
    city = open_city()
    body = await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ qualifications {{ number validTo }} }} }}')
    assert codes(body) == {"person.qualifications.*.validTo": "INVALID_VALUE"}


async def test_derived_items_show_the_answer_and_not_the_value() -> None:
    city = open_city()
    document = f"""{{ enterprise(uscc: "{rows.SHOP}") {{ tax {{ hasArrears arrears band }} }}
      person(id: "{rows.ZHANG}") {{ a: verify(name: "张伟") {{ match }} b: verify(name: "王五") {{ match }} }} }}"""
    body = await city.ask(document)
    assert body["data"]["enterprise"]["tax"] == {
        "hasArrears": True,
        "arrears": None,
        "band": "middle",
    }
    assert body["data"]["person"] == {"a": {"match": True}, "b": {"match": False}}
    assert codes(body) == {"enterprise.tax.arrears": "DENIED"}


async def test_five_ways_to_name_an_enterprise_are_one_call() -> None:
    city = open_city()
    body = await city.ask(
        f'{{ enterprise(uscc: "{rows.FLEET}") {{ penalties(first: 9, orderBy: [{{fine: DESC}}]) {{ decisionNo fine }} }} }}'
    )
    assert [p["decisionNo"] for p in body["data"]["enterprise"]["penalties"]] == [
        "P-5",
        "P-4",
        "P-2",
        "P-1",
        "P-0",
    ]
    assert len(city.loads) == 1


async def test_default_cut_is_noted() -> None:
    city = open_city()
    body = await city.ask(f'{{ enterprise(uscc: "{rows.FLEET}") {{ penalties {{ decisionNo }} }} }}')
    assert len(body["data"]["enterprise"]["penalties"]) == 3
    assert [s["state"] for s in body["extensions"]["states"]] == ["TRUNCATED"]


async def test_attachment_through_another_resource_is_one_more_hop() -> None:
    city = open_city()
    body = await city.ask(
        f'{{ person(id: "{rows.CHILD}") {{ education {{ enrolments {{ school year }} }} }} }}'
    )
    assert [e["year"] for e in body["data"]["person"]["education"]["enrolments"]] == [
        2024,
        2025,
        2026,
    ]
    assert [load.resource.code for load in city.loads] == [
        "education.studentIndex",
        "education.enrolment",
    ]


async def test_not_connected_is_said() -> None:
    body = await open_city().ask(
        f'{{ enterprise(uscc: "{rows.FLEET}") {{ market {{ archive {{ number }} }} }} }}'
    )
    assert codes(body) == {"enterprise.market.archive": "NOT_CONNECTED"}


async def test_lenient_list_answers_each_id_in_order() -> None:
    body = await open_city().ask(
        "query($ids: [String!]!) { persons(ids: $ids) { code duplicateOf person { citizenId } } }",
        {"ids": ["500000850214001", rows.ZHANG, "nonsense", rows.LI]},
    )
    assert [a["code"] for a in body["data"]["persons"]] == [
        "ALIAS_OF",
        "DUPLICATE_OF",
        "MALFORMED",
        "OK",
    ]
    assert body["data"]["persons"][1]["duplicateOf"] == 0
    assert body["data"]["persons"][2]["person"] is None


@pytest.mark.parametrize("value", [rows.ZHANG[:-1] + "8", "张伟", 500000198502140018])
async def test_malformed_input_is_refused_and_never_echoed(value: Any) -> None:
    city = open_city()
    answer = await city.answer("query($i: CitizenId!) { person(id: $i) { name } }", {"i": value})
    assert answer.status == 400
    assert str(value).encode() not in answer.body
    literal = orjson.dumps(value).decode()
    answer = await city.answer(f"{{ person(id: {literal}) {{ name }} }}")
    assert answer.status == 400
    assert str(value).encode() not in answer.body
    assert city.loads == []


async def test_nothing_leaves_without_its_record() -> None:
    city = open_city()

    class Broken:
        is_writable = False

        def record(self, event: object) -> asyncio.Future[None]:
            return recorded(RecordUnavailable())

        def note(self, event: object) -> None: ...

        async def aclose(self) -> None: ...

    city.gateway.recorder = Broken()
    for extra in ("", " catalogue { total }"):
        answer = await city.answer(f'{{ person(id: "{rows.ZHANG}") {{ name }}{extra} }}')
        assert answer.status == 503
        assert "张伟".encode() not in answer.body


async def test_the_record_says_who_what_and_whose_without_identifiers() -> None:
    city = open_city()
    await city.ask(
        f'query Q {{ person(id: "{rows.ZHANG}") {{ name qualifications {{ operator {{ name }} }} }} }}'
    )
    intent, subjects = city.record.events
    assert intent.kind == "intent"
    assert "registry.household.name:show" in intent.items
    assert "transport.qualification.operator:use" in intent.items
    assert subjects.kind == "subjects"
    assert (len(intent.subjects), len(subjects.subjects)) == (1, 1)
    assert rows.ZHANG not in repr(city.record.events)


@strawberry.type
class Mutation:
    @strawberry.mutation
    def file(self, info: Info[Any, Any], number: str) -> Person:  # type: ignore[valid-type] # a placeholder
        return EntityRef("Person", "citizenId", (number,))


@strawberry.type
class ExtraQuery:
    @strawberry.field
    def me(self) -> Person | None:  # type: ignore[valid-type] # a placeholder
        return EntityRef("Person", "citizenId", (rows.LI,))

    @strawberry.field
    def nobody(self) -> Person | None:  # type: ignore[valid-type] # a placeholder
        return None

    @strawberry.field
    def bypass(self) -> Person | None:  # type: ignore[valid-type] # a placeholder
        return EntityRef("Person", "citizenId", (rows.LI,))


def hand_written() -> City:
    return open_city(skeletons={"mutation": Mutation, "query": ExtraQuery})


async def test_hand_written_fields_return_entities() -> None:
    city = hand_written()
    body = await city.ask(
        f"""query {{ me {{ name qualifications {{ number }} }} nobody {{ name }} __schema {{ queryType {{ name }} }}
             person(id: "{rows.ZHANG}") {{ name }} }}"""
    )
    assert body["data"]["me"] == {"name": "李秀英", "qualifications": []}
    assert body["data"]["nobody"] is None
    assert body["data"]["person"] == {"name": "张伟"}
    assert body["data"]["__schema"] == {"queryType": {"name": "Query"}}


async def test_mutations_return_entities_and_are_recorded_first() -> None:
    city = hand_written()
    body = await city.ask(f'mutation {{ file(number: "{rows.ZHANG}") {{ name address }} }}')
    assert body["data"]["file"] == {"name": "张伟", "address": None}
    assert codes(body) == {"file.address": "DENIED"}
    assert [event.kind for event in city.record.events] == ["intent", "denial", "subjects"]


@pytest.mark.parametrize("capabilities", [ALL, NOTHING])
async def test_concurrent_answers_equal_the_ones_given_alone(capabilities: Any) -> None:
    city = open_city(capabilities, latency_seconds=0.001)
    people = [rows.ZHANG, rows.LI, rows.X_CHECK, rows.CHILD, rows.PROTECTED, rows.UNKNOWN]
    document = """query($i: CitizenId!) { person(id: $i) { id name sex bornOn
      qualifications(orderBy: [{points: ASC}]) { number points categoryLabel operator { name } } } }"""
    alone = {one: (await city.answer(document, {"i": one})).body for one in people}
    asked = [people[n % len(people)] for n in range(300)]
    answers = await asyncio.gather(*(city.answer(document, {"i": one}) for one in asked))
    assert [answer.body for answer in answers] == [alone[one] for one in asked]


async def test_cancelling_a_request_cancels_its_loads() -> None:
    city = open_city()
    source = city.sources["registryDb"]
    silent = source.inner = Silent(source.inner)
    task = asyncio.ensure_future(city.answer(f'{{ person(id: "{rows.ZHANG}") {{ name }} }}'))
    await comes(silent.asked.wait())
    assert source.calls == []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(source.calls) == 1


async def test_a_document_is_parsed_once_and_remembered_when_bad() -> None:
    city = open_city()
    view = city.gateway.snapshot.closed
    for _ in range(3):
        await city.ask("{ catalogue { total } }")
        await city.ask("{ nonsense }")
        await city.ask("{ ")
    assert view.documents.parsed == 3


async def test_get_refuses_what_reaches_a_person() -> None:
    city = open_city()
    refused = await city.answer(f'{{ person(id: "{rows.ZHANG}") {{ id }} }}', is_safe_method=True)
    assert refused.status == 405
    fine = await city.answer(f'{{ enterprise(uscc: "{rows.FLEET}") {{ name }} }}', is_safe_method=True)
    assert fine.status == 200


async def test_quiet_states_keep_field_failures_out_of_errors() -> None:
    city = open_city()
    body = await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ address }} }}', quiet_states=True)
    assert "errors" not in body
    assert [s["state"] for s in body["extensions"]["states"]] == ["DENIED"]


async def test_two_lenient_lists_of_the_same_ids_keep_their_entities_apart() -> None:
    body = await open_city().ask(
        '{ enterprises(ids: ["500000850214001"]) { code } persons(ids: ["500000850214001"]) { code } }'
    )
    assert body["data"] == {"enterprises": [{"code": "MALFORMED"}], "persons": [{"code": "ALIAS_OF"}]}


async def test_the_static_cost_is_bounded_before_any_source() -> None:
    city = open_city()
    city.gateway.limits = CostLimits(max_rows=9)
    document = "query($n: Int!) { enterprise(uscc: %r) { penalties(first: $n) { decisionNo } } }"
    document = document.replace("%r", f'"{rows.FLEET}"')
    refused = await city.ask(document, {"n": 10})
    assert refused["errors"][0]["extensions"]["code"] == "COST_EXCEEDED"
    assert city.loads == []
    assert "errors" not in await city.ask(document, {"n": 9})


async def test_an_id_given_twice_is_answered_twice_and_asked_once() -> None:
    """Its rows are promised as often as they are answered."""
    city = open_city()
    document = "query($ids: [String!]!) { persons(ids: $ids) { person { name } } }"
    twice = {"ids": [rows.ZHANG, rows.ZHANG]}
    city.gateway.limits = CostLimits(max_rows=1)
    refused = await city.ask(document, twice)
    assert refused["errors"][0]["extensions"]["code"] == "COST_EXCEEDED"
    city.gateway.limits = CostLimits(max_rows=2)
    body = await city.ask(document, twice)
    assert body["data"]["persons"] == [{"person": {"name": "张伟"}}] * 2
    assert [len(load.keys) for load in city.loads] == [1]


async def test_distinct_keys_are_bounded_before_each_load() -> None:
    city = open_city()
    city.gateway.limits = CostLimits(max_keys=1)
    body = await city.ask(
        f"""{{ person(id: "{rows.X_CHECK}") {{ registry {{ marriages {{ husband {{ name }} }} }} }}
               child: person(id: "{rows.CHILD}") {{ education {{ enrolments {{ year }} }} }} }}"""
    )
    assert body["data"]["person"]["registry"]["marriages"] == [{"husband": {"name": "张伟"}}]
    assert codes(body) == {"child.education.enrolments": "TRUNCATED"}
    assert "education.enrolment" not in {load.resource.code for load in city.loads}


async def test_the_nodes_of_an_answer_are_bounded_before_it_is_written() -> None:
    city = open_city()
    city.gateway.limits = CostLimits(max_nodes=20)
    document = "query($ids: [String!]!) { persons(ids: $ids) { code person { name sex } } }"
    people = [rows.ZHANG, rows.LI, rows.X_CHECK, rows.CHILD, rows.UNKNOWN, rows.PROTECTED]
    assert "data" in await city.ask(document, {"ids": people[:3]})
    for extra in ("", " catalogue { total }"):
        refused = await city.ask(document.replace("} } }", "} }" + extra + " }"), {"ids": people})
        assert refused["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert refused.get("data") is None


async def test_a_former_name_goes_on_as_a_deprecated_field() -> None:
    city = open_city()
    body = await city.ask(f'{{ person(id: "{rows.ZHANG}") {{ qualifications {{ certNo number }} }} }}')
    assert body["data"]["person"]["qualifications"][0] == {"certNo": "Q-1", "number": "Q-1"}
    assert city.loads[0].items == ("number",)
    field = city.gateway.snapshot.closed.schema.type_map["TransportQualification"].fields["certNo"]  # type: ignore[attr-defined] # an object type
    assert "number" in field.deprecation_reason


@pytest.mark.parametrize(
    ("key", "named"),
    [(rows.FLEET, "企业登记"), (rows.SOCIETY, "社会组织登记")],
)
async def test_where_no_register_keeps_history_that_of_the_key_says_so(key: str, named: str) -> None:
    body = await open_city().ask(f'{{ enterprise(uscc: "{key}", asOf: "2010-01-01") {{ name }} }}')
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "AS_OF_UNSUPPORTED"
    assert error["message"].startswith(named)
