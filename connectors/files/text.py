"""Text files -> UTF-8 without a byte order mark, without a head: what DuckDB reads."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from connectors.files.refused import DropRefused

_CHARACTERS = 1 << 16
"""Of one piece that is written over."""
csv.field_size_limit(1 << 20)


def copy_text(path: Path, encoding: str, copy: Path) -> None:
    """Write a text file over as UTF-8. Raises `DropRefused` at the first byte that its encoding lacks."""
    with _opened(path, encoding) as source, copy.open("w", encoding="utf-8", newline="") as target:
        _copy(path, encoding, source, target)


def copy_table(
    path: Path, encoding: str, delimiter: str, header_row: int, copy: Path
) -> tuple[list[str], int]:
    """Write the rows of a CSV file over, and give the names at their head and the lines that these took.

    Without a header (`header_row` 0) there are no names.
    """
    with _opened(path, encoding) as source, copy.open("w", encoding="utf-8", newline="") as target:
        reader = csv.reader(_lines(path, encoding, source), delimiter=delimiter, strict=True)
        names: list[str] = []
        try:
            for _ in range(header_row):
                names = next(reader)
        except StopIteration:
            raise DropRefused(
                f"{path.name}: ends before row {header_row}, where the names should be"
            ) from None
        except csv.Error:
            raise DropRefused(f"{path.name}: row {header_row}, of the names, is no CSV") from None
        _copy(path, encoding, source, target)
        return names, reader.line_num


def _opened(path: Path, encoding: str) -> TextIO:
    """Read with the byte order mark left out; a mark of UTF-16 says its order."""
    with path.open("rb") as file:
        has_mark = file.read(3) == codecs.BOM_UTF8
    return path.open(encoding="utf-8-sig" if has_mark else encoding, newline="")


def _lines(path: Path, encoding: str, source: TextIO) -> Iterator[str]:
    """Line by line and no further: what follows is copied."""
    while True:
        try:
            line = source.readline(_CHARACTERS)
        except UnicodeError:
            raise _undecodable(path, encoding) from None
        if not line:
            return
        yield line


def _copy(path: Path, encoding: str, source: TextIO, target: TextIO) -> None:
    try:
        while piece := source.read(_CHARACTERS):
            target.write(piece)
    except UnicodeError:
        raise _undecodable(path, encoding) from None


def _undecodable(path: Path, encoding: str) -> DropRefused:
    return DropRefused(f"{path.name}: is not {encoding} throughout; say its 'encoding', such as gb18030")
