"""Random documents over any catalogue schema: aliases, arguments, fragments, unions, `__typename`, fields
that merge; and their twins, which differ in texts, blanks and comments alone."""

import re
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)
from hypothesis import strategies as st

from schema.types import meaning as means

Values = dict[str, list[str]]
"""Literals to draw from, by scalar."""

MAX_DEPTH = 4
MAX_MERGED = 2
"""Fields of one document that stand twice, each time with fields of their own: more of them, one in another, would
double it again and again."""
UNEQUAL = frozenset({"after", "cursor", "startCursor", "endCursor"})
"""Cursors are encrypted anew each time."""

ROOT_NAMES = (
    "__typename",
    "n: __typename",
    "... { n: __typename __typename }",
    "... on Query @include(if: true) { __typename }",
    "s: __typename @skip(if: true)",
)
"""Ways to ask for the name of the root's type."""

BLANKS = (" ", "\n\n", " ,\ufeff", "\t# of nothing {\r\n")


Asked = tuple[str, dict[str, Any]]
"""A document and its variables."""


def documents(schema: GraphQLSchema, values: Values, wrong_ids: list[str]) -> st.SearchStrategy[Asked]:
    """Valid documents of catalogue fields, some values in variables."""
    return st.composite(_document)(schema, values, wrong_ids)


_TEXT = re.compile(r'"([^"\\]*)"')


def twins(document: str, values: Values) -> st.SearchStrategy[str]:
    """The same document with other texts, some of its own, changed about, and some of the values; or spelled
    in another way."""
    texts = [*_TEXT.findall(document), *(text.strip('"') for kind in values.values() for text in kind)]
    return st.composite(_twin)(document, texts)


def _twin(draw: Any, document: str, texts: list[str]) -> str:
    def other(found: re.Match[str]) -> str:
        text = found[1] if draw(st.booleans()) else draw(st.sampled_from(texts))
        return f'"{text}"'

    spelled = document.replace(" } ", f" }}{draw(st.sampled_from(BLANKS))}")
    return _TEXT.sub(other, spelled)


def _document(draw: Any, schema: GraphQLSchema, values: Values, wrong_ids: list[str]) -> Asked:
    query = schema.query_type
    assert query is not None
    roots = [name for name, field in query.fields.items() if means.meaning_of(field)]
    writer = _Writer(draw, values, wrong_ids)
    count = draw(st.integers(1, 3))
    lines = [
        writer.field(query.fields[name], name, 0)
        for name in [draw(st.sampled_from(roots)) for _ in range(count)]
    ]
    for written in draw(st.lists(st.sampled_from(ROOT_NAMES), max_size=2)):
        lines.insert(draw(st.integers(0, len(lines))), written)
    defined = ", ".join(f"${name}: {type_}" for name, (type_, _) in writer.variables.items())
    head = f"query Random({defined}) {{ " if defined else "query Random { "
    given = {name: orjson.loads(value) for name, (_, value) in writer.variables.items()}
    return head + " ".join(lines) + " } " + " ".join(writer.fragments), given


class _Writer:
    def __init__(self, draw: Any, values: Values, wrong_ids: list[str]) -> None:
        self.draw = draw
        self.values = values
        self.wrong_ids = wrong_ids
        self.fragments: list[str] = []
        self.aliases = 0
        self.merged = 0
        self.variables: dict[str, tuple[str, str]] = {}
        """Name to type and value, which is JSON and GraphQL alike."""

    def field(self, field: GraphQLField, name: str, depth: int) -> str:
        """Everything but a plain leaf has an alias of its own, so that no two fields conflict."""
        arguments = self.arguments(field)
        below = self.below(named(field.type), depth)
        self.aliases += 1
        alias = f"a{self.aliases}: " if arguments or below or self.draw(st.booleans()) else ""
        asked = f"{alias}{name}{arguments}"
        if not below and self.draw(st.integers(0, 9)) == 0:
            asked += " @skip(if: true)"
        if (
            below
            and self.merged < MAX_MERGED
            and self.draw(st.integers(0, 1 if '"' in arguments else 5)) == 0
        ):
            self.merged += 1
            return f"{asked}{self.below(named(field.type), depth, is_first=True)} {asked}{below}"
        return f"{asked}{below}"

    def below(self, type_: Any, depth: int, *, is_first: bool = False) -> str:
        if isinstance(type_, GraphQLUnionType):
            parts = [
                f"... on {t.name} {self.selection(t, depth + 1, is_first=is_first)}" for t in type_.types
            ]
            return "{ __typename " + " ".join(parts) + " }"
        if isinstance(type_, GraphQLObjectType):
            return self.selection(type_, depth + 1, is_first=is_first)
        return ""

    def selection(self, type_: GraphQLObjectType, depth: int, *, is_first: bool = False) -> str:
        """A selection set; the first of two that meet at one place has no `_states`."""
        names = [name for name in type_.fields if not name.startswith("_") and name not in UNEQUAL]
        if depth >= MAX_DEPTH:
            names = [
                n
                for n in names
                if not isinstance(named(type_.fields[n].type), GraphQLObjectType | GraphQLUnionType)
            ]
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4)) if names else []
        fields = [self.field(type_.fields[n], n, depth) for n in chosen]
        if not fields or self.draw(st.integers(0, 5)) == 0:
            fields.append("__typename")
        if "_states" in type_.fields and not is_first and self.draw(st.integers(0, 2)) == 0:
            fields.append("_states { field state }")  # last: the oracle fills it while it goes
        text = "{ " + " ".join(fields) + " }"
        if self.draw(st.integers(0, 6)) == 0:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {type_.name} {text}")
            return f"{{ ...{name} }}"
        return text

    def arguments(self, field: GraphQLField) -> str:
        parts = []
        for name, argument in field.args.items():
            required = isinstance(argument.type, GraphQLNonNull)
            if name in UNEQUAL:
                continue
            if required or self.draw(st.integers(0, 2)) == 0:
                parts.append(f"{name}: {self.argument(name, argument.type)}")
        return f"({', '.join(parts)})" if parts else ""

    def argument(self, name: str, type_: Any) -> str:
        if name == "first":
            return self.written("Int!", str(self.draw(st.integers(1, 5))))
        if name == "ids":
            pool = self.values["CitizenId"] + self.wrong_ids
            ids = self.draw(st.lists(st.sampled_from(pool), max_size=4))
            text = "[" + ", ".join(f'"{one.strip(chr(34))}"' for one in ids) + "]"
            return self.written("[String!]!", text)
        return self.value(type_, 0)

    def value(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self.value(type_.of_type, depth)
        if isinstance(type_, GraphQLList):
            size = self.draw(st.integers(0, 2))
            return "[" + ", ".join(self.value(type_.of_type, depth) for _ in range(size)) + "]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.draw(st.sampled_from(sorted(type_.values))))
        if isinstance(type_, GraphQLInputObjectType):
            return self.input_object(type_, depth)
        return self.written(f"{type_.name}!", str(self.draw(st.sampled_from(self.values[type_.name]))))

    def written(self, type_: str, literal: str) -> str:
        """A value where it stands, or in a variable; the same variable may stand in several places."""
        if self.draw(st.booleans()):
            return literal
        known = [name for name, variable in self.variables.items() if variable == (type_, literal)]
        name = known[0] if known else f"v{len(self.variables)}"
        self.variables[name] = (type_, literal)
        return f"${name}"

    def input_object(self, type_: GraphQLInputObjectType, depth: int) -> str:
        names = sorted(type_.fields)
        if depth > 1:
            names = [n for n in names if n not in {"and", "or", "not"}]
        required = [n for n in names if isinstance(type_.fields[n].type, GraphQLNonNull)]
        if type_.is_one_of:
            chosen = [self.draw(st.sampled_from(names))]
        elif required:
            chosen = required
        else:
            chosen = self.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
            located = [n for n in names if n in {"near", "within", "box"}]
            if located and self.draw(st.booleans()):
                chosen = [*{*chosen, self.draw(st.sampled_from(located))}]
        inner = ", ".join(f"{n}: {self.value(type_.fields[n].type, depth + 1)}" for n in chosen)
        return "{" + inner + "}"


def named(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_
