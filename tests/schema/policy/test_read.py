"""Grants are checked against the items there are: quickly, and without a word where others have said it."""

import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.memory import KIND
from schema.catalogue.problems import Problem
from schema.catalogue.read import read_catalogue
from schema.policy.known import KnownItems
from schema.policy.read import read_policy
from tests.calls import calls_made
from tests.kit import CITIES, read_city

CATALOGUE = read_city("harbour")[0]
NAMES = [f"{one.code}.{item}" for one in CATALOGUE.resources.values() for item in one.items]
ACCESS = "access/applications.yaml"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Path]:
    yield shutil.copytree(CITIES / "harbour", tmp_path / "harbour")


def problems_of(city: Path) -> list[Problem]:
    checked = read_catalogue(city, {"memory": KIND})
    _, problems = read_policy(city, checked.catalogue)
    return [*checked.problems, *problems]


def test_an_item_that_is_none_is_told(city: Path) -> None:
    access = city / ACCESS
    access.write_text(access.read_text(encoding="utf-8").replace("transport.", "transprt."), encoding="utf-8")
    found = problems_of(city)
    assert {one.code for one in found} == {"UNKNOWN_ITEM"}
    assert {one.file for one in found} == {ACCESS}


def test_items_of_a_department_with_mistakes_are_not_told_again(city: Path) -> None:
    resource = city / "departments/transport/qualification.yaml"
    resource.write_text(resource.read_text(encoding="utf-8") + "nonsense: 1\n", encoding="utf-8")
    (only,) = problems_of(city)
    assert only.file == "departments/transport/qualification.yaml"


def test_items_of_a_department_that_is_gone_are_told(city: Path) -> None:
    shutil.rmtree(city / "departments/transport")
    assert "UNKNOWN_ITEM" in {one.code for one in problems_of(city) if one.file == ACCESS}


def test_a_file_in_another_encoding_is_told_with_its_line_and_takes_itself_alone(city: Path) -> None:
    (city / "access/other.yaml").write_bytes(
        "application: other\ntitle: 别处 — Elsewhere\naudience: share\n".encode("gb18030")
    )
    (only,) = problems_of(city)
    assert (only.file, only.line, only.code) == ("access/other.yaml", 2, "NOT_UTF8")
    checked = read_catalogue(city, {"memory": KIND})
    assert set(read_policy(city, checked.catalogue)[0].applications) == set(
        read_city("harbour")[1].applications
    )


def test_a_lock_of_an_editor_is_no_file(city: Path) -> None:
    (city / "access/.#desk.yaml").symlink_to("somebody@host.1234")
    assert problems_of(city) == []


def test_what_is_no_file_is_told_and_takes_itself_alone(city: Path) -> None:
    (city / "access/folder.yaml").mkdir()
    (only,) = problems_of(city)
    assert (only.file, only.code) == ("access/folder.yaml", "UNREADABLE")


PATTERNS = st.tuples(
    st.sampled_from(NAMES), st.integers(0, 40), st.sampled_from(["", "*", "?", "[a-m]*", "x", "*e"])
).map(lambda drawn: drawn[0][: drawn[1]] + drawn[2])


@given(pattern=PATTERNS | st.text("*?[].abe"))
def test_patterns_fit_what_they_fit_one_by_one(pattern: str) -> None:
    assert KnownItems(CATALOGUE).has(pattern) == any(fnmatchcase(name, pattern) for name in NAMES)


def test_a_grant_is_not_compared_with_every_item() -> None:
    known = KnownItems(CATALOGUE)
    (resource,) = [one for one in CATALOGUE.resources.values() if one.code == "transport.qualification"]
    with calls_made() as made:
        assert known.has("transport.qualification.*")
        assert not known.has("transport.qualification.nothing")
    assert made.count("fnmatchcase") <= len(resource.items)
