"""Columns as paths of a selection.

grade                        a field of the row
school.district.name         of objects in it; a number picks one of a list: `addresses.0.street`
../idNo                      of the object around the row: an edge, or the parent that rows hang on
score(scale: TEN) { value }  anything that GraphQL itself can say, as one path
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import GraphQLError, parse
from graphql.language import FieldNode, InlineFragmentNode, NameNode, OperationDefinitionNode

from connectors.graphql.operation import Operation, Step, read_path, response_key

_NAME = re.compile(r"[_A-Za-z]\w*", re.ASCII)
_DOTTED = re.compile(r"[_A-Za-z]\w*(\.\w+)*", re.ASCII)
_CLIMB = "../"


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column is selected and read."""

    climbs: int
    """Steps of the route above the row."""
    steps: tuple[Step, ...]
    """What is selected there."""
    reads: tuple[str | int, ...]
    """What is read there: members, and places in lists."""
    is_certain: bool
    """Whether an answer without it is broken: a fragment may not apply."""


def read_column(name: str, declared: Mapping[str, str], operation: Operation) -> Column:
    """Read a column's path; raises `ValueError` where it is none."""
    text = declared.get(name, name)
    climbs = 0
    while text.startswith(_CLIMB):
        text, climbs = text.removeprefix(_CLIMB), climbs + 1
    operation.around(climbs)
    if _DOTTED.fullmatch(text):
        parts = text.split(".")
        steps: tuple[Step, ...] = tuple(field_named(part) for part in parts if not part.isdigit())
        reads = tuple(int(part) if part.isdigit() else part for part in parts)
        return Column(climbs, steps, reads, is_certain=True)
    steps = _written(text)
    fields = [step for step in steps if isinstance(step, FieldNode)]
    return Column(climbs, steps, tuple(map(response_key, fields)), is_certain=len(fields) == len(steps))


def is_name(text: str) -> bool:
    """Whether a text is a name in GraphQL."""
    return _NAME.fullmatch(text) is not None


def field_named(name: str) -> FieldNode:
    """A field without arguments."""
    return FieldNode(name=NameNode(value=name), arguments=(), directives=())


def _written(text: str) -> tuple[Step, ...]:
    try:
        (operation,) = parse(f"{{{text}}}", no_location=True).definitions
    except (GraphQLError, ValueError):
        raise ValueError("the path of a column is neither dotted names nor GraphQL") from None
    assert isinstance(operation, OperationDefinitionNode)
    steps = read_path(operation.selection_set)
    if isinstance(steps[-1], InlineFragmentNode):
        raise ValueError("the path of a column ends with a field")  # noqa: TRY004 - pydantic's word
    return steps
