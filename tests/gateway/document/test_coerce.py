"""What is coerced quickly is coerced as graphql-core does; the rest is left to it."""

from typing import Any

from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_variable_values, parse
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.coerce import make_coercer

SCHEMA: GraphQLSchema = build_schema("""
    enum Colour { RED BLUE }
    input Place { number: String! colour: Colour = RED }
    input Where { and: [Where!] not: Where number: Int place: Place }
    input Key @oneOf { id: ID place: Place }
    type Query { a(f: Float, b: Boolean, k: Key, w: Where): Int }
""")
TEXT = """query($i: Int, $n: Int! , $d: Int = 3, $s: String, $b: Boolean, $f: Float, $c: Colour = BLUE,
               $l: [Int!], $ll: [[String]], $w: Where, $p: Place!, $k: Key) { a }"""
(OPERATION,) = parse(TEXT).definitions
assert isinstance(OPERATION, OperationDefinitionNode)
DEFINITIONS = OPERATION.variable_definitions or ()
COERCE = make_coercer(SCHEMA, DEFINITIONS)

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**33), 2**33), st.floats(allow_nan=False), st.text(max_size=3),
    st.sampled_from(["RED", "BLUE", "GREEN"]),
)  # fmt: skip
NAMES = st.sampled_from(["and", "not", "number", "place", "colour", "id", "other"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
PLACES = st.fixed_dictionaries(
    {"number": st.text(max_size=2)}, optional={"colour": st.sampled_from(["RED", "BLUE"])}
)
WHERES = st.recursive(
    st.fixed_dictionaries({}, optional={"number": st.integers(0, 9), "place": PLACES}),
    lambda inner: st.fixed_dictionaries({}, optional={"and": st.lists(inner, max_size=2), "not": inner}),
    max_leaves=4,
)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "i": st.none() | st.integers(0, 9), "d": st.integers(0, 9), "s": st.text(max_size=3), "b": st.booleans(),
    "f": st.floats(0, 1) | st.integers(0, 9), "c": st.sampled_from(["RED", "BLUE"]), "l": st.lists(st.integers(0, 9), max_size=3),
    "ll": st.lists(st.lists(st.none() | st.text(max_size=2), max_size=2), max_size=2), "w": WHERES,
    "k": st.fixed_dictionaries({"id": st.text(max_size=2)}) | st.fixed_dictionaries({"place": PLACES}),
}  # fmt: skip


@given(st.fixed_dictionaries({"n": st.integers(0, 9), "p": PLACES}, optional=PLAIN))
def test_what_is_plain_is_coerced_alike(values: dict[str, Any]) -> None:
    expected = get_variable_values(SCHEMA, DEFINITIONS, values)
    assert not isinstance(expected, list)
    coerced = COERCE(values)
    if coerced is None:  # the one thing here that is left to graphql-core
        assert lacks_colour(values)
    else:
        assert repr(coerced) == repr(expected.coerced)


def lacks_colour(value: Any) -> bool:
    """Whether a default of an input field would have to be taken somewhere."""
    if isinstance(value, list):
        return any(map(lacks_colour, value))
    if not isinstance(value, dict):
        return False
    return (isinstance(value.get("number"), str) and "colour" not in value) or any(
        map(lacks_colour, value.values())
    )


@given(
    st.dictionaries(
        st.sampled_from(["i", "n", "d", "s", "b", "f", "c", "l", "ll", "w", "p", "k", "?"]), VALUES
    )
)
def test_rubbish_is_never_coerced_otherwise(values: dict[str, Any]) -> None:
    coerced = COERCE(values)
    expected = get_variable_values(SCHEMA, DEFINITIONS, values)
    if coerced is not None:
        assert not isinstance(expected, list)
        assert coerced == expected.coerced
        assert repr(coerced) == repr(expected.coerced)


def test_usual_variables_are_coerced_here() -> None:
    place = {"number": "1", "colour": "RED"}
    values = {
        "n": 1,
        "p": place,
        "w": {"and": [{"number": 2}], "not": {"place": place}},
        "k": {"id": "x"},
        "l": [1],
    }
    expected = get_variable_values(SCHEMA, DEFINITIONS, values)
    assert not isinstance(expected, list)
    assert COERCE(values) == expected.coerced
    for missing in ("n", "p"):
        assert COERCE({name: value for name, value in values.items() if name != missing}) is None
