"""Harness: a department that drops files, in every format."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from connectors.files.driver import FilesConnector
from connectors.files.settings import FilesSettings
from connectors.protocol import Connector
from schema.catalogue.model import Resource
from tests.conformance.town import CODECS
from tests.workbooks import write_workbook

Rows = Sequence[Mapping[str, Any]]
TYPES = {"ROW_ID": "INTEGER", "YEAR": "INTEGER", "AMOUNT": "DECIMAL(12, 2)", "DAY": "DATE"}


class FilesHarness:
    """Rows in a file."""

    takes_composite = True
    asks_each = False

    def __init__(self, name: str, directory: Path) -> None:
        self.sent: list[str] = []
        self.keeps_empty_text = name != "xlsx"
        self._origin, self._write = FORMATS[name]
        self._directory = directory
        self._opened: list[FilesConnector] = []

    async def make(self, resource: Resource, raw_rows: Rows) -> Connector:
        """Drop the rows in a new folder."""
        folder = self._directory / f"drops{len(self._opened)}"
        folder.mkdir()
        self._write(folder / self._origin["file"], raw_rows)
        return self._open(folder, resource)

    async def make_dead(self) -> Connector:
        """Nothing was ever dropped."""
        from tests.conformance.suite import town

        return self._open(self._directory / "missing", town())

    async def aclose(self) -> None:
        """Close them, threads and all."""
        for connector in self._opened:
            await connector.aclose()

    def _open(self, folder: Path, resource: Resource) -> FilesConnector:
        settings = FilesSettings(directory=str(folder), settle_seconds=0, check_seconds=0.1)
        resource = replace(resource, origin=self._origin)
        connector = FilesConnector(settings, (resource,), self.sent.append)
        self._opened.append(connector)
        return connector


def _csv(path: Path, rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
    def written(value: Any) -> str:
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'

    lines = [delimiter.join(map(written, line)) for line in [list(CODECS), *(row.values() for row in rows)]]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")


def _gbk(path: Path, rows: Rows) -> None:
    _csv(path, rows, "gb18030", ";")


def _xlsx(path: Path, rows: Rows) -> None:
    write_workbook(
        path,
        {"notes": [["none"]], "town": [["a title"], list(CODECS), *(list(row.values()) for row in rows)]},
    )


def _jsonl(path: Path, rows: Rows) -> None:
    def plain(value: Any) -> Any:
        return (
            float(value)
            if isinstance(value, Decimal)
            else value.isoformat()
            if isinstance(value, date)
            else value
        )

    lines = [
        json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False) for row in rows
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _duckdb(path: Path, rows: Rows) -> None:
    with duckdb.connect(str(path)) as made:
        columns = ", ".join(f'"{name}" {TYPES.get(name, "VARCHAR")}' for name in CODECS)
        made.execute(f'CREATE TABLE "town.rows" ({columns})')
        for row in rows:
            made.execute(f'INSERT INTO "town.rows" VALUES ({", ".join("?" * len(row))})', list(row.values()))


def _parquet(path: Path, rows: Rows) -> None:
    _duckdb(path.with_suffix(".made"), rows)
    with duckdb.connect(str(path.with_suffix(".made"))) as made:
        made.execute(f"""COPY "town.rows" TO '{path}' (FORMAT parquet)""")


FORMATS: Mapping[str, tuple[Mapping[str, Any], Callable[[Path, Rows], None]]] = {
    "csv": ({"file": "town.csv"}, _csv),
    "gb18030": ({"file": "town.txt", "encoding": "gb18030", "delimiter": ";"}, _gbk),
    "xlsx": ({"file": "town.xlsx", "sheet": "town", "header_row": 2}, _xlsx),
    "jsonl": ({"file": "town.jsonl"}, _jsonl),
    "parquet": ({"file": "town.parquet"}, _parquet),
    "csv-sorted": ({"file": "town.csv", "sorted_by": ["PLAIN", "Name", "ROW_ID"]}, _csv),
    "duckdb": ({"file": "town.duckdb", "table": "town.rows"}, _duckdb),
}
"""`from:`, and what writes the file."""
