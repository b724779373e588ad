"""Date formats: what fits is read as its fields say, whatever it takes to do so quickly."""

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.dates import DateFormat, compile_format
from schema.identifiers import BEIJING
from schema.quick import UNSURE, written_of

FORMATS = [
    "yyyy-MM-dd HH:mm:ss",
    "yyyyMMddHHmmss",
    "yyyy/M/d H:m",
    "yyyyMMddHHmmssSSS",
    "yyyy年M月d日",
    "yyyyMM",
    "yyyy",
    "dd.MM.yyyy",
    "yyyyMMddss",
    "yyyy-MM-dd'T'HH:mm:ss.SSS",
]


def by_fields(one: DateFormat, text: str, zone: timezone | None) -> datetime | None:
    """The same by words: every field by its name, and what is not there at its least."""
    found = one.pattern.fullmatch(text)
    if found is None:
        return None
    fields: dict[str, Any] = {name: int(digits) for name, digits in found.groupdict().items()}
    moment = {"month": 1, "day": 1, **fields, "microsecond": fields.get("millisecond", 0) * 1000}
    moment.pop("millisecond", None)
    try:
        return datetime(**moment, tzinfo=zone)
    except ValueError:
        return None


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A moment in one of the formats, most often with something odd put into it."""
    one = compile_format(draw(st.sampled_from(FORMATS)))
    text = draw(st.sampled_from(one.write(draw(st.datetimes()))))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        odd = draw(
            st.sampled_from(["", "0", "9", "3", " ", "-", "T", "Z", "+08:00", "\n", "\x00", "٣", "３"])
        )
        text = text[:at] + odd + text[at + draw(st.integers(0, 1)) :]
    return text


@pytest.mark.parametrize("zone", [None, BEIJING])
@pytest.mark.parametrize("written", FORMATS)
@given(text=texts())
def test_a_text_is_read_as_its_fields_say(written: str, zone: timezone | None, text: str) -> None:
    one = compile_format(written)
    read = one.read(text, zone)
    assert read == by_fields(one, text, zone)
    assert read is None or read.tzinfo is zone


@given(raw=texts() | st.none() | st.integers() | st.datetimes(), written=st.lists(st.sampled_from(FORMATS)))
def test_a_moment_is_read_in_the_first_format_that_fits(raw: Any, written: list[str]) -> None:
    formats = [compile_format(one) for one in written]
    found = [by_fields(one, raw, BEIJING) for one in formats] if isinstance(raw, str) else []
    fitting = [one for one in found if one is not None]
    expected = None if raw is None else fitting[0] if fitting else UNSURE
    assert written_of(formats)(raw) == expected
