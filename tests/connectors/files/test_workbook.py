"""Excel as offices write it, and what it does to identifiers."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceMisbehaved
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item_declarations import ReadDeclaration
from schema.identifiers import BEIJING
from tests.connectors.files.office import AMOUNT, DAY, TEXT, WHOLE, declared, office
from tests.workbooks import write_workbook

SAID = make_codec("Date", read=ReadDeclaration(format="yyyy年M月d日"))
COLUMNS = {
    "id": TEXT, "n": WHOLE, "amount": AMOUNT, "day": DAY, "said": SAID, "at": make_codec("DateTime"),
    "ok": make_codec("Boolean"),
}  # fmt: skip
HEAD = list(COLUMNS)
SECRET = 500000199001010001


async def rows_of(folder: Path, sheets: dict[str, Any], *keys: str, **origin: Any) -> list[tuple[Any, ...]]:
    write_workbook(folder / "a.xlsx", sheets)
    async with office(folder, declared({"file": "a.xlsx", **origin}, COLUMNS)) as one:
        return await one.rows(*keys)


async def test_cells_say_what_their_column_is(tmp_path: Path) -> None:
    day = date(2020, 2, 29)
    rows = [
        HEAD,
        ["007", "12", "1.50", "2020-02-29", "2020年2月29日", "2020-02-29 12:30:00", "true"],
        [8, 12, 1.5, day, day, day, True],
        [None],
        ["serial", 12, 1.5, 43890, None, 43890.5, False],
    ]
    found = await rows_of(tmp_path, {"s": rows}, "007", "8", "serial")
    noon, midnight = (datetime(2020, 2, 29, hour, tzinfo=BEIJING) for hour in (12, 0))
    assert found == [
        ("007", 12, AMOUNT.decode("1.5"), day, day, noon.replace(minute=30), True),
        ("8", 12, AMOUNT.decode("1.5"), day, day, midnight, True),
        ("serial", 12, AMOUNT.decode("1.5"), day, None, noon, False),
    ]


async def test_an_identifier_that_excel_has_cut_is_refused(tmp_path: Path) -> None:
    """500000199001010001 typed as a number is kept as 500000199001010000: somebody else's."""
    with pytest.raises(SourceMisbehaved) as caught:
        await rows_of(tmp_path, {"s": [HEAD, ["1"], [SECRET]]}, "1")
    assert caught.value.detail == (
        "a.xlsx: row 3, column 'id': a number of more than 15 digits, cut by Excel; make the cell text"
    )


async def test_workbooks_may_count_their_days_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, {"s": [HEAD, ["k", None, None, 43890 - 1462]]}, from_1904=True)
    async with office(tmp_path, declared({"file": "a.xlsx"}, COLUMNS)) as one:
        assert (await one.rows("k"))[0][3] == date(2020, 2, 29)


async def test_numbers_that_excel_keeps_are_identifiers(tmp_path: Path) -> None:
    assert (await rows_of(tmp_path, {"s": [HEAD, [13800000001]]}, "13800000001"))[0][0] == "13800000001"


async def test_one_of_several_sheets_has_to_be_named(tmp_path: Path) -> None:
    sheets = {"cover": [["nothing"]], "2024": [["as of 2024"], [], HEAD, ["k"]]}
    assert (await rows_of(tmp_path, sheets, "k", sheet="2024", header_row=3))[0][0] == "k"
    for given, reason in (({}, "2 sheets; say which: 'sheet'"), ({"sheet": "2023"}, "no sheet '2023'")):
        with pytest.raises(SourceMisbehaved) as caught:
            await rows_of(tmp_path, sheets, "k", **given)
        assert caught.value.detail == f"a.xlsx: {reason}"


async def test_half_a_workbook_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, {"s": [HEAD, ["k"]]})
    path.write_bytes(path.read_bytes()[:-200])
    async with office(tmp_path, declared({"file": "a.xlsx"}, COLUMNS)) as one:
        with pytest.raises(SourceMisbehaved) as caught:
            await one.load("k")
        assert caught.value.detail == "a.xlsx: no workbook, or one that is cut off or locked"


async def test_a_workbook_that_unpacks_to_more_than_allowed_is_refused(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"s": [HEAD, *[["x" * 1000]] * 1000]})
    of = declared({"file": "a.xlsx"}, COLUMNS)
    async with office(tmp_path, of, max_file_bytes=500_000) as one:
        with pytest.raises(SourceMisbehaved) as caught:
            await one.load("k")
        assert "unpacked ('max_file_bytes')" in caught.value.detail
