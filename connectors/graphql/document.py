"""The document of one shape of requests: made once for as many copies of the path as are asked.

Each copy is the whole path under an alias of its own, with variables of its own. No value is ever part
of the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson
from graphql import Visitor, print_ast, visit
from graphql.language import (
    FieldNode,
    InlineFragmentNode,
    NameNode,
    SelectionSetNode,
    VariableNode,
)

from connectors.graphql.columns import Column, field_named
from connectors.graphql.operation import Operation, Step, response_key

MAX_SIZES = 4
"""Numbers of copies whose documents are kept: lists have one; putting aliases together takes microseconds."""
_NUMBER = "\0"
"""Stands in a printed copy where its number goes: no GraphQL document holds it."""


class Documents:
    """Documents of one operation, selecting the same columns."""

    def __init__(
        self,
        operation: Operation,
        columns: Iterable[Column],
        paths: Iterable[tuple[str, ...]],
        own: frozenset[str],
    ) -> None:
        """`paths` are selected besides, from the root; variables in `own` are each copy's own.

        Raises `ValueError` where two fields of one name differ.
        """
        tree = _Tree()
        tree.grow(operation.path)
        for column in columns:
            tree.grow((*operation.around(column.climbs), *column.steps))
        for path in paths:
            tree.grow(tuple(map(field_named, path)))
        copy = visit(tree.only, _Numbered(own))
        used = _Used()
        visit(tree.only, used)
        self._name = operation.name
        self._alias = response_key(tree.only)
        self._copy = print_ast(copy).split(_NUMBER)
        texts = {name: print_ast(one) for name, one in operation.variables.items() if name in used.names}
        self._shared = [text for name, text in texts.items() if name not in own]
        self._own = [
            (f"${name}_", text.removeprefix(f"${name}")) for name, text in texts.items() if name in own
        ]
        self._made: dict[int, bytes] = {}
        self.variables = frozenset(texts)
        """Those that the document uses."""

    def aliases(self, copies: int) -> list[str]:
        """The members of the answer that hold the copies."""
        return [f"{self._alias}_{number}" for number in range(copies)]

    def body(self, shared: Mapping[str, object], own: Sequence[Mapping[str, object]]) -> bytes:
        """What is posted for some copies, each with the values of its own variables."""
        copies = len(own)
        variables = {name: value for name, value in shared.items() if name in self.variables}
        for number, values in enumerate(own):
            for name, value in values.items():
                variables[f"{name}_{number}"] = value
        start = self._made.get(copies)
        if start is None:
            if len(self._made) >= MAX_SIZES:
                del self._made[next(iter(self._made))]
            text = orjson.dumps(self._text(copies))
            start = self._made[copies] = b'{"query":' + text + b',"variables":'
        return start + orjson.dumps(variables, default=str) + b"}"

    def _text(self, copies: int) -> str:
        defined = [*self._shared]
        for number in range(copies):
            defined += [f"{name}{number}{rest}" for name, rest in self._own]
        variables = f"({', '.join(defined)})" if defined else ""
        pieces = "\n".join(str(number).join(self._copy) for number in range(copies))
        return f"query {self._name}{variables} {{\n{pieces}\n}}"


class _Tree:
    """Paths grown together: one branch for each member of the answer."""

    def __init__(self) -> None:
        self._branches: dict[str, tuple[Step, _Tree]] = {}

    @property
    def only(self) -> FieldNode:
        """The one field at the root."""
        (node,) = self._nodes()
        assert isinstance(node, FieldNode)
        return node

    def grow(self, path: tuple[Step, ...]) -> None:
        """Add a path. A plain name leads along the branch that is there under it."""
        if not path:
            return
        step, *rest = path
        name, bare = _name(step), _bare(step)
        known = self._branches.get(name)
        if known is None:
            known = self._branches[name] = (bare, _Tree())
        elif print_ast(bare) not in {print_ast(known[0]), name}:
            raise ValueError("two fields of one name differ: give one of them an alias")
        known[1].grow(tuple(rest))

    def _nodes(self) -> Iterator[Step]:
        for step, below in self._branches.values():
            selected = SelectionSetNode(selections=tuple(below._nodes())) if below._branches else None
            if isinstance(step, InlineFragmentNode):
                assert selected is not None, "a path ends with a field"
                yield InlineFragmentNode(
                    type_condition=step.type_condition, directives=step.directives, selection_set=selected
                )
            else:
                yield FieldNode(
                    alias=step.alias,
                    name=step.name,
                    arguments=step.arguments,
                    directives=step.directives,
                    selection_set=selected,
                )


class _Numbered(Visitor):
    """Gives a copy's own variables, and the field at its root, a place for the copy's number."""

    def __init__(self, own: frozenset[str]) -> None:
        super().__init__()
        self._own = own

    def enter_variable(self, node: VariableNode, *_: object) -> VariableNode | None:
        """Rename an own variable."""
        if node.name.value not in self._own:
            return None
        return VariableNode(name=NameNode(value=f"{node.name.value}_{_NUMBER}"))

    def leave_field(self, node: FieldNode, _key: object, parent: object, *_: object) -> FieldNode | None:
        """Rename the root."""
        if parent is not None:
            return None
        alias = NameNode(value=f"{response_key(node)}_{_NUMBER}")
        return FieldNode(
            alias=alias,
            name=node.name,
            arguments=node.arguments,
            directives=node.directives,
            selection_set=node.selection_set,
        )


class _Used(Visitor):
    """Collects the variables in use."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        """Note one."""
        self.names.add(node.name.value)


def _name(step: Step) -> str:
    return response_key(step) if isinstance(step, FieldNode) else print_ast(_bare(step))


def _bare(step: Step) -> Step:
    """A step without what is selected in it."""
    if isinstance(step, FieldNode):
        return FieldNode(
            alias=step.alias, name=step.name, arguments=step.arguments, directives=step.directives
        )
    return InlineFragmentNode(
        type_condition=step.type_condition,
        directives=step.directives,
        selection_set=SelectionSetNode(selections=()),
    )
