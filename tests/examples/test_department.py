"""The README's "Add a department in five minutes", step by step, from the README's own text."""

import re
import sqlite3
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.opening import open_gateway
from gateway.request import Ask
from gateway.settings import read_settings
from schema.policy.caller import Caller
from tests.cities import harbour_rows as rows
from tests.patience import soon

README = Path(__file__).parents[2] / "README.md"


def blocks() -> list[str]:
    text = README.read_text(encoding="utf-8")
    found = re.findall(r"   ```yaml\n(.*?)   ```", text, re.DOTALL)
    return [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in found]


async def test_a_department_is_added_by_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    catalogue = tmp_path / "catalogue"
    (catalogue / "departments/parks").mkdir(parents=True)
    (catalogue / "city.yaml").write_text("city: 测试城 — Test\n", encoding="utf-8")
    department, resource = blocks()
    (catalogue / "departments/parks/department.yaml").write_text(department, encoding="utf-8")
    (catalogue / "departments/parks/garden.yaml").write_text(resource, encoding="utf-8")
    with sqlite3.connect(tmp_path / "parks.sqlite") as connection:
        connection.execute('CREATE TABLE GARDEN ("NO", KEEPER, NAME, OPENED)')
        connection.execute("INSERT INTO GARDEN VALUES (1, ?, '示范园', '20200501')", (rows.FLEET,))
    connection.close()

    checked = CliRunner().invoke(app, ["check", str(catalogue)])
    assert checked.exit_code == 0, checked.output
    async with open_gateway(read_settings({}, catalogue=catalogue, state=tmp_path / "state")) as gateway:
        ask = Ask(
            f'{{ enterprise(uscc: "{rows.FLEET}") {{ parks {{ gardens {{ name openedOn }} }} }} }}',
            Caller("app", "share"),
            "r-1",
            soon(),
        )
        body = orjson.loads((await gateway.answer(ask)).body)
    assert body["data"] == {
        "enterprise": {"parks": {"gardens": [{"name": "示范园", "openedOn": "2020-05-01"}]}}
    }
