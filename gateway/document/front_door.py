"""The one front door for documents: text -> parsed, validated, limited; cached per schema.

    text ──▶ its template, and texts ──▶ known? ──▶ a document ──▶ one of its operations, with variables
                                          └ no: in another spelling?
                                                 └ no: parsed, measured, validated, texts lifted out, and kept

Every transport comes through here, so limits sit in one place. What is refused is remembered too: the same
bad document costs nothing the second time.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    VariableValues,
    get_variable_values,
    print_ast,
    validate,
)

from gateway.document.coerce import make_coercer
from gateway.document.document import Asked, Document, Operation
from gateway.document.known import SPELLING, TEMPLATE, InUse, KnownDocuments, key_of
from gateway.document.literals import Texts, lift, take_texts
from gateway.document.measure import CHARACTER_BYTES, DocumentLimits, Measure
from gateway.document.objects import check_objects, hold_objects
from gateway.document.parse import parse
from gateway.document.redact import refusal
from gateway.document.release import release_frames, release_tokens
from gateway.document.roots import asks_schema
from gateway.document.rules import RULES
from gateway.document.tokens import has_more_tokens, squeeze
from gateway.errors import BadInput, GatewayError, LimitExceeded, SyntaxRefused, ValidationFailed
from gateway.plan.cache import PlanCache
from gateway.plan.cost import too_many_fetches
from gateway.plan.fetch_count import count_fetches
from gateway.plan.symbols import make_shape_key

_TOO_MANY_TOKENS = "Syntax Error: Document contains more than"
_TOO_DEEP = "Syntax Error: Document is nested too deeply"
"""How graphql-core (3.3) says that a bound is passed; what a document says stands behind other words."""

DOCUMENT_BYTES = 6_000
"""Of a document besides what is read of it."""


class FrontDoor:
    """Reads documents against one schema."""

    def __init__(self, schema: GraphQLSchema, limits: DocumentLimits) -> None:
        self._schema = schema
        self._limits = limits
        self.known = KnownDocuments(limits.max_cached, limits.max_cached_bytes)
        self.parsed = 0
        """Documents parsed so far; what the cache is held to in tests."""

    def ask(self, text: str, name: str | None, values: Mapping[str, Any]) -> Asked:
        """Read what a request asks, or raise why it is refused."""
        document, lifted = self.read(text)
        try:
            return self._asked(document, name, {**values, **lifted} if lifted else values)
        except ValidationFailed:
            if self._of_text(text) is document:
                raise
        return self.as_it_stands(text, name, values)  # said in the words for a text, and of its places

    def as_it_stands(self, text: str, name: str | None, values: Mapping[str, Any]) -> Asked:
        """The same with no text lifted out: what is wrong is told with its place in this very text."""
        return self._asked(self._of_text(text), name, values)

    def read(self, text: str) -> tuple[Document, Mapping[str, str]]:
        """Give the document of a text, and the texts that were lifted out of it, by variable."""
        if len(text) > self._limits.max_characters:
            raise LimitExceeded(f"The document has more than {self._limits.max_characters} characters.")
        texts = take_texts(text)
        if texts is not None:
            document = self._shared(text, texts)
            lifted = None if document.lifted is None else document.lifted.values(texts.texts)
            if lifted is not None:
                return document, lifted
        elif '"' not in text:
            return self._shared(text, None), {}
        return self._of_text(text), {}

    def read_ahead(self, in_use: InUse) -> Document | None:
        """Read a document before anyone asks for it here; `None` if this schema refuses it."""
        found = self._read(print_ast(in_use.node), None)
        if isinstance(found, GatewayError):
            return None
        self.known.keep(in_use.key, replace(found, lifted=in_use.lifted, spelling=in_use.spelling))
        return found

    def _asked(self, document: Document, name: str | None, values: Mapping[str, Any]) -> Asked:
        operation = document.choose(name)
        if operation.holding_objects:
            check_objects(map(values.get, operation.holding_objects))
        coerced = operation.coerce(values)
        if coerced is None:
            coerced = self.coerce_with_words(operation, values).coerced
        return Asked(document, operation, values, coerced)

    def coerce_with_words(self, operation: Operation, values: Mapping[str, Any]) -> VariableValues:
        """Coerce variables as graphql-core does, which has the words for what it refuses."""
        coerced = get_variable_values(
            self._schema,
            operation.node.variable_definitions or (),
            dict(values),
            max_errors=10,
            hide_suggestions=True,
        )
        if isinstance(coerced, list):
            refusals = [refusal(error) for error in coerced]
            release_frames(coerced)
            raise ValidationFailed(refusals, code="BAD_INPUT")
        return coerced

    def _shared(self, text: str, texts: Texts | None) -> Document:
        """The document of all that differ from a text in texts, blanks and comments alone."""
        key = key_of(text) if texts is None else key_of(texts.template, TEMPLATE)
        found = self.known.get(key)
        if found is not None:
            self.known.use(key)
        else:
            # What is wrong with a document may lie in its texts: others of its template are not refused.
            found = self.known.get(key_of(text))
            if not isinstance(found, GatewayError):
                found = self._spelled(key, text, texts)
        if isinstance(found, GatewayError):
            raise found.again()
        return found

    def _spelled(self, key: bytes, text: str, texts: Texts | None) -> Document | GatewayError:
        """What is known of another spelling, and otherwise found now, and kept by a key."""
        squeezed = squeeze(text if texts is None else texts.template, self._limits.max_tokens)
        spelling = None if squeezed is None else key_of(squeezed, SPELLING)
        known = self.known.find_spelled(spelling)
        if known is not None:
            return known
        found = self._read(text, texts)
        if isinstance(found, GatewayError):
            key = key_of(text)
        else:
            found = replace(found, spelling=spelling)
        self.known.keep(key, found)
        return found

    def _of_text(self, text: str) -> Document:
        key = key_of(text)
        found = self.known.get(key)
        if found is not None:
            self.known.use(key)
        else:
            found = self._read(text, None)
            self.known.keep(key, found)
        if isinstance(found, GatewayError):
            raise found.again()
        return found

    def _read(self, text: str, texts: Texts | None) -> Document | GatewayError:
        self.parsed += 1
        if has_more_tokens(text, self._limits.max_tokens):
            return LimitExceeded(f"The document has more than {self._limits.max_tokens} tokens.")
        try:
            node = parse(text, self._limits)
            measure = Measure(node, self._limits)
            measure.check()
        except GatewayError as error:
            return error
        except GraphQLSyntaxError as error:
            if error.message.startswith(_TOO_MANY_TOKENS):
                return LimitExceeded(f"The document has more than {self._limits.max_tokens} tokens.")
            if error.message.startswith(_TOO_DEEP):
                return LimitExceeded("The document is nested too deeply.")
            return SyntaxRefused([refusal(error)])
        fetches = count_fetches(self._schema, node, is_lifted=texts is not None)
        if fetches > self._limits.max_fetches:
            return too_many_fetches(fetches, self._limits.max_fetches)
        errors = validate(self._schema, node, RULES, max_errors=20, hide_suggestions=True)
        if errors:
            return ValidationFailed([refusal(error) for error in errors])
        release_tokens(node)
        lifted = None if texts is None else lift(self._schema, node, texts, measure.merged)
        if lifted is not None:
            node = lifted.node
        defined = [one for one in node.definitions if isinstance(one, OperationDefinitionNode)]
        operations = {
            one.name.value if one.name else "": self._operation(one, number, node)
            for number, one in enumerate(defined)
        }
        if not operations:
            return BadInput("The document has no operation.")
        plans, weight = PlanCache(self.known.plans), DOCUMENT_BYTES + CHARACTER_BYTES * len(text)
        return Document(node, operations, lifted, plans, measure.selections, bytes=weight)

    def _operation(self, node: OperationDefinitionNode, number: int, document: DocumentNode) -> Operation:
        return Operation(
            node,
            number,
            hold_objects(self._schema, node.variable_definitions or ()),
            make_coercer(self._schema, node.variable_definitions or ()),
            make_shape_key(self._schema, node),
            asks_schema(node, document),
        )
