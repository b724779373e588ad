"""Columns hold what the catalogue says they hold, as far as their texts say it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from schema.predicate import Compare, Not
from schema.values import Invalid
from tests.connectors.files.office import AMOUNT, DAY, TEXT, WHOLE, declared, office

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
