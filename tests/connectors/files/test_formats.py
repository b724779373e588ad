"""JSON lines, Parquet and databases of DuckDB."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.errors import SourceMisbehaved
from schema.catalogue.compile_codec import make_codec
from tests.connectors.files.office import AMOUNT, DAY, TEXT, WHOLE, declared, office

COLUMNS = {"id": TEXT, "n": WHOLE, "amount": AMOUNT, "day": DAY, "at": make_codec("DateTime")}
NOON = datetime(2020, 2, 29, 4, tzinfo=UTC)


async def rows_of(folder: Path, origin: Any, *keys: str) -> list[tuple[Any, ...]]:
    async with office(folder, declared(origin, COLUMNS)) as one:
        return await one.rows(*keys)


async def test_lines_of_json(tmp_path: Path) -> None:
    lines = (
        '{"at": "2020-02-29T12:00:00", "id": 500000199001010001, "n": 5, "amount": 1.5, "day": "2020-02-29"}\r\n'
        '\n{"id": "007", "n": null, "other": {"a": [1]}}\n'
    )
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8-sig")
    assert await rows_of(tmp_path, {"file": "a.jsonl"}, "500000199001010001", "007") == [
        ("500000199001010001", 5, Decimal("1.5"), date(2020, 2, 29), NOON),
        ("007", None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('{"id": "1"}\n{"id": "secret"', "cut off or malformed"),
        ('{"id": "1"}\n["secret"]', "1 lines that are no objects"),
        (
            '{"id": 123456789012345678901234567890}',
            "column 'id' has 1 numbers whose last digits are lost; write text",
        ),
    ],
)
async def test_what_is_wrong_with_lines(tmp_path: Path, lines: str, reason: str) -> None:
    (tmp_path / "a.jsonl").write_text(lines)
    with pytest.raises(SourceMisbehaved) as caught:
        await rows_of(tmp_path, {"file": "a.jsonl"}, "1")
    assert caught.value.detail == f"a.jsonl: {reason}"


def write_parquet(path: Path, select: str) -> None:
    with duckdb.connect() as made:
        made.execute("SET TimeZone = 'UTC'")
        made.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")


async def test_types_of_parquet(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "a.parquet",
        "SELECT 500000199001010001::BIGINT AS id, 5::TINYINT AS n, 1.5::DECIMAL(18, 4) AS amount,"
        " DATE '2020-02-29' AS day, TIMESTAMPTZ '2020-02-29 04:00:00+00' AS at, 'x' AS other",
    )
    assert await rows_of(tmp_path, {"file": "a.parquet"}, "500000199001010001") == [
        ("500000199001010001", 5, Decimal("1.5"), date(2020, 2, 29), NOON)
    ]


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        (
            "SELECT 500000199001010001::DOUBLE AS id",
            "column 'id' has 1 numbers whose last digits are lost; write text",
        ),
        ("SELECT '1'::BLOB AS id", "column 'id' is binary; write it as text"),
        ("SELECT 1 AS no", "no column 'id'"),
    ],
)
async def test_what_is_wrong_with_parquet(tmp_path: Path, select: str, reason: str) -> None:
    rest = ", NULL::INT AS n, NULL::INT AS amount, NULL::DATE AS day, NULL::TIMESTAMP AS at"
    write_parquet(tmp_path / "a.parquet", select + rest)
    with pytest.raises(SourceMisbehaved) as caught:
        await rows_of(tmp_path, {"file": "a.parquet"}, "1")
    assert caught.value.detail == f"a.parquet: {reason}"


async def test_half_a_parquet_is_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", "SELECT 1 AS id")
    (tmp_path / "a.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    with pytest.raises(SourceMisbehaved):
        await rows_of(tmp_path, {"file": "a.parquet"}, "1")


def write_database(path: Path, name: str) -> None:
    part = path.with_suffix(".part")
    with duckdb.connect(str(part)) as made:
        made.execute(
            f"CREATE TABLE {name} AS SELECT 7 AS id, '5' AS n, '1.5' AS amount, DATE '2020-02-29' AS day,"
            " NULL::TIMESTAMP AS at"
        )
    part.replace(path)


async def test_a_database_is_read_where_it_stands_whatever_its_types(tmp_path: Path) -> None:
    write_database(tmp_path / "a.duckdb", "rows")
    of = declared({"file": "a.duckdb"}, COLUMNS)
    async with office(tmp_path, of, store=str(tmp_path / "store")) as one:
        assert await one.rows("7", "07") == [("7", 5, Decimal("1.5"), date(2020, 2, 29), None)]
        assert (tmp_path / "store").exists()
        assert all(kept.is_symlink() for kept in (tmp_path / "store").glob("*.duckdb"))
        write_database(tmp_path / "a.duckdb", "other")
        await one.until("d.r: a.duckdb, table 'rows': no such table")
        assert await one.rows("7"), "the one before is still read"


async def test_a_view_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("of a neighbour")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as made:
        text = f"SELECT '7' AS id, 5 AS n, 1 AS amount, NULL AS day, content AS at FROM read_text('{tmp_path}/other.txt')"
        made.execute(f"CREATE VIEW rows AS {text}")
    async with office(tmp_path, declared({"file": "a.duckdb"}, COLUMNS)) as one:
        with pytest.raises(SourceMisbehaved) as caught:
            await one.load("7")
        assert caught.value.detail == "a.duckdb, table 'rows': no such table"


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
async def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.duckdb").write_bytes(content)
    async with office(tmp_path, declared({"file": "a.duckdb"}, COLUMNS)) as one:
        with pytest.raises(SourceMisbehaved) as caught:
            await one.load("1")
        assert caught.value.detail == "a.duckdb: no database that DuckDB can read"
