"""The department services by themselves: each has the habit it is there for."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import orjson
import pytest

from tests.examples.demo import CITY
from tests.examples.test_generator import build
from tests.patience import PATIENCE_SECONDS
from tests.plain_http import CLIENT
from tests.ports import held_port

ZHANG, LI, FLEET, SHOP = (
    "500000198502140017",
    "500000195811030029",
    "91500000DEM000129B",
    "91500112DEM000022H",
)
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask a service by name; it is started when it is asked first."""
    data = tmp_path_factory.mktemp("services")
    build(data, "--persons", "100", "--enterprises", "20")
    running: dict[str, tuple[subprocess.Popen[bytes], str]] = {}
    ports = ExitStack()

    def start(name: str) -> str:
        port = ports.enter_context(held_port())
        program = [
            sys.executable,
            str(CITY / "simulators/serve.py"),
            name,
            "--data",
            str(data / f"{name}.sqlite"),
        ]
        running[name] = (subprocess.Popen([*program, "--port", str(port)]), f"http://127.0.0.1:{port}")
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                CLIENT.get(f"{running[name][1]}/health")
                return running[name][1]
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.05)

    def ask_(name: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        base = running[name][1] if name in running else start(name)
        answer = CLIENT.get(base + path) if body is None else CLIENT.post(base + path, json=body)
        return answer.status_code, answer.json()

    with ports:
        yield ask_
        for process, _ in running.values():
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def test_every_service_of_the_demo_answers(ask: Ask) -> None:
    names = orjson.loads((CITY / "demo.json").read_bytes())["services"]
    assert [ask(name, "/health") for name in names] == [(200, {"ok": True})] * 9


def test_traffic_says_everything_with_200(ask: Ask) -> None:
    status, found = ask("traffic", f"/licences/{ZHANG}")
    assert (status, found["code"], found["data"]["classes"]) == (200, "0", "A2")
    status, missing = ask("traffic", f"/licences/{LI}")
    assert (status, missing["code"], missing["data"]) == (200, "404", None)


def test_insurance_takes_many_keys_and_gives_pages(ask: Ask) -> None:
    body = {"codes": [FLEET, SHOP], "size": 1}
    pages = [ask("insurance", "/employers", body | {"page": page})[1]["result"] for page in (1, 2, 3)]
    assert [(page["total"], [row["insured"] for row in page["list"]]) for page in pages] == [
        (2, [186]),
        (2, [3]),
        (2, []),
    ]


def test_medical_insurance_goes_on_by_a_cursor(ask: Ask) -> None:
    _, first = ask("medical", "/entitlements", {"insured": [ZHANG]})
    assert ([row["scheme"] for row in first["items"]], first["next"]) == (["职工医保", "大额医疗"], None)


def test_the_fund_takes_one_key_and_says_404(ask: Ask) -> None:
    status, found = ask("fund", f"/accounts/{ZHANG}")
    assert (status, found["accounts"][0]["unit"]["code"]) == (200, FLEET)
    assert ask("fund", f"/accounts/{LI}")[0] == 404


def test_tax_takes_repeated_parameters_in_any_case(ask: Ask) -> None:
    _, found = ask("tax", f"/taxpayers?nsrsbh={FLEET.lower()}&nsrsbh={SHOP}")
    assert [(row["nsrsbh"], row["xydj"]) for row in found["data"]] == [(SHOP, "B"), (FLEET, "A")]


def test_credit_looks_into_every_code_column(ask: Ask) -> None:
    _, found = ask("credit", "/penalty", {"query": {"codes": [FLEET, FLEET[8:17]]}})
    assert [row["rq"] for row in found["data"]["records"]] == ["2017-05-06", "2020-08-12", "2024-11-02"]


def test_sensors_answer_by_structure(ask: Ask) -> None:
    _, found = ask("sensors", "/structures?codes=500106,500103-B1")
    assert list(found["structures"]) == ["500103-B1", "500106-B1", "500106-B2"]
    assert found["structures"]["500106-B1"]["latest"] == {"value": "18.7", "at": 1_772_323_200_000}
    assert (
        found["structures"]["500106-B2"]["latest"]["at"] > 1_772_323_200_000
    )  # alive: read whenever one asks


def test_records_refuse_an_unknown_message_with_200(ask: Ask) -> None:
    assert ask("records", "/other", {"patients": []}) == (
        200,
        {"head": {"code": "AE", "text": "unknown message"}},
    )
    _, found = ask("records", "/summaries", {"patients": [ZHANG, LI]})
    assert [row["blood"] for row in found["body"]["summaries"]] == ["O"]


def test_a_request_that_is_no_use_is_refused(ask: Ask) -> None:
    assert [ask(name, "/nothing")[0] for name in ("traffic", "insurance", "tax", "credit", "fund")] == [
        400
    ] * 5


def test_education_speaks_graphql(ask: Ask) -> None:
    body = {
        "query": "query($keys: [String!]!) { degrees(keys: $keys) { certNo idNo major } }",
        "variables": {"keys": [ZHANG, LI]},
    }
    assert ask("education", "/graphql", body) == (
        200,
        {"data": {"degrees": [{"certNo": "106110000000001", "idNo": ZHANG, "major": "交通运输"}]}},
    )
    _, refused = ask("education", "/graphql", body | {"variables": {"keys": ["1"] * 101}})
    assert (refused["data"], len(refused["errors"])) == (None, 1)
