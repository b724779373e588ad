"""Scalars: what they accept, what they write, and that they never quote."""

import traceback
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    graphql_sync,
    parse,
    parse_const_value,
    validate,
)

from schema.identifiers import BEIJING
from schema.scalars import SCALARS

SECRET = "500000198502140018"  # one digit off: refused everywhere as an identifier
ACCEPTED = [
    ("CitizenId", "50000019900101018x", "50000019900101018X"),
    ("CitizenId", "500000720305021", "50000019720305021X"),
    ("CreditCode", "n2500112dem000102l", "N2500112DEM000102L"),
    ("Date", "2024-02-29", date(2024, 2, 29)),
    ("DateTime", "2019-10-23T00:00:00Z", datetime(2019, 10, 23, 8, tzinfo=BEIJING)),
    ("DateTime", "2019-10-23T08:00", datetime(2019, 10, 23, 8, tzinfo=BEIJING)),
    ("DateTime", "2019-10-23 08:00:00.5+09:00", datetime(2019, 10, 23, 7, 0, 0, 500_000, BEIJING)),
    ("Decimal", "0.10", Decimal("0.10")),
    ("Decimal", "-12e2", Decimal(-1200)),
    ("String", "张伟", "张伟"),
    ("ID", "7", "7"),
]
REFUSED = [
    ("CitizenId", SECRET, "CitizenId: check digit is wrong"),
    ("CitizenId", "5.0E+17", "CitizenId: number in scientific notation"),
    ("CreditCode", SECRET, "CreditCode: check symbol is wrong"),
    ("Date", "20240229", "Date: expects YYYY-MM-DD"),
    ("Date", "2023-02-29", "Date: not in the calendar"),
    ("Date", "2024-W01-1", "Date: expects YYYY-MM-DD"),
    ("DateTime", SECRET, "DateTime: expects YYYY-MM-DDThh:mm:ss+hh:mm"),
    ("DateTime", "2019-10-23T25:00:00Z", "DateTime: not in the calendar"),
    ("DateTime", "0001-01-01T00:00:00+09:00", "DateTime: out of range"),
    ("Decimal", "NaN", "Decimal: expects a decimal number"),
    ("Decimal", "1e999999999", "Decimal: expects a decimal number"),
    ("Decimal", "9" * 41, "Decimal: expects a decimal number"),
]
WRONG_TYPES: list[tuple[str, Any]] = [
    ("CitizenId", int(SECRET)),
    ("CreditCode", int(SECRET)),
    ("Date", int(SECRET)),
    ("DateTime", int(SECRET)),
    ("Decimal", [SECRET]),
    ("Decimal", True),
    ("String", int(SECRET)),
    ("Int", SECRET),
    ("Int", int(SECRET)),
    ("Float", SECRET),
    ("Boolean", SECRET),
    ("ID", {"id": SECRET}),
]


@pytest.mark.parametrize(("name", "given", "value"), ACCEPTED)
def test_value_is_coerced_to_its_normal_form(name: str, given: str, value: Any) -> None:
    assert SCALARS[name].coerce_input_value(given) == value


@pytest.mark.parametrize(("name", "given", "value"), ACCEPTED)
def test_literal_is_coerced_as_the_value_is(name: str, given: str, value: Any) -> None:
    coerce = SCALARS[name].coerce_input_literal
    assert coerce is not None
    assert coerce(parse_const_value(f'"{given}"')) == value


@pytest.mark.parametrize(("name", "given", "told"), REFUSED)
def test_refusal_has_fixed_words(name: str, given: str, told: str) -> None:
    coerce_literal = SCALARS[name].coerce_input_literal
    assert coerce_literal is not None
    with pytest.raises(GraphQLError) as caught:
        SCALARS[name].coerce_input_value(given)
    assert caught.value.message.startswith(told)
    with pytest.raises(GraphQLError) as literally:
        coerce_literal(parse_const_value(f'"{given}"'))
    assert literally.value.message == caught.value.message


@pytest.mark.parametrize(("name", "given"), WRONG_TYPES)
def test_wrong_type_is_refused_without_a_trace_of_the_value(name: str, given: Any) -> None:
    with pytest.raises(GraphQLError) as caught:
        SCALARS[name].coerce_input_value(given)
    error = caught.value
    assert SECRET not in error.message
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECRET not in "".join(traceback.format_exception_only(error))


@pytest.mark.parametrize("name", ["Int", "Float", "Boolean", "CitizenId", "Date", "DateTime"])
def test_validation_through_the_engine_quotes_nothing(name: str) -> None:
    field = GraphQLField(GraphQLString, args={"of": GraphQLArgument(GraphQLNonNull(SCALARS[name]))})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"ask": field}))
    literal = graphql_sync(schema, f'{{ ask(of: "{SECRET}") }}')
    variable = graphql_sync(
        schema, f"query ($of: {name}!) {{ ask(of: $of) }}", variable_values={"of": SECRET}
    )
    for result in (literal, variable):
        assert result.errors
        assert all(SECRET not in error.message for error in result.errors)


FITTING = {
    "String": ('"no"',),
    "ID": ('"no"', SECRET),
    "Float": (SECRET,),
    "Decimal": (SECRET,),
    "Boolean": ("true",),
}
"""Literals below that a scalar takes."""


@pytest.mark.parametrize("name", sorted(SCALARS))
def test_a_refused_literal_has_its_place(name: str) -> None:
    """Of the wrong kind, and of the right one with a value that will not do; of a list or an object, where its
    first part stands."""
    field = GraphQLField(GraphQLString, args={"of": GraphQLArgument(SCALARS[name])})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"ask": field}))
    for literal in (SECRET, '"no"', "true", "red", "\n {  a: 1 }", "\n [ [1] ]"):
        errors = validate(schema, parse(f"{{\n ask(of: {literal}) }}"))
        place = (3, 5) if literal[0] == "\n" else (2, 10)
        assert all(error.locations == [place] for error in errors)
        assert all(error.message.startswith(f"{name}: ") for error in errors)
        assert all(error.__context__ is None for error in errors)
        assert bool(errors) is (literal not in FITTING.get(name, ()))


def test_stored_value_of_another_type_is_not_quoted() -> None:
    for name in ("Int", "Float", "Boolean", "CitizenId", "Date", "DateTime", "Decimal"):
        with pytest.raises(GraphQLError) as caught:
            SCALARS[name].coerce_output_value([SECRET])
        assert SECRET not in caught.value.message


def test_numbers_of_json_become_decimals_as_written() -> None:
    assert SCALARS["Decimal"].coerce_input_value(0.1) == Decimal("0.1")
    assert SCALARS["Decimal"].coerce_input_value(7) == Decimal(7)


def test_a_literal_beyond_all_doubles_is_refused() -> None:
    coerce = SCALARS["Float"].coerce_input_literal
    assert coerce is not None
    assert coerce(parse_const_value("1e300")) == 1e300
    with pytest.raises(GraphQLError, match="expects a number"):
        coerce(parse_const_value("1e400"))


def test_number_literals_become_decimals_without_a_float_between() -> None:
    coerce = SCALARS["Decimal"].coerce_input_literal
    assert coerce is not None
    assert coerce(parse_const_value("0.1000000000000000000001")) == Decimal("0.1000000000000000000001")
    assert coerce(parse_const_value("12")) == Decimal(12)


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Date", date(2024, 2, 29), "2024-02-29"),
        ("DateTime", datetime(2019, 10, 23, tzinfo=UTC), "2019-10-23T08:00:00+08:00"),
        ("DateTime", datetime(2019, 10, 23), "2019-10-23T00:00:00+08:00"),  # noqa: DTZ001
        (
            "DateTime",
            datetime(2019, 10, 23, 9, tzinfo=timezone(timedelta(hours=9))),
            "2019-10-23T08:00:00+08:00",
        ),
        ("Decimal", Decimal("1E+3"), "1000"),
        ("Decimal", Decimal("1.50"), "1.50"),
        ("Decimal", Decimal("0E-8"), "0.00000000"),
        ("Int", 3, 3),
        ("Boolean", True, True),
    ],
)
def test_value_is_written(name: str, value: Any, written: Any) -> None:
    assert SCALARS[name].coerce_output_value(value) == written


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Date", datetime(2019, 10, 23, tzinfo=BEIJING)),
        ("Date", "2019-10-23"),
        ("Decimal", Decimal("NaN")),
        ("Decimal", 0.5),
        ("CitizenId", 1),
    ],
)
def test_value_of_a_neighbouring_type_is_not_written(name: str, value: Any) -> None:
    with pytest.raises(GraphQLError):
        SCALARS[name].coerce_output_value(value)


def test_built_in_scalars_accept_what_the_specification_says() -> None:
    assert SCALARS["Int"].coerce_input_value(3.0) == 3
    assert SCALARS["ID"].coerce_input_value(7) == "7"
    assert SCALARS["Float"].coerce_input_value(1) == 1.0
    with pytest.raises(GraphQLError, match="32 bits"):
        SCALARS["Int"].coerce_input_value(2**31)


def test_built_in_scalars_are_the_engines_own() -> None:
    assert SCALARS["String"] is GraphQLString
