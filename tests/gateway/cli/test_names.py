"""`jutong names`: a steward's file or list gets its English names."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from tests.schema.catalogue.test_pinning import AFTER, BEFORE, REST

RUNNER = CliRunner()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    for path, text in (REST | {"departments/parks/garden.yaml": BEFORE}).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_drafts_are_shown_and_written_on_request(catalogue: Path) -> None:
    file = catalogue / "departments/parks/garden.yaml"
    shown = RUNNER.invoke(app, ["names", str(catalogue)])
    assert f"{file}:11: 公园名称 → parkName (words)" in shown.output
    assert "7 names drafted; --write puts them into the files." in shown.output
    assert file.read_text(encoding="utf-8") == BEFORE
    written = RUNNER.invoke(app, ["names", str(catalogue), "--write"])
    assert written.exit_code == 0
    assert file.read_text(encoding="utf-8") == AFTER
    assert sorted(one.name for one in file.parent.iterdir()) == ["department.yaml", "garden.yaml"]
    assert RUNNER.invoke(app, ["names", str(catalogue), "--write"]).output == "Every item has a name.\n"
    assert RUNNER.invoke(app, ["check", str(catalogue)]).exit_code == 0


def test_check_says_who_drafts_names(catalogue: Path) -> None:
    checked = RUNNER.invoke(app, ["check", str(catalogue)])
    assert "`jutong names --write` drafts names of items." in checked.output


def test_drafts_are_one_json_object(catalogue: Path) -> None:
    answer = json.loads(RUNNER.invoke(app, ["names", str(catalogue), "--json"]).output)
    assert answer["written"] is False
    assert answer["names"][2] == {
        "file": str(catalogue / "departments/parks/garden.yaml"),
        "line": 13,
        "title": "状态",
        "name": "status",
        "from": "dictionary",
    }


def test_a_list_from_a_spreadsheet_is_answered_with_items(tmp_path: Path) -> None:
    listed = tmp_path / "titles.csv"
    listed.write_text("\ufeff姓名,XM\r\n证件号码,ZJHM\r\n", encoding="utf-8")
    expected = "items:\n  name: { title: 姓名 — Name, column: XM }\n  idNo: { title: 证件号码 — Document number, column: ZJHM }\n"
    assert RUNNER.invoke(app, ["names", str(listed)]).output == expected
    assert RUNNER.invoke(app, ["names"], input="姓名,XM\n证件号码,ZJHM\n").output == expected


def test_files_that_cannot_be_read_are_named_and_the_others_answered(catalogue: Path) -> None:
    parks = catalogue / "departments/parks"
    (parks / "a.yaml").write_text("resource: [", encoding="utf-8")
    (parks / "b.yaml").write_bytes("items: { 姓名: XM }".encode("gbk"))
    answer = RUNNER.invoke(app, ["names", str(catalogue)])
    assert answer.exit_code == 1
    assert answer.stderr.splitlines() == [
        f"{parks}/a.yaml: not YAML; `jutong check` says where.",
        f"{parks}/b.yaml is no text in UTF-8.",
    ]
    assert "7 names drafted" in answer.stdout


def test_names_leave_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "school.yaml"
    file.write_bytes("\ufeffresource: school\r\nitems:\r\n  姓名: XM\r\n".encode())
    assert RUNNER.invoke(app, ["names", str(file), "--write"]).exit_code == 0
    assert file.read_bytes().decode() == (
        "\ufeffresource: school\r\nitems:\r\n  name: { title: 姓名 — Name, column: XM }\r\n"
    )
