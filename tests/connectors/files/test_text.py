"""CSV as offices write it."""

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceMisbehaved
from tests.connectors.files.office import TEXT, WHOLE, declared, office

COLUMNS = {"id": TEXT, "name": TEXT, "n": WHOLE}
SECRET = "500000199001010001"


async def rows_of(folder: Path, content: bytes, *keys: str, **origin: Any) -> list[tuple[Any, ...]]:
    (folder / "a.csv").write_bytes(content)
    async with office(folder, declared({"file": "a.csv", **origin}, COLUMNS)) as one:
        return await one.rows(*keys)


@pytest.mark.parametrize(
    ("encoding", "declared_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-8-sig", "gb18030"),
        ("gbk", "gbk"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
async def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str, declared_as: str) -> None:
    """A mark at the beginning is no part of the first name, and says more than the declaration."""
    name = "张三" if encoding == "gbk" else "张三㐂"
    content = f"id,name,n\n007,{name},5\n".encode(encoding)
    assert await rows_of(tmp_path, content, "007", encoding=declared_as) == [("007", name, 5)]


async def test_another_encoding_is_refused_and_no_text_of_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceMisbehaved) as caught:
        await rows_of(tmp_path, f"id,name,n\n{SECRET},张三,1\n".encode("gb18030"), SECRET)
    assert caught.value.detail == "a.csv: is not utf-8 throughout; say its 'encoding', such as gb18030"


async def test_identifiers_are_text_and_empty_is_not_empty_text(tmp_path: Path) -> None:
    found = await rows_of(tmp_path, b'id,name,n\n007,"",\n7,,0\n"0x1F",1e5,-3\n', "007", "7", "0x1F", "1")
    assert found == [("007", "", None), ("7", None, 0), ("0x1F", "1e5", -3)]


async def test_quotes_delimiters_and_lines_within_values(tmp_path: Path) -> None:
    content = b'id;name;n\r\na;"one;\r\ntwo ""three""";1\r\n;;\r\nb;four,five;2\r\n'
    found = await rows_of(tmp_path, content, "a", "b", delimiter=";")
    assert found == [("a", 'one;\r\ntwo "three"', 1), ("b", "four,five", 2)]


async def test_names_stand_anywhere_and_in_any_order(tmp_path: Path) -> None:
    content = b'"a ""title"""\n"over\ntwo lines",,\nn, name ,id,note\n1,x,k,not declared\n'
    assert await rows_of(tmp_path, content, "k", header_row=3) == [("k", "x", 1)]


async def test_files_without_names_are_told_them(tmp_path: Path) -> None:
    given = {"header_row": 0, "columns": ["n", "id", "name"]}
    assert await rows_of(tmp_path, b"1,k,x\n2,l,y\n", "k", "l", **given) == [("k", "x", 1), ("l", "y", 2)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"id,name,n\n1,x,1\n{SECRET},x\n", "cut off or malformed at line 3"),
        (f"id,name,n\n1,x,1\n{SECRET},x,1,2\n", "cut off or malformed at line 3"),
        (f'id,name,n\n1,x,1\n{SECRET},"x,1\n', "cut off or malformed at line 3"),
        (f"id,nom,n\n{SECRET},x,1\n", "no column 'name' in row 1"),
        (f"id,name,n,name\n{SECRET},x,1,y\n", "more than one column 'name' in row 1"),
        ("", "ends before row 1, where the names should be"),
        ('"id,name', "row 1, of the names, is no CSV"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place_and_without_values(
    tmp_path: Path, content: str, reason: str
) -> None:
    with pytest.raises(SourceMisbehaved) as caught:
        await rows_of(tmp_path, content.encode(), SECRET)
    assert caught.value.detail == f"a.csv: {reason}"


async def test_names_alone_are_no_rows(tmp_path: Path) -> None:
    assert await rows_of(tmp_path, b"id,name,n", "1") == []
