"""What is told of a refused document or variable: enough to mend it, and nothing that was sent."""

from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, get_variable_values, parse

from gateway.document.redact import redact
from schema.scalars import SCALARS

SCHEMA: GraphQLSchema = build_schema("""
    scalar Date
    scalar CitizenId
    enum Colour { RED }
    input Plate { number: String! colour: Colour }
    type Query { a(d: Date, i: CitizenId, n: Int, p: Plate): Int }
""")
for _name in ("Date", "CitizenId"):
    _scalar: Any = SCHEMA.type_map[_name]
    _scalar.coerce_input_value = SCALARS[_name].coerce_input_value
    _scalar.parse_value = SCALARS[_name].coerce_input_value
SECRET = "500000198502140017"
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
    ("$v: Plate!", {"v": {"number": "x", "colour": SECRET}}, "Variable '$v' has an invalid value at .colour: Value '…' does not exist in 'Colour' enum."),
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
    assert text.startswith("Variable '$v'")
    assert not text.endswith("has invalid.")
    assert told is None or text == told
