"""A document that may be run, its operations, and what a request asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode
from msgspec import Struct

from gateway.document.coerce import CoerceAll
from gateway.document.literals import Lifted
from gateway.document.roots import AsksSchema
from gateway.errors import BadInput
from gateway.plan.cache import PlanCache
from gateway.plan.symbols import ShapeKey


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with what its variables are read by."""

    node: OperationDefinitionNode
    number: int
    """Among the operations of its document: caches know it by that, since a client chose the name."""
    holding_objects: tuple[str, ...]
    """Those of its variables that may."""
    coerce: CoerceAll
    shape_key: ShapeKey
    asks_schema: AsksSchema


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be run."""

    node: DocumentNode
    operations: Mapping[str, Operation]
    lifted: Lifted | None = None
    """How texts in it were put into variables."""
    plans: PlanCache = field(default_factory=PlanCache)
    """They go when the document goes."""
    selections: int = 0
    """Fragments opened: what its plans weigh goes by them."""
    spelling: bytes | None = None
    """Key of what it shares with texts that are written another way."""
    bytes: int = 0
    """Memory it takes, as estimated."""

    def choose(self, name: str | None) -> Operation:
        """The operation to run (GraphQL specification, 6.1 GetOperation)."""
        if name is None:
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise BadInput("The document has several operations: say which with 'operationName'.")
        operation = self.operations.get(name)
        if operation is None:
            raise BadInput("'operationName' names no operation of the document.")
        return operation


class Asked(Struct, frozen=True):
    """What a request asks: a document, one of its operations, and its variables."""

    document: Document
    operation: Operation
    raw_variables: Mapping[str, Any]
    """As they came, with the texts that were lifted out of the document."""
    variables: dict[str, Any]
    """Coerced."""
