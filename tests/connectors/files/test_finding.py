"""Which files are a drop, and which are never looked at."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.errors import SourceMisbehaved, SourceUnavailable
from connectors.files.finding import find
from connectors.files.settings import FilesOrigin, FilesSettings
from schema.identifiers import BEIJING
from tests.connectors.files.office import TEXT, declared, office

COLUMNS = {"id": TEXT, "name": TEXT}


def write(folder: Path, name: str, *names: str, at: float = 1_600_000_000) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("id,name\n" + "".join(f"k,{one}\n" for one in names))
    os.utime(path, (at, at))


async def names_of(folder: Path, file: str, **settings: Any) -> list[str]:
    async with office(folder, declared({"file": file}, COLUMNS, "name"), **settings) as one:
        return [row[1] for row in (await one.scan("name")).rows]


async def test_files_of_one_pattern_are_one_drop_as_old_as_its_oldest(tmp_path: Path) -> None:
    write(tmp_path, "north/a.csv", "1", at=1_500_000_000)
    write(tmp_path, "south/a.csv", "2", "3")
    write(tmp_path, "south/b.txt", "4")
    assert await names_of(tmp_path, "*/a.csv") == ["1", "2", "3"]
    found = find(FilesSettings(directory=str(tmp_path)), FilesOrigin(file="*/a.csv"))
    assert found.as_of == datetime.fromtimestamp(1_500_000_000, UTC)


async def test_one_broken_file_of_a_pattern_is_a_broken_drop(tmp_path: Path) -> None:
    write(tmp_path, "a1.csv", "1")
    (tmp_path / "a2.csv").write_text("other\n")
    with pytest.raises(SourceMisbehaved) as caught:
        await names_of(tmp_path, "a*.csv")
    assert caught.value.detail == "a2.csv: no column 'id' in row 1"


async def test_of_dated_files_the_latest_day_counts(tmp_path: Path) -> None:
    for name, row in (("all_20240131.csv", "old"), ("all_20240229.csv", "new"), ("all_20249999.csv", "no")):
        write(tmp_path, name, row)
    write(tmp_path, "all_copy.csv", "no")
    write(tmp_path, "all[1].csv", "bracket")
    assert await names_of(tmp_path, "all[1].csv") == ["bracket"]
    assert await names_of(tmp_path, "all_{yyyyMMdd}.csv") == ["new"]
    found = find(FilesSettings(directory=str(tmp_path)), FilesOrigin(file="all_{yyyyMMdd}.csv"))
    assert found.as_of == datetime(2024, 2, 29, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        "../a.csv",
        "x/../../a.csv",
        "**/a.csv",
        "a.csv\0",
        "..\\a.csv",
        "a.pdf",
        "a",
        "{yyyy}.csv",
        "{yyyy/MM/dd}.csv",
        "{yyyyMMdd}{yyyyMMdd}.csv",
        "{yyyyMMdd.csv",
        "{hello}.csv",
    ],
)
def test_paths_that_lead_elsewhere_are_mistakes_of_the_catalogue(file: str) -> None:
    with pytest.raises(ValidationError):
        FilesOrigin(file=file)


async def test_a_link_out_of_the_folder_is_followed_only_if_that_is_said(tmp_path: Path) -> None:
    write(tmp_path, "secret.csv", "1")
    folder = tmp_path / "drops"
    folder.mkdir()
    (folder / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(SourceMisbehaved) as caught:
        await names_of(folder, "a.csv")
    assert caught.value.detail.startswith("a.csv: a link out of the folder")
    assert await names_of(folder, "a.csv", follow_links=True) == ["1"]


async def test_a_linked_folder_leads_nowhere_either(tmp_path: Path) -> None:
    write(tmp_path, "other/a.csv", "1")
    folder = tmp_path / "drops"
    folder.mkdir()
    (folder / "in").symlink_to(tmp_path / "other")
    (folder / "here").mkdir()
    (folder / "here/a.csv").symlink_to(folder / "b.csv")
    write(folder, "b.csv", "2")
    assert await names_of(folder, "here/a.csv") == ["2"], "a link within the folder is none out of it"
    with pytest.raises(SourceMisbehaved):
        await names_of(folder, "in/a.csv")


async def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    os.mkfifo(tmp_path / "b.csv")
    for name in ("a.csv", "b.csv"):
        with pytest.raises(SourceMisbehaved):
            await names_of(tmp_path, name)
    with pytest.raises(SourceUnavailable):
        await names_of(tmp_path, "c.csv")


async def test_a_file_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "1")
    with pytest.raises(SourceMisbehaved) as caught:
        await names_of(tmp_path, "a.csv", max_file_bytes=5)
    assert caught.value.detail == "a.csv: larger than 5 bytes ('max_file_bytes')"


@pytest.mark.parametrize(
    "given",
    [
        {"file": "a.csv", "header_row": 0},
        {"file": "a.csv", "columns": ["a"]},
        {"file": "a.csv", "encoding": "klingon"},
        {"file": "a.csv", "delimiter": ";;"},
        {"file": "a.csv", "sheets": "x"},
    ],
)
def test_declarations_that_say_nothing_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FilesOrigin.model_validate(given)
