"""What is told of a refused document or variable: enough to mend it, and nothing that was sent."""

from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
    get_variable_values,
    parse,
    validate,
)

from gateway.document.redact import redact
from schema.scalars import SCALARS

SCHEMA: GraphQLSchema = build_schema("""
    scalar Date
    scalar CitizenId
    enum Colour { RED }
    input Plate { number: String! colour: Colour }
    type Query { a(d: Date, i: CitizenId, n: Int, b: Boolean, p: Plate): Int b(ids: [Int!]!): Int }
""")
for _name in ("Date", "CitizenId"):
    _scalar: Any = SCHEMA.type_map[_name]
    _scalar.coerce_input_value = SCALARS[_name].coerce_input_value
    _scalar.parse_value = SCALARS[_name].coerce_input_value
SECRET = "500000198502140017"
ABSENT = "Variable '$v' has an invalid value at .colour: Value '…' does not exist in 'Colour' enum."
TOLD = [
    ("$v: Int!", {}, "Variable '$v' of type 'Int!' was not provided."),
    ("$v: Int!", {"v": None}, "Variable '$v' of type 'Int!' must not be null."),
    ("$v: Int!", {"v": SECRET}, None),
    ("$v: [Int!]!", {"v": [1, None]}, "Variable '$v' of type 'Int!' must not be null."),
    ("$v: Date!", {"v": "2020-13-01"}, "Variable '$v': Date: not in the calendar."),
    ("$v: CitizenId!", {"v": SECRET[:-1] + "8"}, None),
    ("$v: Plate!", {"v": {"colour": "RED"}}, "Variable '$v' of type 'Plate' has to include required field 'number'."),
    ("$v: Plate!", {"v": {"number": "x", SECRET: 1}}, "Variable '$v' of type 'Plate' has a field that is unknown."),
    ("$v: Plate!", {"v": SECRET}, "Variable '$v' of type 'Plate' has to be an object."),
    ("$v: Plate!", {"v": {"number": "x", "colour": SECRET}}, ABSENT),
    ("$v: Plate!", {"v": {"number": "x", "colour": "zhangwei"}}, ABSENT),
    ("$v: Plate!", {"v": {"number": "x", "colour": "a' zhangwei 'b"}}, ABSENT),
    ("$v: Plate!", {"v": {"number": "x", "colour": "' does not exist in zhangwei found: zhangwei"}}, ABSENT),
    ("$v: Int", {"v": " has invalid value: Zhangwei: zhangwei"}, "Variable '$v': Int: expects a whole number of 32 bits."),
    ("$v: Boolean", {"v": "zhangwei"}, "Variable '$v': Boolean: expects true or false."),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "values", "told"), TOLD)
def test_a_refused_variable_is_explained_without_its_value(
    definition: str, values: Any, told: str | None
) -> None:
    (operation,) = parse(f"query({definition}) {{ a }}").definitions
    errors = get_variable_values(SCHEMA, operation.variable_definitions, values, hide_suggestions=True)  # type: ignore[attr-defined]
    assert isinstance(errors, list)
    (text,) = [redact(error.message) for error in errors]
    assert SECRET[:6] not in text
    assert "zhangwei" not in text.lower()
    assert text.startswith("Variable '$v'")
    assert not text.endswith("has invalid.")
    assert told is None or text == told


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ('{ a(p: { number: "x", colour: zhangwei }) }', "Value '…' does not exist in 'Colour' enum."),
        ('{ a(n: "zhangwei") }', "Int: expects a whole number of 32 bits."),
        ('{ a(b: "zhangwei") }', "Boolean: expects true or false."),
        ('{ a(d: " has invalid value: Zhangwei: zhangwei") }', "Date: expects YYYY-MM-DD."),
        ('{ a(p: "zhangwei found zhangwei") }', "Expected value of type 'Plate' to be an object."),
        ('{ a } extend "zhangwei"', "Syntax Error: Unexpected String '…'."),
        ("{ a @skip }", "Argument '@skip(if:)' of type 'Boolean!' is required, but it was not provided."),
        ("{ b }", "Argument 'Query.b(ids:)' of type '[Int!]!' is required, but it was not provided."),
        ("{ a(n: 'zhangwei') }", None),
        ('{ a(n: """zhang\'wei""" "zhangwei") }', None),
    ],
)
def test_a_refused_document_is_explained_without_its_values(document: str, told: str | None) -> None:
    errors: list[GraphQLError]
    try:
        errors = validate(SCHEMA, parse(document), hide_suggestions=True)
    except GraphQLSyntaxError as error:
        errors = [error]
    (text,) = [redact(error.message) for error in errors]
    assert "zhangwei" not in text.lower()
    assert told is None or text == told


@pytest.mark.parametrize("before", ["Value '", "Variable '$v' has invalid value: "])
@pytest.mark.parametrize(
    "word",
    [" has invalid value: A: a", "Value '", "' does not exist in", "\"'", " found ", "value: ", "1234"],
)
def test_a_message_is_read_once(before: str, word: str) -> None:
    """Longer than a body may be: a pattern that looked at all that follows, from each place where it might
    begin, would not end in the time that a test has."""
    assert len(redact(before + word * (4_000_000 // len(word)))) > 0


@pytest.mark.parametrize("name", SCALARS)
def test_what_a_scalar_expects_is_told_whole(name: str) -> None:
    """Its own words have nothing that would be taken for a value."""
    values: tuple[Any, ...] = ("zhangwei", 1.5, [], {})
    for value in values:
        try:
            SCALARS[name].coerce_input_value(value)
        except GraphQLError as error:
            assert error.message in redact(f"Variable '$v' has invalid value: {error.message}")
