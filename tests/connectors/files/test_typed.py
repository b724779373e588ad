"""Columns hold what the catalogue says they hold, as far as their texts say it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from connectors.errors import SourceMisbehaved
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.identifiers import BEIJING
from schema.predicate import Compare, Not
from schema.values import Codec, Invalid
from tests.connectors.files.office import AMOUNT, DAY, TEXT, WHOLE, declared, office
from tests.workbooks import write_workbook

OF = declared({"file": "a.csv"}, {"id": TEXT, "n": WHOLE, "amount": AMOUNT, "day": DAY})
CLEAN = "id,n,amount,day\na,10,10.5,2020-01-02\nb,9,9.25,2019-12-31\nc,,,\n"
DIRTY = CLEAN + "d, 11 ,1e1,2020-01-03 00:00:00\ne,many,much,sometimes\n"


async def test_numbers_and_days_compare_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CLEAN)
    async with office(tmp_path, OF) as one:
        assert (await one.scan("n")).rows == (
            ("b", 9, Decimal("9.25"), date(2019, 12, 31)),
            ("a", 10, Decimal("10.50"), date(2020, 1, 2)),
            ("c", None, None, None),
        )
        assert "TRY_CAST" not in one.sent[-1]


@pytest.mark.parametrize(
    ("predicate", "found"),
    [
        (Compare("n", "gt", 9), ["a", "d"]),
        (Compare("n", "eq", 11), ["d"]),
        (Compare("amount", "ge", Decimal(10)), ["a", "d"]),
        (Compare("amount", "in", (Decimal(10), Decimal("9.250"))), ["b", "d"]),
        (Compare("day", "le", date(2020, 1, 2)), ["a", "b"]),
        (Compare("day", "eq", date(2020, 1, 3)), ["d"]),
        (Compare("n", "isNull", True), ["c", "e"]),
        (Compare("amount", "isNull", False), ["a", "b", "d"]),
        (Not(Compare("day", "isNull", True)), ["a", "b", "d"]),
    ],
)
async def test_texts_that_say_nothing_are_empty_to_whoever_compares(
    tmp_path: Path, predicate: Compare, found: list[str]
) -> None:
    (tmp_path / "a.csv").write_text(DIRTY)
    async with office(tmp_path, OF) as one:
        assert [row[0] for row in (await one.scan(predicate=predicate)).rows] == found


async def test_texts_that_say_nothing_are_shown_as_invalid(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DIRTY)
    async with office(tmp_path, OF) as one:
        kept, lost = await one.rows("d", "e")
        assert kept == ("d", 11, Decimal(10), date(2020, 1, 3))
        assert [type(value) for value in lost[1:]] == [Invalid] * 3


async def test_no_row_is_lost_where_every_row_says_something(tmp_path: Path) -> None:
    """No field of the column is empty, and one says no number: it sorts last all the same."""
    (tmp_path / "a.csv").write_text("id,n,amount,day\na,2,,\nb,many,,\nc,1,,\n")
    async with office(tmp_path, OF) as one:
        for order, expected in (("n", "cab"), ("-n", "acb")):
            seen, cursor = "", None
            while page := await one.scan(order, items=("id",), limit=1, cursor=cursor):
                seen += page.rows[0][0]
                cursor = page.cursor
                if cursor is None:
                    break
            assert seen == expected


@pytest.mark.parametrize("item", ["n", "amount", "day"])
async def test_pages_go_on_after_every_row_of_such_a_column(tmp_path: Path, item: str) -> None:
    (tmp_path / "a.csv").write_text(DIRTY)
    async with office(tmp_path, OF) as one:
        for order in (item, f"-{item}"):
            whole = await one.scan(order, items=("id",))
            assert {row[0] for row in whole.rows[-2:]} == {"c", "e"}
            for position, cursor in enumerate(whole.cursors):
                rest = await one.scan(order, items=("id",), cursor=cursor)
                assert rest.rows == whole.rows[position + 1 :]


MOMENT = make_codec("DateTime")


def _shared(file: str, readings: Mapping[str, Codec]) -> Resource:
    """Items that read one column, `v`, each in its own way."""
    of = declared({"file": file}, {"id": TEXT, "v": next(iter(readings.values()))})
    items = {name: Item(name, name, "v", "String", 1, codec) for name, codec in readings.items()}
    return replace(of, items={"id": of.items["id"], **items})


async def test_items_of_one_column_read_its_text_each_in_its_own_way(tmp_path: Path) -> None:
    texts = ["0012", "1e3", '""', "1.5", "\uff11", "0.30000000000000004", ""]
    rows = "".join(f"{number},{text}\n" for number, text in enumerate(texts))
    (tmp_path / "a.csv").write_text(f"id,v\n{rows}", encoding="utf-8")
    async with office(tmp_path, _shared("a.csv", {"n": WHOLE, "said": TEXT, "amount": AMOUNT})) as one:
        found = list(zip(*(await one.scan(items=("said", "n", "amount"))).rows, strict=True))
        assert found[0] == ("0012", "1e3", "", "1.5", "\uff11", "0.30000000000000004", None)
        assert [None if isinstance(value, Invalid) else value for value in found[1]] == [
            12,
            1000,
            *[None] * 5,
        ]
        assert found[2][3] == Decimal("1.5")
        assert (await one.scan(predicate=Compare("said", "eq", "0012"), items=("n",))).rows == ((12,),)
        assert (await one.scan(predicate=Compare("n", "eq", 12), items=("said",))).rows == (("0012",),)


async def test_a_moment_beside_a_day_keeps_its_time(tmp_path: Path) -> None:
    with duckdb.connect() as made:
        values = "('a', TIMESTAMP '2020-01-02 12:00:00'), ('b', TIMESTAMP '2020-01-03')"
        made.execute(f"COPY (SELECT * FROM (VALUES {values}) t(id, v)) TO '{tmp_path / 'a.parquet'}'")
    write_workbook(tmp_path / "a.xlsx", {"s": [["id", "v"], ["a", 43832.5], ["b", date(2020, 1, 3)]]})
    for file in ("a.parquet", "a.xlsx"):
        async with office(tmp_path, _shared(file, {"day": DAY, "at": MOMENT, "said": TEXT})) as one:
            (_, day, at, said), (_, *other), *_ = await one.rows("a", "b")
            assert isinstance(day, Invalid)
            assert at == datetime(2020, 1, 2, 12, tzinfo=BEIJING)
            assert said == "2020-01-02 12:00:00"
            assert other[:2] == [date(2020, 1, 3), datetime(2020, 1, 3, tzinfo=BEIJING)]


async def test_digits_that_somebody_reads_may_not_be_lost(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"s": [["id", "v"], ["a", 500000199001010001]]})
    (tmp_path / "a.jsonl").write_text('{"id": "a", "v": 1e17}')
    for file in ("a.xlsx", "a.jsonl"):
        async with office(tmp_path, _shared(file, {"amount": AMOUNT, "said": TEXT})) as one:
            with pytest.raises(SourceMisbehaved, match="column 'v'"):
                await one.load("a")
