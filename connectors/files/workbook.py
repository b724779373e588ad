"""Excel -> CSV that keeps what cells say: identifiers as they were typed, days as days.

A number has fifteen digits in Excel. An identifier of eighteen that was typed as a number has lost its end
for good; a drop with one is refused, since its rows would be somebody else's.
"""

import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from connectors.files.layout import Layout
from connectors.files.refused import DropRefused
from connectors.files.settings import FilesOrigin
from schema.values import Codec, DeclaredCodec

_EXACT = 10**15
"""Whole numbers below are what was typed."""
_SINCE_1900, _SINCE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - cells have no zone
"""Day 0 of workbooks; some that were made on a Mac count from 1904."""
_COUNTS_FROM_1904 = re.compile(rb'date1904="(1|true)"')
_LAST_SERIAL = 2_958_465
"""9999-12-31."""


class _Cut(Exception):
    """A number whose last digits Excel has thrown away; holds the name of its column."""


def copy_sheet(path: Path, origin: FilesOrigin, max_bytes: int, layout: Layout, copy: Path) -> list[str]:
    """Write the rows of a sheet as CSV, and give their names."""
    sheet, day_zero = _opened(path, origin.sheet, max_bytes)
    rows = iter(sheet.iter_rows())
    names = origin.columns
    for _ in range(origin.header_row):
        head = next(rows, None)
        if head is None:
            raise DropRefused(f"{path.name}: ends before row {origin.header_row}, where the names should be")
        names = [str(value).strip() for value in head]
    codecs = [layout.columns.get(name) for name in names]
    cuts = [_Cut(name) if name in layout.texts else None for name in names]
    with copy.open("w", encoding="utf-8", newline="") as target:
        for number, row in enumerate(rows, origin.header_row + 1):
            try:
                cells = [
                    "" if value == "" or codec is None else _quoted(_text(value, codec, day_zero, cut))
                    for codec, cut, value in zip(codecs, cuts, row, strict=False)
                ]
            except _Cut as cut:
                raise DropRefused(
                    f"{path.name}: row {number}, column '{cut}': a number of more than 15 digits,"
                    " cut by Excel; make the cell text"
                ) from None
            target.write(",".join(cells) + "\n")
    return names


def _opened(path: Path, sheet: str | None, max_bytes: int) -> tuple[CalamineSheet, datetime]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(one.file_size for one in archive.infolist())
            if size > max_bytes:
                raise DropRefused(f"{path.name}: larger than {max_bytes} bytes, unpacked ('max_file_bytes')")
            is_from_1904 = _COUNTS_FROM_1904.search(archive.read("xl/workbook.xml"))
        book = CalamineWorkbook.from_path(path)
        if sheet is None and len(book.sheet_names) != 1:
            raise DropRefused(f"{path.name}: {len(book.sheet_names)} sheets; say which: 'sheet'")
        found = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
    except WorksheetNotFound:
        raise DropRefused(f"{path.name}: no sheet '{sheet}'") from None
    except (CalamineError, zipfile.BadZipFile, KeyError):
        raise DropRefused(f"{path.name}: no workbook, or one that is cut off or locked") from None
    return found, _SINCE_1904 if is_from_1904 else _SINCE_1900


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(value: Any, codec: Codec, day_zero: datetime, cut: _Cut | None) -> str:
    """What a cell says, in the dress of its column. Raises `cut` for a number without its last digits."""
    written = codec.written if isinstance(codec, DeclaredCodec) else str
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        if written in {date, datetime} and 0 < value <= _LAST_SERIAL:
            return _moment(day_zero + timedelta(days=value), written)
        if abs(value) >= _EXACT and cut is not None:
            raise cut
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
