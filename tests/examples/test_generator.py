"""The demo's data: the same each time, synthetic to the last identifier, and quick at every size."""

import csv
import re
import runpy
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from lxml import etree

from schema.identifiers import parse_citizen_id, parse_credit_code
from tests.examples.demo import CITY

MAX_CALLS = 100
"""Of functions, for each person and enterprise: half as many again as there are."""


def build(directory: Path, *arguments: str) -> str:
    command = [sys.executable, str(CITY / "generate.py"), str(directory), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr


def dump(directory: Path) -> dict[str, list[str]]:
    found = {}
    for path in sorted(directory.glob("*.sqlite")):
        with sqlite3.connect(path) as connection:
            found[path.stem] = list(connection.iterdump())
        connection.close()
    return found


def rows(directory: Path, database: str, statement: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(directory / f"{database}.sqlite") as connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("data")
    build(directory)
    return directory


def calls_of(directory: Path, persons: int, enterprises: int) -> int:
    """How many functions are called to build a city."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    generator = runpy.run_path(str(CITY / "generate.py"))["build"]
    sys.setprofile(count)
    try:
        generator(directory, persons, enterprises)
    finally:
        sys.setprofile(None)
    return calls


def test_twice_the_city_is_twice_the_work(tmp_path: Path) -> None:
    once, twice, four_times = (
        calls_of(tmp_path / f"{times}", 400 * times, 160 * times) for times in (1, 2, 4)
    )
    assert twice - once < 560 * MAX_CALLS
    assert four_times - twice < 2.1 * (twice - once)


def test_the_same_numbers_give_the_same_rows(city: Path, tmp_path: Path) -> None:
    build(tmp_path)
    assert dump(city) == dump(tmp_path)


def test_the_default_city_has_two_thousand_persons_and_eight_hundred_enterprises(city: Path) -> None:
    crowd = "SELECT count(*) FROM {} WHERE {}"
    assert rows(city, "population", crowd.format("T_SFZZT", "GMSFHM <> '500000198502140017'")) == [(2000,)]
    assert rows(city, "market", crowd.format("T_QYDJ", "TYSHXYDM LIKE '%DEM2%'")) == [(800,)]


def test_every_table_has_rows(city: Path) -> None:
    for path in city.glob("*.sqlite"):
        for (table,) in rows(city, path.stem, "SELECT name FROM sqlite_master WHERE type = 'table'"):
            assert rows(city, path.stem, f'SELECT count(*) FROM "{table}"') != [(0,)], f"{path.stem}.{table}"


def test_all_identifiers_are_synthetic_and_well_formed(city: Path) -> None:
    text = "\n".join(line for lines in dump(city).values() for line in lines)
    citizens = set(re.findall(r"'(\d{17}[\dXx]) *'", text))
    codes = set(re.findall(r"'([0-9A-Z]{2}\d{6}[0-9A-Z]{10})'", text)) - citizens
    assert len(citizens) > 1_500
    assert len(codes) > 800
    for one in citizens:
        assert parse_citizen_id(one).startswith("500000")
    for one in codes:
        assert parse_credit_code(one)[8:11] == "DEM"


def test_scale_multiplies_both_and_shows_progress(tmp_path: Path) -> None:
    said = build(tmp_path, "--persons", "6000", "--enterprises", "50", "--scale", "2")
    assert "persons: 10,000 of 12,000" in said
    assert "enterprises: 100 of 100" in said
    assert rows(tmp_path, "population", "SELECT count(DISTINCT GMSFHM) >= 12000 FROM T_HJRK") == [(1,)]


def test_the_drops_are_files_as_offices_save_them(city: Path) -> None:
    collectives = (city / "drops/agriculture/collectives.csv").read_bytes()
    assert collectives.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(collectives.decode("utf-8-sig").splitlines()))
    assert lines[0]["统一社会信用代码"] == "N2500112DEM000102L"
    assert (lines[0]["成员数"], len(lines)) == ("1268", 39)
    with zipfile.ZipFile(city / "drops/disability/certificates.xlsx") as archive:
        sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    cells = [["".join(cell.itertext()) for cell in row] for row in sheet[0]]
    assert cells[0] == ["残疾证号", "身份证号", "残疾类别", "残疾等级", "监护人", "发证日期"]
    assert cells[1][:3] == ["50000019581103002942", "500000195811030029", "肢体"]
    assert len(cells) == 22
