"""`jutong protect` as an operator runs it, beside a gateway that runs."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.request import Ask
from gateway.settings import read_settings
from schema.identifiers import parse_citizen_id
from tests.faults.city import citizen, name_of, write_city
from tests.kit import DESK
from tests.patience import PATIENCE_SECONDS, soon

JUTONG = str(Path(sys.executable).with_name("jutong"))
HARBOUR = Path(__file__).parents[2] / "cities/harbour"
WITH_X = next(number for number in range(100) if citizen(number).endswith("X"))


def protect(
    folder: Path, *arguments: object, given: str | bytes = ""
) -> "subprocess.CompletedProcess[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUTONG_")}
    environment |= {"JUTONG_CATALOGUE": str(folder / "catalogue"), "JUTONG_DEMO_DATA": str(folder)}
    environment |= {"JUTONG_DEMO_LICENCES": "http://127.0.0.1:9"}
    return subprocess.run(
        [JUTONG, "protect", *map(str, arguments)],
        env=environment,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A city whose register guards the protected, and a state that nobody has begun."""
    catalogue = write_city(tmp_path, 100)
    household = catalogue / "departments/registry/household.yaml"
    household.write_text(household.read_text(encoding="utf-8") + "guards: [protection]\n", encoding="utf-8")
    monkeypatch.setenv("JUTONG_DEMO_DATA", str(tmp_path))
    monkeypatch.setenv("JUTONG_DEMO_LICENCES", "http://127.0.0.1:9")
    (tmp_path / "state").mkdir()
    return tmp_path


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Gateway]:
    settings = read_settings({}, catalogue=folder / "catalogue", state=folder / "state")
    async with open_gateway(settings) as gateway:
        yield gateway


async def shown(gateway: Gateway, number: int) -> Any:
    """The name of a person, or the code in its place."""
    document = f'{{ person(id: "{citizen(number)}") {{ name }} }}'
    body = orjson.loads((await gateway.answer(Ask(document, DESK, "r-1", soon()))).body)
    name = body["data"]["person"]["name"]
    return name if name is not None else body["errors"][0]["extensions"]["code"]


async def test_a_running_gateway_withholds_who_is_protected_and_shows_who_no_longer_is(folder: Path) -> None:
    state = folder / "state"
    async with opened(folder) as gateway:
        assert await shown(gateway, 1) == name_of(1)
        done = protect(
            folder, "add", state, "Person", given=f"{citizen(1)}\n\n {citizen(WITH_X).lower()} \r\n"
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"2 protected now; 2 in all.\n", b"")
        assert [await shown(gateway, number) for number in (1, WITH_X)] == ["MANUAL_CHECK"] * 2
        assert (
            protect(folder, "add", state, "Person", given=citizen(1)).stdout
            == b"0 protected now; 2 in all.\n"
        )
        done = protect(folder, "remove", state, "Person", given=citizen(1))
        assert done.stdout == b"1 protected no longer; 1 are.\n"
        assert [await shown(gateway, number) for number in (1, WITH_X)] == [name_of(1), "MANUAL_CHECK"]
        listed = protect(folder, "list", state).stdout.decode().splitlines()
        assert listed == [gateway.pseudonyms.subject("Person", (parse_citizen_id(citizen(WITH_X)),))]


async def test_who_is_protected_before_the_first_start_is_never_shown(folder: Path) -> None:
    done = protect(folder, "add", folder / "state", "Person", given=citizen(1))
    assert b"a new one is begun" in done.stderr
    async with opened(folder) as gateway:
        assert await shown(gateway, 1) == "MANUAL_CHECK"


@pytest.mark.parametrize("bad", [b"500000198501010019", b"X-1, X-2", b"\xff\xfe", "张三".encode("gbk")])
async def test_what_is_no_key_is_told_by_its_line_and_nothing_is_changed(folder: Path, bad: bytes) -> None:
    state = folder / "state"
    async with opened(folder) as gateway:
        given = b"\xef\xbb\xbf" + citizen(1).encode() + b"\n" + bad + b"\n"
        done = protect(folder, "add", state, "Person", given=given)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr == b"No such key in line 2; nothing was changed.\n"
        assert await shown(gateway, 1) == name_of(1)
    assert protect(folder, "list", state).stdout == b""


def test_a_composite_key_has_its_parts_with_commas_between(folder: Path) -> None:
    arguments = ("add", folder / "state", "Vehicle", "--catalogue", HARBOUR)
    assert protect(folder, *arguments, given="渝A00001,BLUE").stdout == b"1 protected now; 1 in all.\n"
    for wrong in ("渝A00001", "渝A00001,PURPLE", "渝A00001,BLUE,1"):
        assert protect(folder, *arguments, given=wrong).returncode == 1
    (subject,) = protect(folder, "list", folder / "state").stdout.splitlines()
    assert subject.startswith(b"Vehicle:1:")


def test_what_leads_nowhere_is_refused(folder: Path) -> None:
    state, key = folder / "state", citizen(1)
    hint = "give the directory that JUTONG_STATE names."
    for arguments, said in (
        (("add", "/nowhere", "Person"), f"There is no directory /nowhere: {hint}"),
        (("list", "/nowhere"), f"There is no store in /nowhere: {hint}"),
        (("remove", folder, "Person"), f"There is no store in {folder}: {hint}"),
        (
            ("add", state, "Person", "--catalogue", "/nowhere"),
            "There is no catalogue at /nowhere: one is a directory with a city.yaml.",
        ),
        (("add", state, "Persn"), "There is no entity 'Persn'; the catalogue has: "),
        (
            ("add", state, "Person", "--key", "plate"),
            "Person has no key 'plate'; it has: citizenId, passport.",
        ),
    ):
        done = protect(folder, *arguments, given=key)
        assert (done.returncode, done.stdout) == (2, b"")
        (line,) = done.stderr.decode().splitlines()
        assert line.startswith(said)
        assert key not in line
    assert list(state.iterdir()) == []
    assert not list(folder.glob("*.sqlite-wal"))
    assert not (folder / "secret").exists()
