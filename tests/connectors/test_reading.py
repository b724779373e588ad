"""A reader of rows says what the codecs say, value by value."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.reading import MAX_REMEMBERED, Remembered, make_reader
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item_declarations import ReadDeclaration
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
    "citizen": make_codec("CitizenId", stored=["18", "15", "lower-x", "padded"]),
    "bytes": make_codec("String", read=ReadDeclaration(encoding="gbk")),
}
RAW = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**33), 2**33), st.floats(), st.decimals(), st.text(max_size=9),
    st.dates(), st.datetimes(), st.binary(max_size=9), st.just(datetime(2020, 1, 1, tzinfo=UTC)),
    st.sampled_from(["", " ", "-", "1", "2", "20200131", "2020年1月31日", "20200132", ID, ID.lower() + " ", "5 "]),
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
    known = Remembered(str.upper)
    assert [known[str(number)] for number in range(MAX_REMEMBERED + 9)][-1] == str(MAX_REMEMBERED + 8)
    assert len(known) == MAX_REMEMBERED
