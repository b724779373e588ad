"""A file in any format -> a relation whose columns are those of the catalogue, as text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from connectors.files.engine import literal, quoted
from connectors.files.layout import Layout
from connectors.files.refused import DropRefused
from connectors.files.settings import FilesOrigin
from connectors.files.text import copy_table, copy_text
from connectors.files.workbook import copy_sheet

MAX_LINE_BYTES = 16 * 1_048_576
"""Of one row of CSV, or one JSON object."""
_LINE = re.compile(r"Line: (\d+)")
"""In errors about CSV."""
_LOST = 2**53
"""Whole numbers from here on are not what was written, where they are kept as binary fractions."""


class Relations:
    """Makes relations for one resource; copies of what DuckDB cannot read by itself stand in a folder."""

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        origin: FilesOrigin,
        layout: Layout,
        folder: Path,
        max_bytes: int,
    ) -> None:
        self._engine = engine
        self._origin = origin
        self._layout = layout
        self._columns = layout.columns
        self._copy = folder / "copy"
        self._max_bytes = max_bytes

    def stage(self, path: Path) -> None:
        """Put the rows of a file into the table `staged`. Raises `DropRefused`."""
        before = 0
        try:
            match self._origin.kind:
                case "csv":
                    select, before = self._csv(path)
                case "xlsx":
                    select = self._xlsx(path)
                case "jsonl":
                    select = self._jsonl(path)
                case _:
                    select = self._parquet(path)
            self._engine.execute(f"INSERT INTO staged {select}")
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            found = _LINE.search(str(error))
            line = f" at line {int(found[1]) + before}" if found else ""
            raise DropRefused(f"{path.name}: cut off or malformed{line}") from None
        finally:
            self._copy.unlink(missing_ok=True)

    def _csv(self, path: Path) -> tuple[str, int]:
        origin = self._origin
        names, lines = copy_table(path, origin.encoding, origin.delimiter, origin.header_row, self._copy)
        return self._of_table(path, names, origin.delimiter), lines

    def _xlsx(self, path: Path) -> str:
        names = copy_sheet(path, self._origin, self._max_bytes, self._layout, self._copy)
        return self._of_table(path, names, ",")

    def _of_table(self, path: Path, head: Sequence[str], delimiter: str) -> str:
        names = [name.strip() for name in (head or self._origin.columns)]
        for name in self._columns:
            if names.count(name) != 1:
                what = "no" if name not in names else "more than one"
                raise DropRefused(f"{path.name}: {what} column '{name}' in row {self._origin.header_row}")
        struct = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
        asked = ", ".join(f"c{names.index(name)}" for name in self._columns)
        return (
            f"SELECT {asked} FROM read_csv({literal(self._copy)}, auto_detect = false, header = false,"
            f" columns = {{{struct}}}, delim = {literal(delimiter)}, quote = '\"', escape = '\"',"
            f" nullstr = '', allow_quoted_nulls = false, max_line_size = {MAX_LINE_BYTES})"
        )

    def _jsonl(self, path: Path) -> str:
        copy_text(path, self._origin.encoding, self._copy)
        read = (
            f"read_json_objects({literal(self._copy)}, format = 'newline_delimited',"
            f" maximum_object_size = {MAX_LINE_BYTES})"
        )
        paths = {name: literal('$."' + name.replace('"', '\\"') + '"') for name in self._columns}
        checks = ["count(*) FILTER (json_type(json) <> 'OBJECT')"]
        for one in paths.values():
            is_lost = (
                f"json_type(json, {one}) = 'DOUBLE' AND abs(TRY_CAST(json ->> {one} AS DOUBLE)) >= {_LOST}"
            )
            checks.append(f"count(*) FILTER ({is_lost})")
        others, *lost = self._engine.execute(f"SELECT {', '.join(checks)} FROM {read}").fetchall()[0]
        if others:
            raise DropRefused(f"{path.name}: {others} lines that are no objects")
        self._check_digits(path, dict(zip(self._columns, lost, strict=True)))
        return f"SELECT {', '.join(f'json ->> {one}' for one in paths.values())} FROM {read}"

    def _parquet(self, path: Path) -> str:
        read = f"read_parquet({literal(path)})"
        rows = self._engine.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
        types = {str(row[0]): str(row[1]) for row in rows}
        for name in self._columns:
            if name not in types:
                raise DropRefused(f"{path.name}: no column '{name}'")
            if types[name] == "BLOB":
                raise DropRefused(f"{path.name}: column '{name}' is binary; write it as text")
        floats = [name for name in self._columns if types[name] in {"DOUBLE", "FLOAT"}]
        if floats:
            checks = [f"count(*) FILTER (abs({quoted(name)}) >= {_LOST})" for name in floats]
            (lost,) = self._engine.execute(f"SELECT {', '.join(checks)} FROM {read}").fetchall()
            self._check_digits(path, dict(zip(floats, lost, strict=True)))
        return f"SELECT {', '.join(_as_text(name, types[name]) for name in self._columns)} FROM {read}"

    def _check_digits(self, path: Path, lost: Mapping[str, int]) -> None:
        for name, count in lost.items():
            if count and name in self._layout.texts:
                raise DropRefused(
                    f"{path.name}: column '{name}' has {count} numbers whose last digits are lost; write text"
                )


def _as_text(name: str, type_: str) -> str:
    column = quoted(name)
    if type_ in {"DOUBLE", "FLOAT"}:
        is_whole = f"{column} = trunc({column}) AND abs({column}) < {_LOST}"
        whole = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({column} AS VARCHAR) END"
    if type_ == "TIMESTAMP WITH TIME ZONE":
        column = f"({column} AT TIME ZONE 'Etc/GMT-8')"
    return f"CAST({column} AS VARCHAR)"


def make_staged(engine: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> None:
    """An empty table `staged` of text."""
    engine.execute(f"CREATE TABLE staged ({', '.join(f'{quoted(name)} VARCHAR' for name in columns)})")
