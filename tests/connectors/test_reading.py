"""A reader of rows says what the codecs say, value by value."""

import gc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.reading import MAX_CHARACTERS, Remembered, make_reader, memory_of
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item_declarations import ReadDeclaration
from schema.identifiers import BEIJING
from schema.values import Codec, DeclaredCodec, Invalid

ID = "500000198502140017"
CODECS: dict[str, Codec] = {
    "text": make_codec("String"),
    "trimmed": make_codec("String", read=ReadDeclaration(trim=True)),
    "text with a mark for empty": make_codec("String", read=ReadDeclaration(empty=["-", 0])),
    "padded text": make_codec("String", stored=["padded", "upper"]),
    "code": make_codec("String", stored_codes={"M": "1", "F": 2}),
    "enumeration": make_codec("Sex", stored_codes={"M": "1", "F": 2}),
    "whole": make_codec("Int"),
    "scaled": make_codec("Int", read=ReadDeclaration(scale="0.01")),
    "decimal": make_codec("Decimal"),
    "float": make_codec("Float"),
    "truth": make_codec("Boolean"),
    "declared truth": make_codec("Boolean", read=ReadDeclaration(true=["Y", 1], false=["N", 0])),
    "day": make_codec("Date"),
    "day as text": make_codec("Date", read=ReadDeclaration(format=["yyyyMMdd", "yyyy年M月d日"])),
    "moment": make_codec("DateTime"),
    "moment as text": make_codec("DateTime", read=ReadDeclaration(format="yyyy-MM-dd HH:mm:ss")),
    "moment to the millisecond": make_codec("DateTime", read=ReadDeclaration(format="yyyyMMddHHmmssSSS")),
    "cents": make_codec("Decimal", read=ReadDeclaration(scale="0.01")),
    "trimmed number": make_codec("Decimal", read=ReadDeclaration(trim=True, empty=["0"])),
    "organisation": make_codec("CreditCode"),
    "citizen": make_codec("CitizenId", stored=["18", "15", "lower-x", "padded"]),
    "bytes": make_codec("String", read=ReadDeclaration(encoding="gbk")),
}
RAW = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**33), 2**33), st.floats(), st.decimals(), st.text(max_size=9),
    st.dates(), st.datetimes(), st.datetimes(timezones=st.just(UTC)), st.binary(max_size=9),
    st.decimals().map(str), st.floats().map(repr), st.integers().map(str), st.dates().map(str),
    st.datetimes().map(str), st.datetimes().map(datetime.isoformat), st.sampled_from([1e-300, 1e300, 2**60]),
    st.sampled_from(["", " ", "-", "1", "2", "20200131", "2020年1月31日", "20200132", "20200131083000250", ID, ID.lower() + " ", "5 "]),
    st.lists(st.integers(), max_size=1),
)  # fmt: skip


def same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and (left == right or repr(left) == repr(right))


@pytest.mark.parametrize("name", CODECS)
@given(raws=st.lists(RAW, min_size=1, max_size=4))
def test_a_reader_says_what_the_codec_says(name: str, raws: list[Any]) -> None:
    codec = CODECS[name]
    read = make_reader([(0, codec)])
    for raw in [*raws, *raws]:
        assert same(read([(raw,)])[0][0], codec.decode(raw))
    doubled = [raw for raw in raws for _ in range(2)]  # one after the other, as rows of one owner stand
    for (value,), raw in zip(read([(raw,) for raw in doubled]), doubled, strict=True):
        assert same(value, codec.decode(raw))


@pytest.mark.parametrize("name", CODECS)
@given(raw=RAW)
def test_what_is_said_to_read_or_write_itself_does(name: str, raw: Any) -> None:
    codec = CODECS[name]
    assert isinstance(codec, DeclaredCodec)
    value = codec.decode(raw)
    if codec.reads_itself and isinstance(value, str):
        assert codec.decode(value) == value
    if codec.writes_itself and not isinstance(value, Invalid):
        assert codec.encode(value) == (value,)


def test_values_stand_where_they_are_asked() -> None:
    read = make_reader([(2, CODECS["day as text"]), (0, CODECS["text"]), (2, CODECS["text"])])
    first, second = read([["a", "b", "20200131"], ("a", "b", "x")])
    assert first == (date(2020, 1, 31), "a", "20200131")
    assert second[0] == Invalid("in none of the declared date formats")
    assert make_reader([])([("a",), ("b",)]) == [(), ()]
    assert make_reader([(0, CODECS["decimal"])])([(Decimal(1),)]) == [(Decimal(1),)]


def test_what_is_remembered_is_bounded() -> None:
    known = Remembered(str.upper, 9)
    assert [known[f"a{number}"] for number in range(20)] == [f"A{number}" for number in range(20)]
    assert known == {"a18": "A18", "a19": "A19"}
    assert known["a" * (MAX_CHARACTERS + 1)] == "A" * (MAX_CHARACTERS + 1)
    assert len(known) == 2


def test_all_days_of_a_century_are_read_once_for_all_columns_of_their_format() -> None:
    known, read = make_codec("Date", read=ReadDeclaration(format="yyyyMMdd")), 0

    def counted(raw: Any) -> Any:
        nonlocal read
        read += 1
        return known.stored.read(raw)

    codec = replace(known, stored=replace(known.stored, read=counted))
    days = [date(1926, 1, 1) + timedelta(days=day) for day in range(36_525)]
    rows = [(f"{day:%Y%m%d}",) for day in days]
    readers = [make_reader([(0, codec)]), make_reader([(0, replace(codec)), (0, codec)])]
    for one in [*readers, *readers]:
        assert [row[-1] for row in one(rows)] == days
    assert read == len(days)


def test_what_is_remembered_goes_with_its_last_reader() -> None:
    codec = make_codec("Sex", stored_codes={"M": "1"})
    read = make_reader([(0, codec)])
    memory = memory_of(codec)
    assert read([("1",)]) == [("M",)]
    assert memory == {"1": "M"}
    del read, memory
    gc.collect()  # a reader and its names hold each other
    assert memory_of(codec) == {}


USUAL: dict[str, list[Any]] = {
    "decimal": ["12.50", Decimal("12.50"), 12, None],
    "cents": ["1250", Decimal(1250), 1250, None],
    "float": [0.25, -1.5e-7, 3, None],
    "whole": ["1250", 1250, None],
    "day": ["2020-01-31", date(2020, 1, 31), None],
    "moment": [
        "2020-01-31T08:30:00+08:00",
        datetime(2020, 1, 31, 8, 30, tzinfo=BEIJING),
        datetime(2020, 1, 31, tzinfo=UTC),
        None,
    ],
    "moment as text": ["2020-01-31 08:30:00", None],
    "citizen": [ID, ID.lower(), None],
}


class Counting(DeclaredCodec):
    """A codec that counts the values it is asked for."""

    asked = 0

    def decode(self, raw: Any) -> Any:
        type(self).asked += 1
        return super().decode(raw)


@pytest.mark.parametrize("name", USUAL)
def test_what_most_of_a_column_is_does_not_reach_the_codec(name: str) -> None:
    known = CODECS[name]
    assert isinstance(known, DeclaredCodec)
    codec = Counting(known.exact, known.stored)
    read, raws = make_reader([(0, codec)]), USUAL[name] * 100
    before = Counting.asked
    found = read([(raw,) for raw in raws])
    assert before == Counting.asked
    assert [known.decode(raw) for raw in raws] == [value for (value,) in found]


def test_an_identifier_that_stands_in_row_after_row_is_read_once() -> None:
    known, read = make_codec("CitizenId"), 0

    def counted(raw: Any) -> Any:
        nonlocal read
        read += 1
        return known.decode(raw)

    codec = replace(known, stored=replace(known.stored, quick=counted))
    rows = [(ID,)] * 500
    assert make_reader([(0, codec)])(rows) == rows
    assert read == 1
