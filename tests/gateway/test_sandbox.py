"""`jutong serve --sandbox`, as a real process and over HTTP: any catalogue, the same rights, always marked."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from graphql import build_client_schema, get_introspection_query

from connectors.sandbox.personas import PersonaError
from connectors.sandbox.universe import write_index
from gateway.identity.identify import key_hash
from gateway.opening import open_gateway
from gateway.request import Ask
from gateway.sandbox.opening import check_personas
from gateway.sandbox.switches import STATES
from gateway.settings import Settings
from tests.faults.served import Served, serve
from tests.gateway.documents_of import documents_of
from tests.kit import DESK
from tests.patience import PATIENCE_SECONDS, soon
from tests.plain_http import CLIENT

ROOT = Path(__file__).parents[2]
SECRET = {"JUTONG_SECRET": "a secret for two runs"}
CHONGQING_KEYS = {
    "person": '"500000198502140017"', "persons": '["500000198502140017", "500000199003150071"]',
    "personBy": '{ citizenId: "500000198502140017" }', "enterprise": '"91500000DEM000129B"',
    "enterprises": '["91500000DEM000129B"]', "enterpriseBy": '{ orgCode: "DEM000129" }',
    "place": '"500112"', "places": '["500112", "SBX000123"]', "placeBy": '{ code: "500112" }',
    "certificate": '"C-1"', "certificates": '["C-1"]', "certificateBy": '{ number: "C-1" }',
    "vehicle": '{ number: "A12345", colour: BLUE }', "vehicles": "[]",
    "vehicleBy": '{ plate: { number: "A12345", colour: BLUE } }', "String": '"some text"',
}  # fmt: skip
FJORD_KEYS = {
    "resident": "77", "residents": '["77", "78"]', "residentBy": '{ passport: { issuer: "A", number: "B" } }',
    "legalEntity": '"GK-PILOT-7"', "legalEntities": '["GK-PILOT-7"]', "legalEntityBy": "{ taxNo: 77 }",
    "vessel": "{ flag: SKERRIES, hull: 5 }", "Date": '"2000-01-01"',
}  # fmt: skip
EVERYTHING = f"""
application: everything
title: 全部 — Everything
audience: share
department: DEPARTMENT
purposes: [ALL]
operator: op-1
case: case-1
keys: ["sha256:{key_hash("everything")}"]
grants: [{{ id: G-ALL, level: 4, items: ["*"] }}]
"""


def copy(catalogue: Path, folder: Path, *, unconnected: bool = False) -> Path:
    """A catalogue with one application that may read everything which is not withheld."""
    made = folder / "catalogue"
    shutil.copytree(catalogue, made)
    department = next(path.name for path in sorted((made / "departments").iterdir()))
    text = EVERYTHING.replace("DEPARTMENT", department)
    (made / "access/everything.yaml").write_text(text, encoding="utf-8")
    for path in made.glob("departments/*/*.yaml") if unconnected else ():
        text = path.read_text(encoding="utf-8")
        if path.name == "department.yaml":  # a connector that is not installed, at an address that is not set
            text = re.sub(r"kind: \w+(, url: .*)? }", 'kind: absent, url: "${JUTONG_NOT_SET}" }', text)
        elif "connected: false" not in text:
            text += "connected: false\n"
        path.write_text(text, encoding="utf-8")
    return made


async def test_the_listing_says_what_is_connected_as_declared(tmp_path: Path) -> None:
    settings = Settings(catalogue=ROOT / "tests/cities/harbour", state=tmp_path)
    document = """{ later: catalogue(connected: false) { total connected nodes { code isConnected } }
        all: catalogue { total connected } }"""
    found = []
    for sandbox in (False, True):
        async with open_gateway(settings.model_copy(update={"sandbox": sandbox})) as gateway:
            deadline = soon()
            found.append(orjson.loads((await gateway.answer(Ask(document, DESK, "r-1", deadline))).body))
    real, synthetic = (one["data"] for one in found)
    assert real["later"]["nodes"] == [{"code": "market.archive", "isConnected": False}]
    assert synthetic == real


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("harbour")
    with serve(folder, copy(ROOT / "tests/cities/harbour", folder), "--sandbox", **SECRET) as served:
        yield served


@pytest.fixture(scope="module")
def fjord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fjord")
    with serve(folder, copy(ROOT / "tests/cities/fjord", folder), "--sandbox", **SECRET) as served:
        yield served


@pytest.fixture(scope="module")
def chongqing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("chongqing")
    catalogue = copy(ROOT / "examples/chongqing/catalogue", folder, unconnected=True)
    with serve(folder, catalogue, "--sandbox", **SECRET) as served:
        yield served


def ask(served: Served, query: str, key: str = "everything", **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        given["authorization"] = f"Bearer {key}"
    path = "/graphql" if key else "/open/graphql"
    return CLIENT.post(served.url + path, json={"query": query}, headers=given)


def body_of(served: Served, query: str, key: str = "everything", **headers: str) -> dict[str, Any]:
    body: dict[str, Any] = ask(served, query, key, **headers).json()
    return body


def states_of(body: dict[str, Any]) -> dict[str, str]:
    return {one["pattern"]: one["state"] for one in body["extensions"].get("states", ())}


def schema_of(served: Served, key: str) -> Any:
    body = body_of(served, get_introspection_query(descriptions=False), key)
    return build_client_schema(body["data"])


@pytest.mark.parametrize(
    ("city", "key", "allowed"),
    [
        ("chongqing", "everything", set()),
        ("chongqing", "", {"DENIED"}),
        ("chongqing", "demo-bank", {"DENIED", "CONSENT_REQUIRED"}),
        ("harbour", "everything", {"DENIED"}),
        ("harbour", "", {"DENIED"}),
        ("fjord", "everything", {"DENIED"}),
        ("fjord", "", {"DENIED"}),
    ],
)
def test_every_field_of_every_root_is_answered(
    city: str, key: str, allowed: set[str], request: pytest.FixtureRequest
) -> None:
    served = request.getfixturevalue(city)
    allowed = allowed | {"NOT_CONNECTED"}
    values, states = 0, set[str]()
    for document in documents_of(schema_of(served, key), CHONGQING_KEYS | FJORD_KEYS):
        answer = ask(served, document, key)
        body = answer.json()
        assert answer.status_code == 200, (document, body)
        assert "data" in body, (document, body)
        for error in body.get("errors", ()):
            assert error["extensions"]["code"] in allowed, (document, error)
            if error["extensions"]["code"] == "NOT_CONNECTED":  # a key of this kind is in no column
                assert error["extensions"]["rule"] == "KEY_NOT_KNOWN", (document, error)
            if error["extensions"]["code"] == "DENIED" and key == "everything":
                assert error["extensions"]["rule"] == "WITHHELD", (document, error)
        states |= set(states_of(body).values())
        values += len(orjson.dumps(body["data"]))
    assert states <= allowed | {"NO_RECORD"}
    assert values > 1_000


def test_two_runs_give_the_same_bytes(harbour: Served, tmp_path: Path) -> None:
    documents = list(documents_of(schema_of(harbour, "everything"), CHONGQING_KEYS))
    first = [ask(harbour, document).content for document in documents]
    with serve(tmp_path, harbour.state.parent / "catalogue", "--sandbox", **SECRET) as again:
        assert [ask(again, document).content for document in documents] == first


REPRESENTATIVE = """{
  enterprise(uscc: "%s") {
    id name
    legalRepresentative {
      __typename
      ... on Person { id market { legalRepresentativeOf { name } } }
      ... on Enterprise { id market { legalRepresentativeOf { name } } }
    }
  }
}"""


def test_a_link_leads_back(harbour: Served) -> None:
    followed = 0
    for index in range(0, 3_000_000, 150_000):
        body = body_of(harbour, REPRESENTATIVE % write_index("CreditCode", index))
        assert "errors" not in body, body
        enterprise = body["data"]["enterprise"]
        person = enterprise["legalRepresentative"]
        if person is not None:
            assert {"name": enterprise["name"]} in person["market"]["legalRepresentativeOf"]
            followed += 1
    assert followed > 12


CREW = """{ resident(no: %d) {
  fullName birthday civil { partnerships { second { fullName } } }
  licences { holder { fullName birthday } employer { tradeName levy { standing } } }
} }"""


def test_another_country_has_its_own_words_and_links_that_lead_somewhere(fjord: Served) -> None:
    employers, names = [], set()
    for number in range(40, 60):
        body = body_of(fjord, CREW % number)
        assert not re.search("[\u3400-\u9fff]", orjson.dumps(body["data"]).decode())
        resident = body["data"]["resident"]
        names.add(resident["fullName"])
        for licence in resident["licences"]:
            itself = {"fullName": resident["fullName"], "birthday": resident["birthday"]}
            assert licence["holder"] in (itself, None)
            employers.append(licence["employer"] and licence["employer"]["tradeName"])
    assert len(names) > 10
    assert sum(name is not None for name in employers) > len(employers) * 0.6
    assert "Trade name sample 13" in employers or len(set(employers)) > 10


def test_rights_are_those_of_the_real_mode(chongqing: Served) -> None:
    name = '{ person(id: "500000198502140017") { name civilAffairs { marriages { certificateNo } } } }'
    assert ask(chongqing, name, "nobody").status_code == 401
    assert ask(chongqing, name, "demo-civil", jutong_purpose="XK-JT-001").status_code == 403
    denied = body_of(chongqing, name, "demo-transport")
    assert denied["data"]["person"] == {"name": "张伟", "civilAffairs": {"marriages": None}}
    assert states_of(denied)["person.civilAffairs.marriages"] == "DENIED"
    assert "errors" not in body_of(chongqing, name, "demo-civil")
    others = body_of(chongqing, name.replace("500000198502140017", "500000199003150071"), "demo-citizen")
    assert {error["extensions"]["rule"] for error in others["errors"]} == {"NOT_SELF"}
    masked = '{ person(id: "500000198502140017") { addr: registeredAddressMasked } }'
    assert body_of(chongqing, masked, "demo-transport")["data"]["person"]["addr"].endswith("***")


LICENCES = '{ person(id: "500000198502140017") { qualifications { qualificationNo } } }'
STATE_OF = {
    "down": "SOURCE_DOWN", "closed": "AVAILABLE_AT", "truncated": "TRUNCATED", "denied": "DENIED",
    "consent": "CONSENT_REQUIRED", "manual": "MANUAL_CHECK",
}  # fmt: skip
NOTE_OF = {"empty": "NO_RECORD", "partial": "PARTIAL", "stale": "STALE"}


@pytest.mark.parametrize("state", [*STATE_OF, *NOTE_OF])
def test_a_header_switches_a_state_on(chongqing: Served, state: str) -> None:
    def qualifications(**headers: str) -> tuple[dict[str, Any], list[Any] | None]:
        body = body_of(chongqing, LICENCES, "demo-transport", **headers)
        return body, body["data"]["person"]["qualifications"]

    _, before = qualifications()
    assert before is not None
    body, rows = qualifications(jutong_sandbox=f"transport.qualification={state}, tax.taxpayer=down")
    if state in STATE_OF:
        assert rows is None
        assert [error["extensions"]["code"] for error in body["errors"]] == [STATE_OF[state]]
    else:
        assert "errors" not in body
        assert rows == {"empty": [], "partial": before[::2], "stale": before}[state]
    assert states_of(body) == {"person.qualifications": (STATE_OF | NOTE_OF)[state]}
    for pattern in ("transport.*", "*"):
        assert states_of(qualifications(jutong_sandbox=f"{pattern}={state}")[0]) == states_of(body)
    assert qualifications()[1] == before


def test_a_source_can_be_slow(chongqing: Served) -> None:
    slow = {"jutong_sandbox": "transport.qualification=slow"}
    answer = ask(chongqing, LICENCES, "demo-transport", **slow)
    assert answer.elapsed.total_seconds() >= 2
    assert "errors" not in answer.json()
    late = body_of(chongqing, LICENCES, "demo-transport", jutong_timeout="1", **slow)
    assert states_of(late) == {"person.qualifications": "SOURCE_DOWN"}


def test_every_state_is_tried_here_and_told_in_the_docs() -> None:
    assert set(STATES) == {*STATE_OF, *NOTE_OF, "slow"}
    told = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/sandbox.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(STATES)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("transport.nothing=down", "entry 1: there is no such resource"),
        ("transport.qualification=odd", "entry 1: no such state; there are down,"),
        ("transport.qualification", "entry 1: no such state"),
        ("tax.taxpayer=down, transport.qualification=down, tax.*=slow", "entry 3: the resource has a state"),
        ("", "entry 1: there is no such resource"),
    ],
)
def test_a_wrong_header_is_refused(chongqing: Served, header: str, reason: str) -> None:
    answer = ask(chongqing, LICENCES, "demo-transport", jutong_sandbox=header)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert reason in error["message"]
    assert "nothing" not in error["message"]


def test_what_is_closed_has_no_switch_in_the_open_graph(chongqing: Served) -> None:
    query = '{ enterprise(uscc: "91500000DEM000129B") { name } }'
    assert states_of(body_of(chongqing, query, "", jutong_sandbox="marketRegulation.company=down")) == {
        "enterprise.name": "SOURCE_DOWN"
    }
    closed = ask(chongqing, query, "", jutong_sandbox="civilAffairs.marriage=down")
    unknown = ask(chongqing, query, "", jutong_sandbox="civilAffairs.nothing=down")
    assert closed.status_code == 400
    assert closed.content == unknown.content


def test_a_collection_has_rows_states_and_pages(harbour: Served) -> None:
    query = "{ companies(first: 30%s) { nodes { name } pageInfo { endCursor hasNextPage } totalCount } }"
    first = body_of(harbour, query % "")["data"]["companies"]
    after = f', after: "{first["pageInfo"]["endCursor"]}"'
    second = body_of(harbour, query % after)["data"]["companies"]
    assert len(first["nodes"]) == 30
    assert first["pageInfo"]["hasNextPage"]
    assert len(first["nodes"]) + len(second["nodes"]) == first["totalCount"]
    for state in ("down", "denied"):
        body = body_of(harbour, query % "", jutong_sandbox=f"market.company={state}")
        assert [error["extensions"]["code"] for error in body["errors"]] == [STATE_OF[state]]


def test_everything_says_that_it_is_synthetic(chongqing: Served) -> None:
    answers = [
        ask(chongqing, LICENCES, "demo-transport"),
        ask(chongqing, LICENCES, "demo-transport", jutong_sandbox="transport.qualification=down"),
        ask(chongqing, LICENCES, "nobody"),
        ask(chongqing, "{ nothing }", "demo-transport"),
        ask(chongqing, "{ catalogue { total } }", ""),
        CLIENT.post(chongqing.url + "/graphql", content=b"{"),
        CLIENT.put(chongqing.url + "/graphql"),
        CLIENT.get(chongqing.url + "/nothing"),
    ]
    for answer in answers:
        assert answer.headers["jutong-sandbox"] == "synthetic"
        assert answer.json()["extensions"]["sandbox"] is True, answer.text
    page = CLIENT.get(chongqing.url + "/graphiql")
    assert page.headers["jutong-sandbox"] == "synthetic"
    assert "Sandbox: all data is synthetic" in page.text
    assert CLIENT.get(chongqing.url + "/readyz").json() == {"ready": True}


def test_the_record_is_kept_apart_and_marked(tmp_path: Path) -> None:
    with serve(tmp_path, ROOT / "examples/chongqing/catalogue", "--sandbox") as served:
        assert "errors" not in body_of(served, LICENCES, "demo-transport")
    assert not (served.state / "record.sqlite").exists()
    with sqlite3.connect(served.state / "sandbox/record.sqlite") as record:
        details = [orjson.loads(row[0]) for row in record.execute("SELECT detail FROM event")]
        kinds = {row[0] for row in record.execute("SELECT kind FROM event")}
    assert {"intent", "outcome"} <= kinds
    assert all(detail["sandbox"] is True for detail in details)


def test_a_gateway_that_is_no_sandbox_refuses_the_header(tmp_path: Path) -> None:
    with serve(tmp_path, ROOT / "tests/cities/harbour") as served:
        query = "{ catalogue { total } }"
        answer = ask(served, query, "", jutong_sandbox="market.company=down")
        assert answer.status_code == 400
        assert "is for a sandbox" in answer.json()["errors"][0]["message"]
        plain = ask(served, query, "")
        assert "jutong-sandbox" not in plain.headers
        assert "extensions" not in plain.json()


def test_personas_are_as_written(chongqing: Served) -> None:
    driver = """{ person(id: "500000198502140017") {
      name  qualifications(orderBy: { validTo: ASC }) { category validTo employer { name legalRepresentative {
        ... on Person { name } } qualifiedDrivers: transport { qualifiedDrivers { category } } } }
    } }"""
    person = body_of(chongqing, driver)["data"]["person"]
    assert [(one["category"], one["validTo"]) for one in person["qualifications"]] == [
        ("ROAD_PASSENGER", "2025-01-01"),
        ("ROAD_FREIGHT", "2027-12-31"),
    ]
    for one in person["qualifications"]:
        assert one["employer"]["name"] == "样例运输有限公司"
        assert one["employer"]["legalRepresentative"] == {"name": "张伟"}
        drivers = one["employer"]["qualifiedDrivers"]["qualifiedDrivers"]
        assert {"category": "ROAD_FREIGHT"} in drivers
        assert {"category": "ROAD_PASSENGER"} in drivers
    dead = body_of(chongqing, '{ person(id: "500000198502140017") { civilAffairs { death { diedOn } } } }')
    assert states_of(dead) == {"person.civilAffairs.death": "NO_RECORD"}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("no.resource: []", "there is no resource 'no.resource'"),
        ("transport.qualification: [{ validTo: soon }]", "validTo: Date: expects YYYY-MM-DD"),
        ("transport.qualification: [{ category: NONE }]", "category: one of ROAD_FREIGHT, ROAD_PASSENGER"),
        ("transport.qualification: [{ colour: red }]", "'colour' is no item"),
        ("transport.qualification: [{ operator: 12 }]", "CreditCode: length is not 18"),
        ("registry.verification: [{ match: true }]", "'match' is derived"),
        ("registry.household: [{}, {}]", "has one row for each Person"),
        ("market.company: [{}]", "belong to Enterprise"),
    ],
)
def test_a_mistake_in_a_persona_is_named(tmp_path: Path, rows: str, reason: str) -> None:
    with pytest.raises(PersonaError, match=f"^personas/one.yaml: .*{re.escape(reason)}"):
        check_personas(with_persona(tmp_path, rows))


def test_a_wrong_persona_stops_the_start(tmp_path: Path) -> None:
    catalogue = with_persona(tmp_path, "no.resource: []")
    command = [str(Path(sys.executable).with_name("jutong")), "serve", "--sandbox"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUTONG_")}
    done = subprocess.run(
        [*command, "--catalogue", str(catalogue)],
        check=False, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 2
    assert "personas/one.yaml: there is no resource 'no.resource'" in done.stderr


def with_persona(folder: Path, rows: str) -> Path:
    catalogue = copy(ROOT / "tests/cities/harbour", folder)
    text = f'persona: 某人\nof: Person\nkey: "500000198502140017"\nrows: {{ {rows} }}\n'
    (catalogue / "personas").mkdir()
    (catalogue / "personas/one.yaml").write_text(text, encoding="utf-8")
    return catalogue


def test_the_client_of_the_docs_prints_what_they_say(chongqing: Served, tmp_path: Path) -> None:
    text = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (printed,) = re.findall(r"It prints:\n\n```\n(.*?)```", text, re.DOTALL)
    (tmp_path / "client.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "client.py"], check=True, cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "GATEWAY": chongqing.url, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.stdout == printed
