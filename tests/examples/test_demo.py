"""`jutong demo`, as a user starts it: a real process with its department services."""

import os
import re
import shlex
import signal
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.examples.demo import DOCUMENTS, Demo, run_demo
from tests.patience import PATIENCE_SECONDS
from tests.plain_http import CLIENT

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with run_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


def permit(demo: Demo, **changes: Any) -> dict[str, Any]:
    document = (DOCUMENTS / "1_permit.graphql").read_text(encoding="utf-8")
    variables = orjson.loads((DOCUMENTS / "1_permit.json").read_bytes())
    return demo.ask(document, variables | changes)


def without_states(data: dict[str, Any]) -> dict[str, Any]:
    return {name: {k: v for k, v in value.items() if k != "_states"} for name, value in data.items()}


PERMIT: dict[str, dict[str, Any]] = {
    "enterprise": {
        "name": "重庆示范运输集团有限公司",
        "registrationStatus": "ACTIVE",
        "abnormalListings": [
            {"reason": "未按规定公示年度报告", "listedOn": "2017-07-03", "removedOn": "2017-09-18"}
        ],
        "penalties": [
            {
                "decisionNo": "渝交罚〔2020〕2号",
                "fact": "超限运输",
                "decidedOn": "2020-08-12",
                "authority": "市交通执法总队",
            },
            {
                "decisionNo": "渝交罚〔2024〕3号",
                "fact": "超限运输",
                "decidedOn": "2024-11-02",
                "authority": "市交通执法总队",
            },
        ],
        "socialInsurance": {"insuredCount": 186, "paidThrough": "202610", "hasArrears": False},
        "taxpayer": {"status": "正常", "creditGrade": "A"},
        "taxArrears": {"hasArrears": False},
        "transportLicences": [
            {
                "licenceNo": "500112000129",
                "scope": "道路普通货物运输",
                "validTo": "2027-05-31",
                "status": "有效",
            }
        ],
    },
    "person": {
        "verify": {"match": True},
        "drivingLicence": {"classes": "A2", "validTo": "2030-02-14", "status": "正常"},
        "qualifications": [{"qualificationNo": "5000001234", "validTo": "2027-12-31"}],
    },
    "vehicle": {
        "registration": {"inspectionTo": "2027-06-30", "status": "正常"},
        "transportCertificate": {"transportCertNo": "500112YZ0001", "annualReviewTo": "2027-03-31"},
        "compulsoryInsurance": {"insurer": "示范财险", "validTo": "2027-06-30"},
    },
}


def test_the_permit_is_answered_in_one_call(demo: Demo) -> None:
    body = permit(demo)
    assert "errors" not in body
    assert without_states(body["data"]) == PERMIT


def test_a_driver_outside_the_register_is_answered(demo: Demo) -> None:
    body = permit(demo, driver="500000199003150071")
    assert "errors" not in body
    person = without_states(body["data"])["person"]
    assert person == {
        "verify": None,
        "drivingLicence": {"classes": "B2", "validTo": "2028-03-15", "status": "正常"},
        "qualifications": [{"qualificationNo": "5000009999", "validTo": "2028-06-30"}],
    }
    states = {s["field"]: s["state"] for s in body["data"]["person"]["_states"]}
    assert states == {"verify": "NO_RECORD", "drivingLicence": "DATA", "qualifications": "DATA"}


def test_a_protected_person_needs_a_manual_check(demo: Demo) -> None:
    body = demo.ask("query($i: CitizenId!) { person(id: $i) { name } }", {"i": "500000198808080248"})
    assert [e["extensions"]["code"] for e in body["errors"]] == ["MANUAL_CHECK"]


ACCESS: dict[str, dict[str, str | None]] = {
    "demo-transport": {"enterprise.tax": None, "person.name": None, "person.address": "DENIED"},
    "demo-bank": {"enterprise.tax": "CONSENT_REQUIRED", "person.name": "DENIED", "person.address": "DENIED"},
    "demo-hospital": {"enterprise.tax": "DENIED", "person.name": "DENIED", "person.address": "DENIED"},
    "demo-steward": {"enterprise.tax": "DENIED", "person.name": "DENIED", "person.address": "DENIED"},
    "demo-citizen": {"enterprise.tax": "DENIED", "person.name": None, "person.address": None},
    "demo-agent": {"enterprise.tax": None, "person.name": "DENIED", "person.address": "DENIED"},
}


@pytest.mark.parametrize("key", ACCESS)
def test_the_table_of_access_is_what_the_demo_does(demo: Demo, key: str) -> None:
    body = demo.ask(
        """query($i: CitizenId!, $u: CreditCode!) {
             enterprise(uscc: $u) { tax: taxArrears { hasArrears } }
             person(id: $i) { name address: registeredAddress } }""",
        {"i": "500000198502140017", "u": "91500000DEM000129B"},
        key,
    )
    codes = {e["extensions"]["pattern"]: e["extensions"]["code"] for e in body.get("errors", ())}
    assert {path: codes.get(path) for path in ACCESS[key]} == ACCESS[key]


def test_a_citizen_sees_nobody_else(demo: Demo) -> None:
    body = demo.ask(
        "query($i: CitizenId!) { person(id: $i) { name } }", {"i": "500000195811030029"}, "demo-citizen"
    )
    assert [e["extensions"]["rule"] for e in body["errors"]] == ["NOT_SELF"]


def test_the_agent_of_an_enterprise_lists_nobody_elses_hazards(demo: Demo) -> None:
    document = "{ hazards(first: 50) { totalCount nodes { hazardNo responsible } } }"
    assert demo.ask(document, {}, "demo-hall")["data"]["hazards"]["totalCount"] > 1
    refused = demo.ask(document, {}, "demo-agent")
    assert refused["data"]["hazards"] is None
    assert [e["extensions"]["rule"] for e in refused["errors"]] == ["NOT_SELF"]


def test_the_open_graph_needs_no_key_and_shows_nothing_closed(demo: Demo) -> None:
    body = demo.ask(
        "query($u: CreditCode!) { enterprise(uscc: $u) { name taxpayer { creditGrade } } }",
        {"u": "91500112DEM000022H"},
        "",
    )
    assert body["data"]["enterprise"]["name"] == "重庆渝北示范商贸有限公司"
    assert [e["extensions"]["rule"] for e in body["errors"]] == ["ROW_CONDITION"]
    closed = demo.ask('{ __type(name: "Person") { fields { name } } }', {}, "")
    names = {field["name"] for field in closed["data"]["__type"]["fields"]}
    assert "name" not in names
    assert "drivingLicence" not in names


PERSON = "500000198502140017"
TYPO = PERSON[:-1] + "8"


def ask_everything(demo: Demo) -> None:
    """Every query of the demo, and a person's identifier in every place of a request that takes text."""
    for path in DOCUMENTS.glob("*.graphql"):
        text, variables = path.read_text(encoding="utf-8"), path.with_suffix(".json").read_bytes()
        key = re.search(r"# as (demo-\w+)", text)
        demo.ask(text, orjson.loads(variables), key[1] if key else "")
    for document in (
        f'{{ person(id: "{PERSON}") {{ name }} }}',
        f'{{ person(id: "{TYPO}") {{ name }} }}',
        f"{{ person(id: {PERSON}) {{ name }} }}",
        f'query Q{PERSON}($p{PERSON}: Int = "{PERSON}") {{ a{PERSON}: person(id: "{PERSON}") {{ f{PERSON} }} }}',
        f'{{ person(id: "{PERSON}") {{ qualifications(where: {{ category: {{ eq: "{PERSON}" }} }}) {{ validTo }} }} }}',
        f'{{ "{PERSON}" }}',
    ):
        demo.ask(document, {PERSON: PERSON})
    headers = {"Authorization": f"Bearer {PERSON}", "X-Request-Id": PERSON, "User-Agent": PERSON}
    CLIENT.get(
        f"{demo.url}/graphql", params={"query": f'{{ person(id: "{PERSON}") {{ name }} }}'}, headers=headers
    )
    CLIENT.post(f"{demo.url}/{PERSON}", content=PERSON, headers=headers)


def test_no_identifier_is_in_log_record_or_metrics(demo: Demo) -> None:
    ask_everything(demo)
    lines = (demo.state / "log").read_bytes().splitlines()
    log = b"\n".join(line for line in lines if line.startswith(b"{"))  # what is printed to try is no log
    assert b'"event":"request"' in log
    metrics = CLIENT.get(f"{demo.url}/metrics").content
    assert b"jutong_requests_total{" in metrics
    gateway = demo.state / "var/chongqing/gateway"
    stored = b"".join(path.read_bytes() for path in gateway.iterdir())
    for identifier in (PERSON.encode(), TYPO.encode(), "张伟".encode()):
        assert identifier not in log
        assert identifier not in metrics
        assert identifier not in stored


def test_what_is_printed_to_try_can_be_tried(demo: Demo) -> None:
    text = (demo.state / "log").read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if line.lstrip().startswith("curl "))
    words = shlex.split(command)
    assert words[1] == f"{demo.url}/graphql"
    query = orjson.loads(words[words.index("-d") + 1])["query"]
    body = demo.ask(query, {})
    assert "errors" not in body
    assert body["data"]["person"]["name"] == "张伟"


def test_one_killed_source_takes_its_fields_alone(demo: Demo) -> None:
    os.kill(demo.services()["credit"], signal.SIGKILL)
    body = permit(demo)
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "SOURCE_DOWN"
    assert error["path"] == ["enterprise", "penalties"]
    expected = {**PERMIT, "enterprise": {**PERMIT["enterprise"], "penalties": None}}
    assert without_states(body["data"]) == expected


def test_ctrl_c_stops_everything(demo: Demo) -> None:
    services = demo.services()
    demo.process.send_signal(signal.SIGINT)
    demo.process.wait(timeout=PATIENCE_SECONDS)
    for pid in services.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
