"""The one front door for documents: text -> parsed, validated, limited; cached per schema.

Execute and, later, stream and subscribe come through here, so that limits sit in one place. What is
refused is remembered too: the same bad document costs nothing the second time.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_variable_values,
    parse,
    validate,
)

from gateway.document.redact import redact
from gateway.errors import BadInput, GatewayError, LimitExceeded, SyntaxRefused, ValidationFailed
from gateway.plan.cache import PlanCache


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Bounds on a document, before any source is thought of."""

    max_tokens: int = 5_000
    max_depth: int = 25
    """Selection sets inside one another, fragments opened."""
    max_fields: int = 2_000
    """Selections, fragments opened; aliases count."""
    max_cached: int = 1_000
    """Documents remembered per schema."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be run."""

    node: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    plans: PlanCache = field(default_factory=PlanCache)
    """They go when the document goes."""

    def choose(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run (GraphQL specification, 6.1 GetOperation)."""
        if name is None:
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise BadInput("The document has several operations: say which with 'operationName'.")
        operation = self.operations.get(name)
        if operation is None:
            raise BadInput("'operationName' names no operation of the document.")
        return operation


class FrontDoor:
    """Reads documents against one schema."""

    def __init__(self, schema: GraphQLSchema, limits: DocumentLimits) -> None:
        self._schema = schema
        self._limits = limits
        self._known: OrderedDict[str, Document | GatewayError] = OrderedDict()
        self.parsed = 0
        """Documents parsed so far; what the cache is held to in tests."""

    def read(self, text: str) -> Document:
        """Give the document of a text, or raise why it is refused."""
        found = self._known.get(text)
        if found is None:
            found = self._read(text)
            self._known[text] = found
            if len(self._known) > self._limits.max_cached:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(text)
        if isinstance(found, GatewayError):
            raise found
        return found

    def recent(self, count: int) -> list[str]:
        """The documents that were asked for last and may be run."""
        known = list(self._known.items())  # one step: another thread may be asking
        good = [text for text, found in known if isinstance(found, Document)]
        return good[-count:]

    def warm(self, texts: Iterable[str]) -> None:
        """Read documents before anyone asks for them."""
        for text in texts:
            self._known[text] = self._read(text)

    def variables(self, operation: OperationDefinitionNode, values: Mapping[str, Any]) -> Any:
        """Coerce variables; graphql-core's `VariableValues`."""
        coerced = get_variable_values(
            self._schema,
            operation.variable_definitions or (),
            dict(values),
            max_errors=10,
            hide_suggestions=True,
        )
        if isinstance(coerced, list):
            raise ValidationFailed([_refusal(error) for error in coerced], code="BAD_INPUT")
        return coerced

    def _read(self, text: str) -> Document | GatewayError:
        self.parsed += 1
        try:
            node = parse(text, max_tokens=self._limits.max_tokens)
        except GraphQLSyntaxError as error:
            if "tokens" in error.message:
                return LimitExceeded(f"The document has more than {self._limits.max_tokens} tokens.")
            return SyntaxRefused([_refusal(error)])
        except RecursionError:
            return LimitExceeded("The document is nested too deeply.")
        try:
            _Measure(node, self._limits).check()
        except GatewayError as error:
            return error
        errors = validate(self._schema, node, max_errors=20, hide_suggestions=True)
        if errors:
            return ValidationFailed([_refusal(error) for error in errors])
        operations = {
            definition.name.value if definition.name else "": definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        if not operations:
            return BadInput("The document has no operation.")
        return Document(node, operations)


class _Measure:
    """Depth and number of selections with fragments opened, stopping at the bound."""

    def __init__(self, document: DocumentNode, limits: DocumentLimits) -> None:
        self._limits = limits
        self._fields = 0
        self._document = document
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def check(self) -> None:
        for node in self._document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._measure(node.selection_set, 1, frozenset())

    def _measure(self, selections: SelectionSetNode, depth: int, open_: frozenset[str]) -> None:
        if depth > self._limits.max_depth:
            raise LimitExceeded(f"The document is deeper than {self._limits.max_depth} levels.")
        for node in selections.selections:
            self._fields += 1
            if self._fields > self._limits.max_fields:
                raise LimitExceeded(f"The document selects more than {self._limits.max_fields} fields.")
            match node:
                case FieldNode(selection_set=inner) if inner is not None:
                    self._measure(inner, depth + 1, open_)
                case InlineFragmentNode(selection_set=inner):
                    self._measure(inner, depth, open_)
                case FragmentSpreadNode():
                    self._spread(node.name.value, depth, open_)

    def _spread(self, name: str, depth: int, open_: frozenset[str]) -> None:
        fragment = self._fragments.get(name)
        if fragment is not None and name not in open_:
            self._measure(fragment.selection_set, depth, open_ | {name})


def _refusal(error: GraphQLError) -> dict[str, Any]:
    locations = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    refusal: dict[str, Any] = {"message": redact(error.message)}
    return refusal | ({"locations": locations} if locations else {})
