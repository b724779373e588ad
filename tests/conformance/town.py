"""The resource of the conformance suite: every kind of column and key, and made-up rows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.item_declarations import ReadDeclaration
from schema.catalogue.model import Coverage, KeyColumns, Limits, Opening, Resource, Sharing
from schema.identifiers import parse_citizen_id
from schema.values import Codec


def citizen(day: str, sequence: int) -> str:
    """Make up an identifier of the synthetic region: the check character is found by trying."""
    for check in "0123456789X":
        text = f"500000{day}{sequence:03}{check}"
        try:
            return parse_citizen_id(text, date.max)
        except ValueError:
            continue
    raise AssertionError("one check character always fits")


def _ending_with_x() -> str:
    made = (citizen("19610203", sequence) for sequence in range(1, 200))
    return next(text for text in made if text.endswith("X"))


ANNA, BEN, CARL = citizen("19500101", 1), citizen("19500101", 2), citizen("19870607", 3)
XENA = _ending_with_x()
NOBODY = citizen("19910203", 9)
FORMS = ("18", "15", "lower-x", "padded")
CODECS: Mapping[str, Codec] = {
    "ROW_ID": make_codec("Int"),
    "证件号码": make_codec("CitizenId", stored=FORMS),
    "SPOUSE": make_codec("CitizenId", stored=FORMS),
    "PLAIN": make_codec("String"),
    "YEAR": make_codec("Int"),
    "CREDIT": make_codec("String"),
    "Name": make_codec("String"),
    "AMOUNT": make_codec("Decimal"),
    "DAY": make_codec("Date"),
    "DAY_TEXT": make_codec("Date", read=ReadDeclaration(format="yyyyMMdd")),
}
TYPES = {"ROW_ID": "Int", "YEAR": "Int", "AMOUNT": "Decimal", "DAY": "Date", "DAY_TEXT": "Date"}
NAMES = {
    "row": "ROW_ID",
    "id": "证件号码",
    "plain": "PLAIN",
    "year": "YEAR",
    "name": "Name",
    "amount": "AMOUNT",
    "day": "DAY",
    "dayText": "DAY_TEXT",
}

BY_ID = KeyColumns("id", ("证件号码",), (CODECS["证件号码"],))
BY_SPOUSE = KeyColumns("id", ("SPOUSE",), (CODECS["SPOUSE"],))
BY_PLAIN = KeyColumns("plain", ("PLAIN",), (CODECS["PLAIN"],))
BY_YEAR = KeyColumns("year", ("YEAR",), (CODECS["YEAR"],))
BY_DAY = KeyColumns("day", ("DAY",), (CODECS["DAY"],))
BY_CASE = KeyColumns("case", ("PLAIN", "YEAR"), (CODECS["PLAIN"], CODECS["YEAR"]))
BY_CREDIT = KeyColumns("organisation", ("CREDIT",), (CODECS["CREDIT"],))


def _item(name: str, column: str) -> Item:
    return Item(name, name, column, TYPES.get(column, "String"), 1, CODECS[column])


def resource(origin: str = "rows", max_rows: int = 1000) -> Resource:
    """The resource, in any table."""
    return Resource(
        department="town",
        name="rows",
        title="Rows",
        type_name="TownRow",
        source="town",
        origin=origin,
        identity=("ROW_ID",),
        items={name: _item(name, column) for name, column in NAMES.items()},
        attachments=(),
        arguments={},
        sharing=Sharing("unconditional"),
        opening=Opening("unconditional"),
        coverage=Coverage(),
        update_cycle="day",
        limits=Limits(max_rows=max_rows),
        is_connected=True,
        is_personal=False,
        allows_partial=False,
        guards=(),
        cache_seconds=0,
        columns=CODECS,
        version="1",
    )


def named(of: Resource, *columns: str) -> Resource:
    """The same resource with another identity."""
    return replace(of, identity=columns)


EMPTY: Mapping[str, Any] = dict.fromkeys(CODECS)


def _row(number: int, **values: Any) -> Mapping[str, Any]:
    columns = {NAMES.get(name, name): value for name, value in values.items()}
    return {**EMPTY, "ROW_ID": number, **columns}


ROWS = (
    _row(1, id=ANNA, plain="a", year=2001, name="Zoë", amount=Decimal("1.50"), day=date(2001, 1, 1)),
    _row(2, id=f"{ANNA[:6]}{ANNA[8:17]}", plain="A", year=2001, name="zoe", amount=Decimal("-2.00")),
    _row(3, id=BEN.ljust(20), SPOUSE=BEN, plain="b%", year=2002, name="", dayText="20020304"),
    _row(4, id=XENA.lower(), SPOUSE=ANNA, plain="a", year=2002, name="张三", day=date(1999, 12, 31)),
    _row(5, id=CARL, SPOUSE=XENA, plain="汉字", year=None, name="张", amount=Decimal("10.25")),
    _row(6, id=CARL, plain="a_b", year=2001, name="Zebra", dayText="20021399"),
    _row(7, id=CARL, plain="É", CREDIT="12345678", name="a%c", amount=Decimal("0.00")),
    _row(8, id=CARL, plain="e", CREDIT="12345678", year=-5, day=date(2020, 2, 29)),
    _row(9, plain="a ", CREDIT="A2345678", year=0, name="𠀀", amount=Decimal("10.20")),
    _row(10, plain="a", year=2003, name="\uff21", day=date(2020, 2, 29)),
)
