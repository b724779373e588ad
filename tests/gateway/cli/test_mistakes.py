"""A mistake of whoever types a command is one line on standard error, and ends it with 2."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

HARBOUR = Path(__file__).parents[2] / "cities/harbour"
DOCUMENT = "{ catalogue { total } }"
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("JUTONG_")}


def run(*arguments: object, given: bytes = b"") -> "subprocess.CompletedProcess[str]":
    """In a process of its own: logs are set up for all of one. `given` is its standard input."""
    command = [sys.executable, "-m", "gateway.cli.main", *map(str, arguments)]
    done = subprocess.run(
        command, input=given, capture_output=True, env=ENVIRONMENT, timeout=PATIENCE_SECONDS, check=False
    )
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def told(*arguments: object, given: bytes = b"") -> str:
    """The one line that a mistake is told in."""
    done = run(*arguments, given=given)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "who.graphql"
    file.write_text(DOCUMENT, encoding="utf-8")
    return file


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A catalogue with a mistake in one file."""
    copied = tmp_path / "broken"
    shutil.copytree(HARBOUR, copied)
    file = copied / "departments/market/company.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("resource:", "resorce:", 1), encoding="utf-8")
    return copied


@pytest.mark.parametrize("command", [("check",), ("sdl",), ("explain",), ("serve", "--catalogue")])
def test_a_catalogue_that_is_not_there(command: tuple[str, ...], document: Path) -> None:
    rest = [document] if command == ("explain",) else []
    assert told(*command, "/nowhere", *rest) == (
        "There is no catalogue at /nowhere: one is a directory with a city.yaml."
    )


def test_a_record_that_is_none(tmp_path: Path) -> None:
    record = tmp_path / "record.sqlite"
    assert told("audit", tmp_path) == (
        f"There is no record at {record}: give the directory that JUTONG_STATE names."
    )
    record.write_text("no database" * 1_000, encoding="utf-8")
    assert told("audit", tmp_path) == f"{record} cannot be read as a record: file is not a database."


def test_a_document_or_variables_that_cannot_be_read(tmp_path: Path, document: Path) -> None:
    nowhere, variables = tmp_path / "nowhere.graphql", document.with_suffix(".json")
    assert told("explain", HARBOUR, nowhere) == f"{nowhere} cannot be read: No such file or directory."
    variables.write_text("{\nbad", encoding="utf-8")
    assert told("explain", HARBOUR, document).startswith(f"{variables}:2:1: no JSON: ")
    variables.write_text("[]", encoding="utf-8")
    assert told("explain", HARBOUR, document) == f"{variables}: variables are one JSON object."
    document.write_bytes(b"\xff")
    assert told("explain", HARBOUR, document) == f"{document} is no text in UTF-8."


def test_an_application_that_nobody_knows(document: Path) -> None:
    assert told("explain", HARBOUR, document, "--as", "nobody").startswith("No application 'nobody'; known: ")


def test_a_purpose_that_an_application_does_not_have(document: Path) -> None:
    assert told("explain", HARBOUR, document, "--as", "desk", "--purpose", "NOPE") == (
        "The application is not registered for this purpose; it has: PERMIT."
    )


def test_a_setting_that_is_none(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRONMENT, "JUTONG_PORTT", "1")
    expected = "JUTONG_PORTT is no setting; docs/settings.md lists them all."
    assert told("explain", HARBOUR, document) == told("serve", "--catalogue", HARBOUR) == expected


def test_a_demo_city_that_is_none() -> None:
    assert told("demo", "--city", "nowhere") == "There is no demo city 'nowhere'. There are: chongqing."


def test_a_port_that_the_demo_cannot_have_is_told_before_it_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRONMENT, "JUTONG_PORT", "99999")
    assert told("demo") == "JUTONG_PORT: Input should be less than or equal to 65535"


def test_names_for_what_is_not_there() -> None:
    assert told("names", "/nowhere").startswith("There is no /nowhere: ")


def test_names_for_a_list_in_another_encoding(tmp_path: Path) -> None:
    titles, listed = "姓名,XM\n".encode("gbk"), tmp_path / "titles.csv"
    listed.write_bytes(titles)
    assert told("names", listed) == f"{listed} is no text in UTF-8."
    assert told("names", given=titles) == "Standard input is no text in UTF-8."


def test_why_a_document_is_refused_has_its_place(document: Path) -> None:
    document.write_text("{\n  nothing\n}", encoding="utf-8")
    done = run("explain", HARBOUR, document)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"{document}:2:3: Cannot query field 'nothing' on type 'Query'."]


def test_a_schema_that_lacks_a_part_says_why_and_ends_with_1(broken: Path) -> None:
    done = run("sdl", broken)
    assert done.returncode == 1
    assert "departments/market/company.yaml:1:" in done.stderr
    assert "type TransportQualification " in done.stdout


def test_logs_stay_out_of_what_is_printed(broken: Path, document: Path) -> None:
    done = run("explain", broken, document, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert {one["event"] for one in events} == {"catalogue_problem"}
    assert {"file", "line", "code", "message", "hint"} <= events[0].keys()
    assert "resorce" in events[0]["message"]
