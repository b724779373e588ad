"""Codecs: stored values in every dress, and what a source may compare by itself."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_interface
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.catalogue.compile_codec import make_codec
from schema.catalogue.grammar import StoredForm
from schema.catalogue.item_declarations import ReadDeclaration
from schema.dates import compile_format
from schema.identifiers import BEIJING, to_full_width
from schema.predicate import OPERATORS
from schema.values import Codec, Invalid, sorts_as_decoded

X_OLD, X_NEW = "500000720305021", "50000019720305021X"
CODE = "N2500112DEM000102L"
DAY = date(2017, 3, 18)
NOON = datetime(2017, 3, 18, 12, 30, 15, tzinfo=BEIJING)
EQUALITY = frozenset({"eq", "in"})
NATIVE = OPERATORS - {"startsWith", "contains"}


def codec(type_name: str, stored: tuple[str | int, ...] = (), **read: Any) -> Codec:
    """Make a codec as a catalogue would."""
    return make_codec(type_name, read=ReadDeclaration(**read) if read else None, stored=stored)


DECODED = [
    ("String", {}, " a ", " a "),
    ("String", {}, "", ""),
    ("String", {}, 7, "7"),
    ("String", {}, True, "true"),
    ("String", {}, Decimal("1.50"), "1.50"),
    ("String", {}, DAY, "2017-03-18"),
    ("String", {}, time(8, 30), "08:30:00"),
    ("String", {}, timedelta(hours=8, minutes=30), "08:30:00"),
    ("String", {}, timedelta(days=4, hours=2, microseconds=5), "98:00:00.000005"),
    ("String", {}, -timedelta(minutes=1, seconds=5), "-00:01:05"),
    ("String", {}, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ("String", {}, ip_interface("10.1.0.7/16"), "10.1.0.7/16"),
    ("String", {"trim": True}, " a ", "a"),
    ("String", {"trim": True}, "  ", None),
    ("String", {"empty": ["无"]}, "无", None),
    ("String", {"encoding": "gbk"}, "张伟".encode("gbk"), "张伟"),
    ("String", {"encoding": "gb18030"}, "㐀".encode("gb18030"), "㐀"),
    ("Int", {}, 7, 7),
    ("Int", {}, "7", 7),
    ("Int", {}, Decimal("7.00"), 7),
    ("Int", {}, "", None),
    ("Int", {}, "  ", None),
    ("Int", {"empty": [-1]}, -1, None),
    ("Int", {"empty": [-1]}, "-1", None),
    ("Int", {"scale": "10000"}, "1.5", 15000),
    ("Float", {}, "1.5", 1.5),
    ("Float", {}, Decimal("0.1"), 0.1),
    ("Decimal", {}, 0.1, Decimal("0.1")),
    ("Decimal", {}, 9007199254740991.0, Decimal(9007199254740991)),
    ("Float", {}, 2.0**60, 2.0**60),
    ("Decimal", {}, "1.50", Decimal("1.50")),
    ("Decimal", {"scale": "0.01"}, 12345, Decimal("123.45")),
    ("Decimal", {"scale": "0.01"}, "1", Decimal("0.01")),
    ("Boolean", {}, True, True),
    ("Boolean", {}, 0, False),
    ("Boolean", {"true": ["是", "Y"], "false": ["否"]}, "Y", True),
    ("Boolean", {"true": [1], "false": [2]}, "2", False),
    ("Date", {}, DAY, DAY),
    ("Date", {}, datetime(2017, 3, 18), DAY),  # noqa: DTZ001
    ("Date", {}, datetime(2017, 3, 17, 16, tzinfo=UTC), DAY),
    ("Date", {}, "2017-03-18", DAY),
    ("Date", {}, "2017-03-18T00:00:00", DAY),
    ("Date", {"format": "yyyyMMdd"}, "20170318", DAY),
    ("Date", {"format": "yyyyMMdd"}, 20170318, DAY),
    ("Date", {"format": "yyyyMMdd"}, "", None),
    ("Date", {"format": "yyyyMMdd", "empty": ["99991231"]}, "99991231", None),
    ("Date", {"format": "yyyy年M月d日"}, "2017年3月18日", DAY),
    ("Date", {"format": "yyyy年M月d日"}, "2017年03月18日", DAY),
    ("Date", {"format": ["yyyy年M月d日", "yyyyMMdd"]}, "20170318", DAY),
    ("Date", {"format": "yyyyMM"}, "201703", date(2017, 3, 1)),
    ("Date", {"format": "yyyyMMdd", "trim": True}, "20170318  ", DAY),
    ("Date", {"epoch": "milliseconds"}, 1489766400000, DAY),
    ("Date", {"epoch": "seconds"}, "1489800000", DAY),
    ("Float", {}, 1e300, 1e300),
    ("Float", {}, -5e-324, -5e-324),
    ("DateTime", {}, "0001-01-01T00:00:00+08:00", datetime(1, 1, 1, tzinfo=BEIJING)),
    ("DateTime", {}, "2017-03-18 12:30:15", NOON),
    ("DateTime", {}, datetime(2017, 3, 18, 4, 30, 15, tzinfo=UTC), NOON),
    ("DateTime", {}, DAY, datetime(2017, 3, 18, tzinfo=BEIJING)),
    ("DateTime", {"format": "yyyyMMddHHmmss"}, "20170318123015", NOON),
    ("DateTime", {"format": "yyyy-MM-dd'T'HH:mm:ss.SSS"}, "2017-03-18T12:30:15.000", NOON),
    ("DateTime", {"epoch": "seconds"}, 1489811415, NOON),
    ("DateTime", {"epoch": "milliseconds"}, 1489811415000, NOON),
    ("CitizenId", {}, X_NEW, X_NEW),
    ("CitizenId", {}, X_OLD, X_NEW),
    ("CitizenId", {}, int(X_OLD), X_NEW),
    ("CitizenId", {}, X_NEW.lower() + "  ", X_NEW),
    ("CitizenId", {}, to_full_width(X_NEW), X_NEW),
    ("CitizenId", {}, " ", None),
    ("CreditCode", {}, CODE.lower(), CODE),
]

UNREADABLE = [
    ("Float", {}, float("inf")),
    ("Float", {}, Decimal("1e400")),
    ("DateTime", {}, "0001-01-01T00:00:00+09:00"),
    ("String", {}, ["a"]),
    ("String", {}, {"a": 1}),
    ("String", {}, object()),
    ("String", {}, b"\xff"),
    ("String", {"encoding": "gbk"}, b"\xff"),
    ("Int", {}, "1.5"),
    ("Int", {}, True),
    ("Int", {}, 2**31),
    ("Int", {}, "7x"),
    ("Decimal", {}, Decimal("NaN")),
    ("Decimal", {}, 12345678901234567.89),
    ("Decimal", {"scale": "0.01"}, -(2.0**53)),
    ("String", {}, 62220202000112233445566.0),
    ("Decimal", {}, float("inf")),
    ("Float", {}, "NaN"),
    ("Boolean", {}, "yes"),
    ("Boolean", {}, 2),
    ("Boolean", {"true": ["Y"]}, "N"),
    ("Date", {}, datetime(2017, 3, 18, 1)),  # noqa: DTZ001
    ("Date", {}, "18.03.2017"),
    ("Date", {}, 20170318),
    ("Date", {"format": "yyyyMMdd"}, "20170230"),
    ("Date", {"format": "yyyyMMdd"}, "20170318 "),
    ("Date", {"format": "yyyyMMdd"}, "00000000"),
    ("Date", {"epoch": "seconds"}, 10**30),
    ("DateTime", {"format": "yyyyMMddHHmmss"}, "20170318250000"),
    ("DateTime", {"epoch": "seconds"}, "today"),
    ("CitizenId", {}, "500000198502140018"),
    ("CitizenId", {}, 5.0e17),
    ("CreditCode", {}, X_NEW),
]


@pytest.mark.parametrize(("type_name", "read", "raw", "value"), DECODED)
def test_stored_value_is_read(type_name: str, read: dict[str, Any], raw: Any, value: Any) -> None:
    decoded = codec(type_name, **read).decode(raw)
    assert decoded == value
    assert type(decoded) is type(value)


@pytest.mark.parametrize(("type_name", "read", "raw"), UNREADABLE)
def test_unreadable_value_is_invalid_and_not_quoted(type_name: str, read: dict[str, Any], raw: Any) -> None:
    decoded = codec(type_name, **read).decode(raw)
    assert isinstance(decoded, Invalid)
    assert str(raw) not in decoded.reason


ENCODED: list[tuple[str, tuple[str | int, ...], dict[str, Any], Any, tuple[Any, ...]]] = [
    ("CitizenId", (), {}, X_NEW, (X_NEW,)),
    ("CitizenId", (18, 15), {}, X_NEW, (X_NEW, X_OLD)),
    ("CitizenId", ("15", "lower-x"), {}, X_NEW, (X_OLD, X_NEW.lower())),
    ("CitizenId", (15,), {}, "500000201606010131", ()),
    ("CitizenId", (18, "padded"), {}, X_NEW, (X_NEW, X_NEW + "  ")),
    ("CitizenId", (15, "padded"), {}, X_NEW, (X_OLD, X_OLD + "   ", X_OLD + "     ")),
    ("CitizenId", ("full-width", 18), {}, X_NEW, (to_full_width(X_NEW), X_NEW)),
    ("CreditCode", ("upper", "lower"), {}, CODE, (CODE, CODE.lower())),
    ("String", (), {}, "a", ("a",)),
    ("String", ("unhyphenated",), {}, "DEM00001-4", ("DEM000014",)),
    ("String", (), {"encoding": "gbk"}, "张", ("张".encode("gbk"),)),
    ("Int", (), {"scale": "10000"}, 15000, (Decimal("1.5"),)),
    ("Decimal", (), {"scale": "0.01"}, Decimal("123.45"), (12345,)),
    ("Boolean", (), {}, True, (True,)),
    ("Boolean", (), {"true": ["是", "Y"], "false": ["否"]}, True, ("是", "Y")),
    ("Date", (), {}, DAY, (DAY,)),
    ("Date", (), {"format": "yyyyMMdd"}, DAY, ("20170318",)),
    ("Date", (), {"format": ["yyyy年M月d日", "yyyyMMdd"]}, date(2017, 3, 8),
     ("2017年3月8日", "2017年3月08日", "2017年03月8日", "2017年03月08日", "20170308")),
    ("Date", (), {"format": "yyyyMM"}, DAY, ()),
    ("Date", (), {"format": "yyyyMMdd", "empty": ["99991231"]}, date(9999, 12, 31), ()),
    ("Date", (), {"epoch": "milliseconds"}, DAY, (1489766400000,)),
    ("DateTime", (), {}, NOON, (NOON.replace(tzinfo=None),)),
    ("DateTime", (), {"format": "yyyyMMddHHmm"}, NOON, ()),
    ("DateTime", (), {"format": "yyyyMMddHHmmss"}, NOON, ("20170318123015",)),
    ("DateTime", (), {"epoch": "seconds"}, NOON, (1489811415,)),
]  # fmt: skip


@pytest.mark.parametrize(("type_name", "stored", "read", "value", "forms"), ENCODED)
def test_value_is_written_in_all_stored_forms(
    type_name: str,
    stored: tuple[str | int, ...],
    read: dict[str, Any],
    value: Any,
    forms: tuple[Any, ...],
) -> None:
    assert codec(type_name, stored, **read).encode(value) == forms


def test_empty_is_written_as_null() -> None:
    assert codec("Date", format="yyyyMMdd").encode(None) == (None,)


@pytest.mark.parametrize(
    ("type_name", "stored", "read", "exact"),
    [
        ("String", (), {}, OPERATORS),
        ("String", (), {"trim": True}, frozenset()),
        ("String", (), {"encoding": "gbk"}, frozenset()),
        ("String", (), {"empty": ["无"]}, EQUALITY),
        ("String", ("padded",), {}, EQUALITY),
        ("Int", (), {}, NATIVE),
        ("Int", (), {"empty": [-1]}, EQUALITY),
        ("Decimal", (), {"scale": "0.01"}, NATIVE),
        ("Decimal", (), {"scale": "-1"}, frozenset()),
        ("Decimal", (), {"scale": "3"}, frozenset()),
        ("Float", (), {"scale": "0.01"}, frozenset()),
        ("Boolean", (), {}, EQUALITY | {"ne", "isNull"}),
        ("Boolean", (), {"true": ["Y"], "false": ["N"]}, EQUALITY),
        ("Date", (), {}, NATIVE),
        ("Date", (), {"format": "yyyyMMdd"}, EQUALITY | {"gt", "ge"}),
        ("Date", (), {"format": "yyyy-MM-dd"}, EQUALITY | {"gt", "ge"}),
        ("Date", (), {"format": "ddMMyyyy"}, EQUALITY),
        ("Date", (), {"format": "yyyy-M-d"}, EQUALITY),
        ("Date", (), {"format": "yyyyMM"}, EQUALITY),
        ("Date", (), {"format": ["yyyyMMdd", "yyyy-MM-dd"]}, EQUALITY),
        ("Date", (), {"format": "yyyyMMdd", "empty": ["99991231"]}, EQUALITY),
        ("Date", (), {"epoch": "seconds"}, {"ge", "lt", "isNull"}),
        ("DateTime", (), {}, NATIVE),
        ("DateTime", (), {"epoch": "seconds"}, NATIVE),
        ("DateTime", (), {"format": "yyyyMMddHHmmss"}, EQUALITY),
        ("CitizenId", (18, 15), {}, EQUALITY),
        ("CreditCode", (), {}, EQUALITY),
    ],
)
def test_source_compares_only_what_stays_true(
    type_name: str, stored: tuple[str | int, ...], read: dict[str, Any], exact: frozenset[str]
) -> None:
    assert codec(type_name, stored, **read).exact == exact


@pytest.mark.parametrize(
    ("type_name", "read", "sorts"),
    [
        ("Int", {}, True),
        ("Date", {}, True),
        ("DateTime", {"epoch": "seconds"}, True),
        ("Date", {"epoch": "seconds"}, False),
        ("Date", {"format": "yyyyMMdd"}, False),
        ("CitizenId", {}, False),
    ],
)
def test_source_sorts_what_ties_as_it_is_shown(type_name: str, read: dict[str, Any], sorts: bool) -> None:
    """Moments of one day are one day to us, and several to a source: a second term would never decide."""
    assert sorts_as_decoded(codec(type_name, **read)) is sorts


def test_enumeration_refuses_unknown_codes_and_text_keeps_them() -> None:
    codes = {"VALID": 0, "DEAD": "9"}
    enumeration = make_codec("Status", stored_codes=codes)
    text = make_codec("String", stored_codes=codes)
    assert [enumeration.decode(raw) for raw in (0, "0", 9, "")] == ["VALID", "VALID", "DEAD", None]
    assert enumeration.decode("5") == Invalid("not a code of the list")
    assert enumeration.encode("VALID") == (0,)
    assert enumeration.encode("OTHER") == ()
    assert text.decode("5") == "5"
    assert text.encode("DEAD") == ("9", "DEAD")
    assert text.encode("5") == ("5",)
    assert text.encode("0") == ()
    assert enumeration.exact == text.exact == EQUALITY


@pytest.mark.parametrize("form", get_args(StoredForm))
def test_every_stored_form_reads_back(form: str) -> None:
    """Rows are matched to keys by decoding: whatever is asked for must come back as the key."""
    for type_name, value in (("CitizenId", X_NEW), ("CreditCode", CODE), ("String", "DEM000014")):
        if form == "15" and type_name != "CitizenId":
            continue
        one = codec(type_name, (form,))
        forms = one.encode(value)
        assert forms
        assert [value] * len(forms) == [one.decode(raw) for raw in forms]


def test_birthday_in_a_summer_time_is_not_a_day_early() -> None:
    """Shanghai kept summer time in 1988: midnight of 13 June was 15:00 UTC of the day before."""
    one = codec("Date", epoch="seconds")
    midnight = int(datetime(1988, 6, 12, 15, tzinfo=UTC).timestamp())
    assert one.decode(midnight) == date(1988, 6, 13)
    assert one.encode(date(1988, 6, 13)) == (midnight,)


ORDERED = [("Date", {"format": "yyyyMMdd"}), ("Date", {"format": "yyyy-MM-dd"}), ("Date", {})]


@pytest.mark.parametrize(("type_name", "read"), ORDERED)
@given(left=st.dates(), right=st.dates())
def test_exact_ranges_hold_on_stored_values(
    type_name: str, read: dict[str, Any], left: date, right: date
) -> None:
    one = codec(type_name, **read)
    assert {"gt", "ge"} <= one.exact
    assert (one.encode(left)[0] > one.encode(right)[0]) == (left > right)
    assert all(one.decode(raw) == left for raw in one.encode(left))


@given(cents=st.integers(-(10**15), 10**15), operand=st.decimals(-1000, 1000, places=4))
def test_scaled_amounts_compare_as_stored(cents: int, operand: Decimal) -> None:
    one = codec("Decimal", scale="0.01")
    amount = one.decode(cents)
    stored = one.encode(operand)[0]
    assert (amount < operand) == (cents < stored)
    assert (amount == operand) == (cents == stored)


@given(raw=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
       | st.dates() | st.datetimes() | st.decimals() | st.lists(st.text(), max_size=2))  # fmt: skip
def test_reading_never_raises(raw: Any) -> None:
    for type_name in (
        *("String", "Int", "Float", "Decimal", "Boolean"),
        *("Date", "DateTime", "CitizenId", "CreditCode"),
    ):
        codec(type_name).decode(raw)
        codec(type_name, scale="0.01", format="yyyyMMdd", trim=True, empty=["x", 0]).decode(raw)
        codec(type_name, epoch="seconds", encoding="gbk", true=["1"]).decode(raw)


@pytest.mark.parametrize(
    "text", ["yy-MM-dd", "yyyy-MM-dd Q", "MM-dd", "yyyy'年", "yyyyMMMM", "yyyyyyyy", "yyyy MM MM"]
)
def test_date_format_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="date format"):
        compile_format(text)


@pytest.mark.parametrize(
    ("type_name", "read"),
    [("Decimal", {"scale": "much"}), ("Int", {"scale": "0"}), ("Decimal", {"scale": "NaN"})],
)
def test_scale_that_is_no_factor_is_refused(type_name: str, read: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="scale"):
        codec(type_name, **read)


def test_enumeration_without_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="no codes"):
        codec("Status")
