"""Text -> document, read no further than to the first bound that its own selection sets pass.

Parsing is most of what a refusal costs. A selection set is counted while it is read, without the fragments
that are spread in it, so that a document refused here would be refused by its measure, too.
"""

from graphql import (
    ArgumentNode,
    DefinitionNode,
    DocumentNode,
    FieldNode,
    ObjectFieldNode,
    ObjectValueNode,
    SelectionSetNode,
    VariableDefinitionNode,
)
from graphql.language.parser import Parser

from gateway.document.measure import DocumentLimits, Place, Tally
from gateway.document.objects import MAX_OBJECTS, too_many_objects
from gateway.errors import LimitExceeded

MAX_DEFINITIONS = 250
"""Operations and fragments of a document."""
MAX_VARIABLES = 250
"""Of one operation."""
MAX_ARGUMENTS = 250
"""Of one field or directive; fields of one object are as many."""


def parse(text: str, limits: DocumentLimits) -> DocumentNode:
    """Read a text. Raises `LimitExceeded` at a bound, and `GraphQLSyntaxError`."""
    try:
        return _BoundedParser(text, limits).parse_document()
    except RecursionError:
        raise LimitExceeded("The document is nested too deeply.") from None


class _BoundedParser(Parser):
    """graphql-core's, which counts what it reads."""

    def __init__(self, text: str, limits: DocumentLimits) -> None:
        super().__init__(text, max_tokens=limits.max_tokens)
        self._tally = Tally(limits.max_fields)
        self._place = Place()
        self._definitions = 0
        self._variables = 0
        self._arguments = 0
        self._objects = 0

    def parse_definition(self) -> DefinitionNode:
        self._definitions += 1
        if self._definitions > MAX_DEFINITIONS:
            raise LimitExceeded(f"The document has more than {MAX_DEFINITIONS} operations and fragments.")
        self._variables = 0
        return super().parse_definition()

    def parse_variable_definition(self) -> VariableDefinitionNode:
        self._variables += 1
        if self._variables > MAX_VARIABLES:
            raise LimitExceeded(f"An operation has more than {MAX_VARIABLES} variables.")
        return super().parse_variable_definition()

    def parse_selection_set(self) -> SelectionSetNode:
        outer, self._place = self._place, Place()
        node = super().parse_selection_set()
        self._place = outer
        return node

    def parse_field(self) -> FieldNode:
        node = super().parse_field()
        self._tally.count_selection(node)
        asked = node.name.value
        self._tally.count_field(self._place, node.alias.value if node.alias else asked, asked)
        return node

    def parse_arguments(self, is_const: bool) -> tuple[ArgumentNode, ...] | None:
        outer, self._arguments = self._arguments, 0
        nodes = super().parse_arguments(is_const)
        self._arguments = outer
        return nodes

    def parse_argument(self, is_const: bool = False) -> ArgumentNode:
        self._count_argument()
        return super().parse_argument(is_const)

    def parse_object(self, is_const: bool) -> ObjectValueNode:
        self._objects += 1
        if self._objects > MAX_OBJECTS:
            raise too_many_objects("The document has")
        outer, self._arguments = self._arguments, 0
        node = super().parse_object(is_const)
        self._arguments = outer
        return node

    def parse_object_field(self, is_const: bool) -> ObjectFieldNode:
        self._count_argument()
        return super().parse_object_field(is_const)

    def _count_argument(self) -> None:
        self._arguments += 1
        if self._arguments > MAX_ARGUMENTS:
            raise LimitExceeded(f"A field or an object has more than {MAX_ARGUMENTS} arguments.")
