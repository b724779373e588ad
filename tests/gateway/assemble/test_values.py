"""A value that is written without its scalar is written as that would write it."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from gateway.assemble.values import NAMES, PLAIN, plain_values
from schema.identifiers import BEIJING
from schema.scalars import SCALARS

VALUES: st.SearchStrategy[Any] = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.booleans(),
    st.integers(),
    st.integers(-(2**31) - 1, 2**31),
    st.floats(),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([BEIJING, UTC, timezone(timedelta(hours=8))])),
    st.decimals(),
    st.none(),
)


def is_plain(type_name: str, value: Any) -> bool:
    return bool(eval(f"v{PLAIN[type_name].test}", dict(NAMES), {"v": value}))


@pytest.mark.parametrize("type_name", PLAIN)
@given(value=VALUES)
def test_plain_values_are_written_as_their_scalar_writes_them(type_name: str, value: Any) -> None:
    if is_plain(type_name, value):
        written = SCALARS[type_name].coerce_output_value(value)
        plainly = eval(PLAIN[type_name].written, dict(NAMES), {"v": value})
        assert orjson.dumps(plainly) == orjson.dumps(written)


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("String", "张伟"),
        ("ID", "a"),
        ("CitizenId", "500000198502140018"),
        ("CreditCode", "91500000DEM0000120"),
        ("Boolean", True),
        ("Int", 2**31 - 1),
        ("Float", 1.0),
        ("Date", date(985, 2, 14)),
        ("DateTime", datetime(2026, 11, 23, 8, 0, 0, 5, tzinfo=BEIJING)),
        ("Decimal", Decimal("1.50")),
        ("Longitude", Decimal("1E+2")),
    ],
)
def test_usual_values_are_plain(type_name: str, value: Any) -> None:
    assert is_plain(type_name, value)


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("String", 1),
        ("Boolean", 1),
        ("Int", True),
        ("Int", 2**31),
        ("Float", float("nan")),
        ("Float", float("inf")),
        ("Float", 1),
        ("Date", datetime(2026, 11, 23, tzinfo=BEIJING)),
        ("DateTime", datetime(2026, 11, 23, tzinfo=UTC)),
        ("DateTime", date(2026, 11, 23)),
        ("Decimal", Decimal("NaN")),
        ("Decimal", Decimal("Infinity")),
        ("Decimal", 1),
    ],
)
def test_values_of_another_kind_are_not_plain(type_name: str, value: Any) -> None:
    assert not is_plain(type_name, value)


def test_a_decimal_that_graphql_core_is_to_write_is_left_as_it_is() -> None:
    plain = plain_values("Decimal", writes=False)
    assert plain is not None
    assert plain.written == "v"


def test_a_scalar_refuses_what_is_beyond_it() -> None:
    with pytest.raises(GraphQLError):
        SCALARS["Int"].coerce_output_value(2**31)
