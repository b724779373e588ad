"""Texts in a document's arguments, lifted out: documents that differ in them alone are one.

    { person(id: "5000…") { name } }   ──▶   the template `{ person(id: "") { name } }` and ("5000…",)

The template is parsed, checked and planned once, with a variable in the place of each text. Identifiers
that somebody writes into a document are so kept in no cache, and a thousand of them cost one document.
A text that is not of its type is refused as it stands, by the document's own validation. Fields that merge
have the same arguments (GraphQL specification, 5.3.2): the same text in them is the same variable, so that a
document with different texts there is another.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    DefinitionNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLScalarType,
    GraphQLSchema,
    NameNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    parse_type,
    visit,
)

PREFIX = "jutong_text_"
"""Of the names of variables for lifted texts; a document with such a name of its own is left as it is."""

_TOKEN = re.compile(r'"""|#[^\n\r]*|"([^"\\\n\r]*)"|"')
"""Block strings, comments, plain strings, and other strings: those with escapes, and those without an end."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A document without the texts in it, and these in order."""

    template: str
    texts: tuple[str, ...]
    places: tuple[int, ...]
    """Where each begins in the document, its quotation mark included."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """A document with variables in the place of texts."""

    node: DocumentNode
    variables: Mapping[int, str]
    """Number of a text to the name of its variable. Texts of one variable have to be equal: a document where
    they differ is another."""
    fixed: Mapping[int, str]
    """Texts that stayed where they are, by number. They are part of what the document is."""

    def values(self, texts: tuple[str, ...]) -> dict[str, str] | None:
        """The values of the variables for another document's texts; `None` where it is not this one."""
        for number, text in self.fixed.items():
            if texts[number] != text:
                return None
        values: dict[str, str] = {}
        for number, name in self.variables.items():
            text = texts[number]
            if values.setdefault(name, text) != text:
                return None
        return values


def take_texts(document: str) -> Texts | None:
    """Split a document; `None` where it has no texts, or some that are better left alone."""
    if '"' not in document or PREFIX in document:
        return None
    parts: list[str] = []
    texts: list[str] = []
    places: list[int] = []
    end = 0
    for found in _TOKEN.finditer(document):
        if found[1] is None:
            if found[0][0] == "#":
                continue
            return None  # only the parser reads what is no plain string
        if places and found.start() == end + 1:
            return None  # emptied, two that touch would be the marks of a block string
        parts.append(document[end : found.start(1)])
        texts.append(found[1])
        places.append(found.start())
        end = found.end(1)
    parts.append(document[end:])
    return Texts("".join(parts), tuple(texts), tuple(places)) if texts else None


def lift(schema: GraphQLSchema, document: DocumentNode, texts: Texts, merged: Set[FieldNode]) -> Lifted:
    """Put variables in the places of texts in arguments of a validated document. `merged`: all its fields
    that answer under the name of another at their place."""
    info = TypeInfo(schema)
    lifter = _Lifter(info, {place: number for number, place in enumerate(texts.places)}, merged)
    node = visit(document, TypeInfoVisitor(info, lifter))
    fixed = {number: text for number, text in enumerate(texts.texts) if number not in lifter.names}
    added = tuple(_definition(name, type_) for name, type_ in lifter.types.items())
    defined = tuple(_with(one, added) for one in node.definitions)
    return Lifted(replace(node, definitions=defined), lifter.names, fixed)


class _Lifter(Visitor):
    """Replaces texts of scalar types in arguments of fields; leaves those of directives and defaults."""

    def __init__(self, info: TypeInfo, numbers: Mapping[int, int], merged: Set[FieldNode]) -> None:
        super().__init__()
        self._info = info
        self._numbers = numbers
        self._merged = merged
        self._merges = False
        self._shared: dict[tuple[str, ...], str] = {}
        """Text in an argument of fields that merge, of what type and where in it, to its variable."""
        self.names: dict[int, str] = {}
        """Number of a text to the name of its variable."""
        self.types: dict[str, str] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        self._merges = node in self._merged  # its arguments follow, before other fields
        return None

    def enter_directive(self, _node: DirectiveNode, *_: Any) -> Any:
        return SKIP

    def enter_variable_definition(self, _node: VariableDefinitionNode, *_: Any) -> Any:
        return SKIP

    def enter_string_value(
        self, node: StringValueNode, _key: Any, parent: Any, _path: Any, ancestors: list[Any]
    ) -> Any:
        type_ = self._info.get_input_type()
        if node.loc is None or not isinstance(get_named_type(type_), GraphQLScalarType):
            return None
        number = self._numbers[node.loc.start]
        name, type_name = f"{PREFIX}{number}", f"{get_nullable_type(type_)}!"  # a text is never null
        if self._merges:
            inside = (*ancestors, parent)
            names = (one.name.value for one in inside if isinstance(one, ArgumentNode | ObjectFieldNode))
            name = self._shared.setdefault((node.value, type_name, *names), name)
        self.names[number] = name
        self.types[name] = type_name
        return VariableNode(name=NameNode(value=name))


def _with(definition: DefinitionNode, added: tuple[VariableDefinitionNode, ...]) -> DefinitionNode:
    if not isinstance(definition, OperationDefinitionNode):
        return definition
    return replace(definition, variable_definitions=(*(definition.variable_definitions or ()), *added))


def _definition(name: str, type_: str) -> VariableDefinitionNode:
    return VariableDefinitionNode(
        variable=VariableNode(name=NameNode(value=name)),
        type=parse_type(type_, no_location=True),
        directives=(),
    )
