"""What a source is declared to be changes while it is served: where its database lies, or what it needs to open."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from gateway.opening import open_current
from gateway.reload import Current
from gateway.request import Ask
from gateway.settings import Settings
from schema.policy.caller import ANONYMOUS
from tests.certificates import certificate, write
from tests.faults.city import FLEET, write_city
from tests.patience import AGES_SECONDS, soon, until

REGISTRY, TRAFFIC = "departments/registry/department.yaml", "departments/traffic/department.yaml"


@pytest.fixture
async def current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Current]:
    monkeypatch.setenv("JUTONG_DEMO_DATA", str(tmp_path))
    monkeypatch.setenv("JUTONG_DEMO_LICENCES", "https://127.0.0.1:9")
    write_city(tmp_path, 3)
    settings = Settings(
        catalogue=tmp_path / "catalogue",
        state=tmp_path / "state",
        reload_seconds=0.02,
        timeout_seconds=AGES_SECONDS,
    )
    async with open_current(settings) as current:
        yield current


async def brand_of(current: Current) -> str:
    document = f'{{ enterprise(uscc: "{FLEET}") {{ name }} }}'
    answer = await current.gateway.answer(Ask(document, ANONYMOUS, "r-1", soon()))
    name: str = orjson.loads(answer.body)["data"]["enterprise"]["name"]
    return name


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    changed = file.with_suffix(".new")
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    changed.replace(file)


async def test_rows_of_the_database_that_a_source_was_moved_from_answer_no_more(
    current: Current, tmp_path: Path
) -> None:
    assert await brand_of(current) == "码头运输"
    with (
        sqlite3.connect(tmp_path / "registry.sqlite") as old,
        sqlite3.connect(tmp_path / "new.sqlite") as new,
    ):
        old.backup(new)
        new.execute("UPDATE COMPANY SET NAME = '码头航运'")
    old.close()
    new.close()
    assert await brand_of(current) == "码头运输"  # it is remembered
    before = current.gateway
    change(tmp_path / "catalogue" / REGISTRY, "registry.sqlite", "new.sqlite")
    await until(lambda: current.gateway is not before)
    assert await brand_of(current) == "码头航运"


async def test_a_source_that_could_not_be_opened_is_tried_with_each_reload(
    current: Current, tmp_path: Path
) -> None:
    authority = tmp_path / "authority.pem"
    before = current.gateway
    with capture_logs() as logged:
        change(tmp_path / "catalogue" / TRAFFIC, "kind: rest,", f'kind: rest, ca_file: "{authority}",')
        await until(lambda: current.gateway is not before)
    assert current.gateway.connector("licenceService") is None
    told = [(one["source"], one["file"]) for one in logged if one["event"] == "source_not_opened"]
    assert told == [("licenceService", str(authority))]
    write(authority, certificate("authority", None, "127.0.0.1"))
    before = current.gateway
    change(tmp_path / "catalogue" / REGISTRY, "title: ", "title: 新 ")
    await until(lambda: current.gateway is not before)
    assert current.gateway.connector("licenceService") is not None
