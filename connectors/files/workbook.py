"""Excel -> CSV that keeps what cells say: identifiers as they were typed, days as days.

A number has fifteen digits in Excel. An identifier of eighteen that was typed as a number has lost its end
for good; a drop with one is refused, since its rows would be somebody else's.
"""

import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from connectors.files.refused import DropRefused
from connectors.files.settings import FilesOrigin
from schema.values import Codec, DeclaredCodec

_EXACT = 10**15
"""Whole numbers below are what was typed."""
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no zone
_LAST_SERIAL = 2_958_465
"""9999-12-31."""


def copy_sheet(
    path: Path, origin: FilesOrigin, max_bytes: int, columns: Mapping[str, Codec], copy: Path
) -> list[str]:
    """Write the rows of a sheet as CSV, and give their names."""
    rows = iter(_opened(path, origin.sheet, max_bytes).iter_rows())
    names = origin.columns
    for _ in range(origin.header_row):
        head = next(rows, None)
        if head is None:
            raise DropRefused(f"{path.name}: ends before row {origin.header_row}, where the names should be")
        names = [str(value).strip() for value in head]
    with copy.open("w", encoding="utf-8", newline="") as target:
        for number, row in enumerate(rows, origin.header_row + 1):
            written = (
                _written(value, columns.get(name), f"{path.name}: row {number}, column '{name}'")
                for name, value in zip(names, row, strict=False)
            )
            target.write(",".join(written) + "\n")
    return names


def _opened(path: Path, sheet: str | None, max_bytes: int) -> CalamineSheet:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(one.file_size for one in archive.infolist())
        if size > max_bytes:
            raise DropRefused(f"{path.name}: larger than {max_bytes} bytes, unpacked ('max_file_bytes')")
        book = CalamineWorkbook.from_path(path)
        if sheet is not None:
            return book.get_sheet_by_name(sheet)
        if len(book.sheet_names) != 1:
            raise DropRefused(f"{path.name}: {len(book.sheet_names)} sheets; say which: 'sheet'")
        return book.get_sheet_by_index(0)
    except WorksheetNotFound:
        raise DropRefused(f"{path.name}: no sheet '{sheet}'") from None
    except (CalamineError, zipfile.BadZipFile):
        raise DropRefused(f"{path.name}: no workbook, or one that is cut off or locked") from None


def _written(value: Any, codec: Codec | None, place: str) -> str:
    """A cell of the CSV: nothing where empty, else quoted."""
    if value == "" or value is None or codec is None:
        return ""
    return '"' + _text(value, codec, place).replace('"', '""') + '"'


def _text(value: Any, codec: Codec, place: str) -> str:
    written = codec.written if isinstance(codec, DeclaredCodec) else str
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        if written in {date, datetime} and 0 < value <= _LAST_SERIAL:
            return _moment(_DAY_ZERO + timedelta(days=value), written)
        if abs(value) >= _EXACT and written is str:
            raise DropRefused(f"{place}: a number of more than 15 digits, cut by Excel; make the cell text")
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, date):
        forms: Iterable[Any] = () if written in {date, datetime} else codec.encode(value)
        return next((form for form in forms if isinstance(form, str)), _moment(value, written))
    return str(value)


def _moment(value: date, written: type) -> str:
    """Excel knows moments alone: those at midnight are days, where no moment is asked for."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - as above
    is_day = written is not datetime and moment.time() == time()
    return moment.date().isoformat() if is_day else moment.isoformat(" ")
