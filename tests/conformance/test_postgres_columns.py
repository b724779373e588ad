"""What is shown of a column is found, ordered and paged by, whatever the column is stored as.

The oracle is Python over the values that are shown. A stored value that is invalid is empty to whoever
compares; where it stands in an order is not asked, only that pages do not end at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.requests import OrderTerm, Scan
from schema.catalogue.item_declarations import ReadDeclaration
from schema.catalogue.model import Resource
from schema.identifiers import BEIJING
from schema.predicate import Compare, Not, Predicate, evaluate
from schema.values import Codec, Invalid
from tests.connectors.sql.legacy import OWN, TEXT, Legacy, column, legacy, resource
from tests.patience import soon

pytestmark = pytest.mark.xdist_group("sql")

DAY, MOMENT, WHOLE, AMOUNT = column("Date"), column("DateTime"), column("Int"), column("Decimal")
TRUTH = column("Boolean")
ONE_OR_TWO = column("Boolean", read=ReadDeclaration(true=[1], false=[2]))
INVALID = Invalid("whatever the reason")
UUID = "0b8d3c1e-0000-4000-8000-00000000000"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@dataclass(frozen=True)
class Odd:
    """A column: its type, how it is read, and what is shown of what is stored."""

    type_: str
    codec: Codec
    shown: Mapping[str, Any]


POSTGRES = {
    "inet": Odd("inet", TEXT, {"10.0.0.1": "10.0.0.1", "10.0.0.2": "10.0.0.2", "10.1.0.0/16": "10.1.0.0/16",
                               "::1": "::1"}),
    "cidr": Odd("cidr", TEXT, {"10.1.0.0/16": "10.1.0.0/16", "10.0.0.1": "10.0.0.1/32"}),
    "time": Odd("time", TEXT, {"08:30:00.5": "08:30:00.5", "08:30": "08:30:00", "24:00": "24:00:00"}),
    "timetz": Odd("timetz", TEXT, {"08:30+08": "08:30:00+08", "08:30+09": "08:30:00+09"}),
    "interval": Odd("interval", TEXT, {"26 hours": "26:00:00", "1 day": "1 day", "3 years": "3 years"}),
    "numeric": Odd("numeric", TEXT, {"0.00000001": "0.00000001", "1.50": "1.50", "100": "100", "1.5": "1.5",
                                     "NaN": "NaN", "-2": "-2"}),
    "numeric(20,0)": Odd("numeric(20,0)", TEXT, {"44030020250000000017": "44030020250000000017",
                                                 "44030020250000000018": "44030020250000000018", "7": "7"}),
    "double": Odd("double precision", TEXT, {"5": "5", "1e15": "1e+15", "1.5": "1.5", "0.1": "0.1"}),
    "real": Odd("real", TEXT, {"0.1": "0.1", "5": "5"}),
    "boolean": Odd("boolean", TEXT, {"true": "true", "false": "false"}),
    "bits": Odd("bit(3)", TEXT, {"101": "101", "001": "001"}),
    "date as text": Odd("date", TEXT, {"2020-01-01": "2020-01-01", "infinity": "infinity",
                                       "20230-05-01": "20230-05-01"}),
    "timestamp as text": Odd("timestamp", TEXT, {"2020-01-01 08:00:00.5": "2020-01-01 08:00:00.5",
                                                 "2020-01-02": "2020-01-02 00:00:00"}),
    "timestamptz as text": Odd("timestamptz", TEXT, {"2020-01-01 08:00:00+08": "2020-01-01 08:00:00+08",
                                                     "2020-01-02 00:00:00+00": "2020-01-02 08:00:00+08"}),
    "uuid": Odd("uuid", TEXT, {f"{UUID}1": f"{UUID}1", f"{UUID}A": f"{UUID}a"}),
    "char": Odd("char(4)", TEXT, {"a": "a", "A": "A", "ab": "ab"}),
    "enumeration": Odd("{t}_state", TEXT, {"open": "open", "closed": "closed"}),
    "folded": Odd('varchar(9) COLLATE "{t}_ci"', TEXT, {"abc": "abc", "ABC": "ABC", "Äx": "Äx", "b%": "b%"}),
    "folded char": Odd('char(9) COLLATE "{t}_ci"', TEXT, {"abc": "abc", "ABC": "ABC"}),
    "date": Odd("date", DAY, {"2020-01-01": date(2020, 1, 1), "9999-12-31": date(9999, 12, 31),
                              "0001-01-01": date(1, 1, 1), "infinity": INVALID, "-infinity": INVALID,
                              "20230-05-01": INVALID, "0044-03-15 BC": INVALID}),
    "timestamp": Odd("timestamp", MOMENT, {"2020-01-01 08:00:00.5": at("2020-01-01 08:00:00.500000"),
                                           "9999-12-31 23:59:59": at("9999-12-31 23:59:59"),
                                           "infinity": INVALID, "20230-05-01": INVALID}),
    "timestamptz": Odd("timestamptz", MOMENT, {"2020-01-01 08:00:00+08": at("2020-01-01 08:00"),
                                               "2020-01-02 00:00:00+00": at("2020-01-02 08:00"),
                                               "infinity": INVALID, "20230-05-01": INVALID,
                                               "20230-06-01": INVALID}),
    "whole number in text": Odd("varchar(12)", WHOLE, {"5": 5, "05": 5, " 70 ": 70, "-1": -1, "9": 9, "": None,
                                                      "x": INVALID, "12.5": INVALID, "3000000000": INVALID}),
    "amount in text": Odd("text", AMOUNT, {"5.00": Decimal("5.00"), "10": Decimal(10), "1e1": Decimal(10),
                                           "9": Decimal(9), "暂无": INVALID}),
    "day in text": Odd("varchar(30)", DAY, {"2020-01-02": date(2020, 1, 2), "2020-02-30": INVALID,
                                            "2020-01-02T00:00:00+08:00": date(2020, 1, 2),
                                            "2019-12-31": date(2019, 12, 31), "2020-01-02T08:00:00": INVALID}),
    "day in padded text": Odd("char(12)", DAY, {"2020-01-02": date(2020, 1, 2), "x": INVALID}),
    "day in folded text": Odd('text COLLATE "{t}_ci"', DAY, {"2020-01-02": date(2020, 1, 2), "x": INVALID}),
    "moment in text": Odd("text", MOMENT, {"2020-01-02T08:00:00": at("2020-01-02 08:00"),
                                           "2020-01-02 00:00:00Z": at("2020-01-02 08:00"),
                                           "2020-01-02t09:00:00.5+08:00": at("2020-01-02 09:00:00.500000"),
                                           "2020-01-02 25:00:00": INVALID, "2020-01-02": INVALID}),
    "truth in a number": Odd("smallint", TRUTH, {"1": True, "0": False, "7": INVALID}),
    "truth in a bit": Odd("bit(1)", TRUTH, {"1": True, "0": False}),
    "truth in text": Odd("varchar(9)", TRUTH, {"1": INVALID, "true": INVALID}),
    "codes of truth in text": Odd("char(1)", ONE_OR_TWO, {"1": True, "2": False, "3": INVALID}),
    "codes of truth in a number": Odd("integer", ONE_OR_TWO, {"1": True, "2": False}),
    "whole number in a bit": Odd("bit(3)", WHOLE, {"101": 5, "001": 1}),
    "whole number in a large one": Odd("bigint", WHOLE, {"5": 5, "-7": -7, "5000000000": INVALID,
                                                         "-5000000000": INVALID, "2147483647": 2147483647}),
    "whole number in a fraction": Odd("numeric", WHOLE, {"5": 5, "1.50": INVALID, "5000000000": INVALID,
                                                         "NaN": INVALID, "7.00": 7}),
    "whole number in a double": Odd("double precision", WHOLE, {"5": 5, "1.5": INVALID, "1e300": INVALID,
                                                                "NaN": INVALID, "Infinity": INVALID}),
    "amount in a number": Odd("numeric", AMOUNT, {"1.50": Decimal("1.50"), "NaN": INVALID}),
    "amount in a double": Odd("double precision", AMOUNT, {"1.5": Decimal("1.5"), "9e15": Decimal("9e15"),
                                                           "1e16": INVALID, "NaN": INVALID}),
    "fraction": Odd("double precision", column("Float"), {"1.5": 1.5, "-1e16": -1e16, "NaN": INVALID,
                                                          "Infinity": INVALID, "-Infinity": INVALID}),
    "day in a moment": Odd("timestamp", DAY, {"2020-01-02": date(2020, 1, 2), "2020-01-02 08:00": INVALID,
                                              "infinity": INVALID}),
    "day in an instant": Odd("timestamptz", DAY, {"2020-01-02 00:00+08": date(2020, 1, 2), "infinity": INVALID,
                                                  "2020-01-02 00:00+00": INVALID}),
    "moment in a day": Odd("date", MOMENT, {"2020-01-02": at("2020-01-02 00:00"), "infinity": INVALID}),
    "day in a number": Odd("integer", DAY, {"20200101": INVALID}),
    "number in a day": Odd("date", WHOLE, {"2020-01-01": INVALID}),
    "number in a time": Odd("time", WHOLE, {"08:30": INVALID}),
}  # fmt: skip
MADE = (
    "CREATE TYPE {t}_state AS ENUM ('open', 'closed')",
    "CREATE COLLATION {t}_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
)


@pytest.mark.parametrize("name", POSTGRES)
async def test_what_is_shown_is_found_ordered_and_paged_by(name: str) -> None:
    odd = POSTGRES[name]
    stored = [*odd.shown, None, *odd.shown]
    rows = ", ".join(f"({n}, {'NULL' if v is None else repr(v)})" for n, v in enumerate(stored))
    table = f"CREATE TABLE {{t}}_k (id integer, v {odd.type_})"
    async with legacy("postgres", *MADE, table, f"INSERT INTO {{t}}_k VALUES {rows}") as database:
        of = resource(f"{OWN}_k", {"id": WHOLE, "v": odd.codec}, ("id",))
        shown = [None if one is None else odd.shown[one] for one in stored]
        read = await _scanned(database, of, items=("v",))
        assert [_or_invalid(value) for (value,) in read] == [_or_invalid(value) for value in shown]
        await _check_comparisons(database, of, shown)
        await _check_keys(database, of, shown)
        await _check_pages(database, of, shown)


async def _check_comparisons(database: Legacy, of: Resource, shown: Sequence[Any]) -> None:
    values = [value for value in dict.fromkeys(shown) if value is not None and value is not INVALID]
    exact = of.columns["v"].exact
    asked: list[Predicate] = [
        Compare("v", operator, value)  # type: ignore[arg-type] # an operator
        for operator in sorted(exact - {"in", "isNull"})
        for value in [*values, *_beside(values)]
    ]
    asked += [Compare("v", "in", tuple(values)), Compare("v", "in", tuple(values[:1]))]
    asked += [Compare("v", "isNull", truth) for truth in (True, False) if "isNull" in exact]
    for predicate in asked + ([Not(one) for one in asked] if "ne" in exact else []):
        found = [number for (number,) in await _scanned(database, of, predicate=predicate)]
        held = [None if value is INVALID else value for value in shown]
        expected = [n for n in range(len(held)) if evaluate(predicate, lambda _, n=n: held[n]) is True]  # type: ignore[misc] # binds the number
        assert found == expected, predicate


async def _check_keys(database: Legacy, of: Resource, shown: Sequence[Any]) -> None:
    values = [value for value in dict.fromkeys(shown) if value is not None and value is not INVALID]
    for keys in ([*values], *([value] for value in values)):
        if keys:
            entries = await database.ask(of, ("v",), *keys, items=("id",))
            assert entries == tuple(tuple((n,) for n, one in enumerate(shown) if one == key) for key in keys)
    pairs = [(value, number) for number, value in enumerate(shown) if value in values]
    if pairs:
        assert await database.ask(of, ("v", "id"), *pairs, items=("id",)) == tuple(((n,),) for _, n in pairs)


async def _check_pages(database: Legacy, of: Resource, shown: Sequence[Any]) -> None:
    if "lt" not in of.columns["v"].exact:
        return
    for descending in (False, True):
        order, seen, cursor = (OrderTerm("v", descending=descending),), [], None
        for _ in shown:
            page = await database.connector.scan(Scan(of, ("id",), 1, soon(), order=order, cursor=cursor))
            seen += [number for (number,) in page.rows]
            cursor = page.cursor
        assert cursor is None
        assert sorted(seen) == list(range(len(shown)))
        sure = [number for number in seen if shown[number] is not INVALID]
        held = sorted((n for n in sure if shown[n] is not None), key=lambda n: shown[n], reverse=descending)
        assert [shown[n] for n in sure] == [*(shown[n] for n in held), *[None] * (len(sure) - len(held))]


async def _scanned(
    database: Legacy, of: Resource, items: tuple[str, ...] = ("id",), **options: Any
) -> Sequence[Any]:
    return (await database.connector.scan(Scan(of, items, 100, soon(), **options))).rows


def _beside(values: Sequence[Any]) -> list[Any]:
    """Operands that no row holds."""
    first = values[0] if values else None
    if isinstance(first, str):
        return ["", "b", first[:-1], first.swapcase(), "\0", "a\0b"]
    is_bounded = isinstance(first, date) or first is None or isinstance(first, bool)
    return [] if is_bounded and not isinstance(first, datetime) else [_after(first)]


def _after(value: Any) -> Any:
    return value + (timedelta(seconds=1) if isinstance(value, datetime) else 1)


def _or_invalid(value: Any) -> Any:
    return INVALID if isinstance(value, Invalid) else value


async def test_pages_by_the_text_of_a_column_that_is_also_read_as_a_number() -> None:
    stored = ["0.00000001", "1.50", "100", "20", "1e15"]
    rows = ", ".join(f"({n}, {value})" for n, value in enumerate(stored))
    async with legacy(
        "postgres", "CREATE TABLE {t}_k (id integer, v numeric)", f"INSERT INTO {{t}}_k VALUES {rows}"
    ) as database:
        of = resource(f"{OWN}_k", {"id": WHOLE, "v": AMOUNT}, ("id",))
        text = replace(of.items["v"], name="text", codec=TEXT)
        of = replace(of, items={**of.items, "text": text})
        seen, cursor, order = [], None, (OrderTerm("text"),)
        for _ in stored:
            page = await database.connector.scan(Scan(of, ("v",), 1, soon(), order=order, cursor=cursor))
            seen += [value for (value,) in page.rows]
            cursor = page.cursor
        assert cursor is None
        assert seen == sorted(map(Decimal, stored), key=lambda value: format(value, "f"))
