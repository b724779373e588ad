"""A declared operation: one path from the root to the rows, ending in `{ __typename }`, in whose place
the asked columns are selected. So it is an operation that runs as it stands in any explorer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphql import GraphQLError, parse
from graphql.language import (
    FieldNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

Step = FieldNode | InlineFragmentNode
"""One step of a path: a field, or a fragment that it leads through."""
PLACE = "__typename"
"""Stands where columns are selected."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What was declared."""

    name: str
    """Empty where it has none."""
    variables: Mapping[str, VariableDefinitionNode]
    path: tuple[Step, ...]
    """From the root to the rows."""

    @property
    def route(self) -> tuple[str, ...]:
        """The members of the answer that lead to the rows."""
        return tuple(response_key(step) for step in self.path if isinstance(step, FieldNode))

    @property
    def narrowed(self) -> frozenset[int]:
        """Places in the route whose objects are looked into by a fragment: they may be of other types."""
        fields = [isinstance(step, FieldNode) for step in self.path]
        return frozenset(sum(fields[:place]) - 1 for place, is_field in enumerate(fields) if not is_field)

    def around(self, climbs: int) -> tuple[Step, ...]:
        """The path to the object that is `climbs` steps of the route around a row.

        Fragments that stand in it belong to it. Raises `ValueError` above the first field.
        """
        ends = [place for place, step in enumerate(self.path) if isinstance(step, FieldNode)]
        if climbs >= len(ends):
            raise ValueError("'../' leads above the first field of the operation")
        return self.path if climbs == 0 else self.path[: ends[len(ends) - climbs]]


@lru_cache(maxsize=4_096)
def read_operation(text: str) -> Operation:
    """Read an operation; raises `ValueError` with what is wrong with it."""
    try:
        document = parse(text, no_location=True)
    except GraphQLError as error:
        raise ValueError(f"the operation is not GraphQL: {error.message}") from None
    if len(document.definitions) != 1:
        raise ValueError("one operation, and nothing beside it")
    (operation,) = document.definitions
    if not isinstance(operation, OperationDefinitionNode) or operation.operation is not OperationType.QUERY:
        raise ValueError("a source is only read: write a query")
    if operation.directives:
        raise ValueError("directives of the operation are not sent; write them at its fields")
    _check_variables(operation)
    path = read_path(operation.selection_set)
    last = path[-1]
    if not isinstance(last, FieldNode) or last.name.value != PLACE or last.alias is not None:
        raise ValueError("the path to the rows ends in '{ __typename }', where columns are selected")
    if not any(isinstance(step, FieldNode) for step in path[:-1]):
        raise ValueError("the path to the rows begins with a field")
    return Operation(
        name=operation.name.value if operation.name else "",
        variables={one.variable.name.value: one for one in operation.variable_definitions or ()},
        path=path[:-1],
    )


def _check_variables(operation: OperationDefinitionNode) -> None:
    """GraphQL specification, 5.8.3: all that are used are declared."""
    declared = {one.variable.name.value for one in operation.variable_definitions or ()}
    used: set[str] = set()

    class Uses(Visitor):
        def enter_variable(self, node: VariableNode, *_: object) -> None:
            used.add(node.name.value)

    visit(operation.selection_set, Uses())
    for name in sorted(used - declared):
        raise ValueError(f"the operation uses ${name} and does not declare it")


def read_path(selected: SelectionSetNode | None) -> tuple[Step, ...]:
    """The one path that a selection is; raises `ValueError` where it forks."""
    path: list[Step] = []
    while selected is not None:
        steps: Sequence[object] = selected.selections
        if len(steps) != 1:
            raise ValueError("one path: name one field in each selection; columns are added to it")
        (step,) = steps
        if not isinstance(step, FieldNode | InlineFragmentNode):
            raise ValueError("write fragments in line: '... on Type { }'")  # noqa: TRY004 - pydantic's word
        path.append(step)
        selected = step.selection_set
    return tuple(path)


def response_key(field: FieldNode) -> str:
    """The member of the answer that holds a field."""
    return field.alias.value if field.alias else field.name.value
