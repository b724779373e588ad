"""How large a parsed document is, fragments opened: bounded before it is validated.

Fields that answer under one name at one place are compared pair by pair by the validator, with all that is
below them, and so are fragments that stand beside each other. Both are counted here, where they cost nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from gateway.errors import LimitExceeded
from gateway.plan.cost import MAX_FETCHES

MAX_PAIRS = 5_000
"""Pairs of fields of one name, and of fragments beside each other, in all places together."""
MAX_NESTING = 50
"""Fragments inside one another at one place."""
MAX_UNUSED = 20
"""Fragments that nothing spreads: more are not named one by one."""
MAX_VARIABLES = 250
"""Of one operation."""
MAX_INTROSPECTIONS = 5
"""Fields that ask for the schema, for a type of it, or for the catalogue: each may be all there is."""
MAX_ALIASES = 100
"""Times that one field is asked for at one place, by whatever names: no answer is worth more of them, and
each is validated, planned and assembled by itself."""
MAX_DIRECTIVES = 10
"""At one field, fragment or spread."""


CHARACTER_BYTES = 60
"""What is read of a document takes, for each character of its text: measured, as a test holds it."""


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Bounds on a document, before any source is thought of."""

    max_tokens: int = 5_000
    max_depth: int = 25
    """Selection sets inside one another, fragments opened."""
    max_fields: int = 2_000
    """Selections, fragments opened; aliases count."""
    max_fetches: int = MAX_FETCHES
    """As counted before planning, whoever asks: what is skipped or denied is among them."""
    max_characters: int = 100_000
    max_cached: int = 1_000
    """Documents remembered per schema."""
    max_cached_bytes: int = 32 * 1_048_576
    """Memory that they may take, by `CHARACTER_BYTES`."""


class Measure:
    """Measures one document, stopping at the first bound it passes."""

    def __init__(self, document: DocumentNode, limits: DocumentLimits) -> None:
        self._limits = limits
        self._document = document
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._pairs = 0
        self._introspections = 0
        self._used: set[str] = set()
        self.selections = 0
        """Selections looked at so far."""

    def check(self) -> None:
        """Raise `LimitExceeded` if a bound is passed."""
        for node in self._document.definitions:
            if isinstance(node, OperationDefinitionNode):
                if len(node.variable_definitions or ()) > MAX_VARIABLES:
                    raise LimitExceeded(f"An operation has more than {MAX_VARIABLES} variables.")
                self._place([node.selection_set], 1)

        if len(self._fragments.keys() - self._used) > MAX_UNUSED:
            raise LimitExceeded(f"The document has more than {MAX_UNUSED} fragments that nothing spreads.")

    def _place(self, sets: list[SelectionSetNode], depth: int) -> None:
        """One place of the answer: all selection sets that meet there."""
        if depth > self._limits.max_depth:
            raise LimitExceeded(f"The document is deeper than {self._limits.max_depth} levels.")
        counts: dict[str, int] = {}
        asked: dict[str, int] = {}
        below: dict[str, list[SelectionSetNode]] = {}
        spreads: set[str] = set()
        for node in self._opened(sets, spreads):
            name = node.alias.value if node.alias else node.name.value
            if node.name.value in {"__schema", "__type"} or (depth == 1 and node.name.value == "catalogue"):
                self._count_introspection()
            self._count_pairs(counts.get(name, 0))
            if name not in counts:
                self._count_alias(asked, node.name.value)
            counts[name] = counts.get(name, 0) + 1
            if node.selection_set is not None:
                below.setdefault(name, []).append(node.selection_set)
        for inner in below.values():
            self._place(inner, depth + 1)

    def _opened(self, sets: list[SelectionSetNode], spreads: set[str]) -> Iterator[FieldNode]:
        """The fields of selection sets and of the fragments in them; a fragment's once for each spread."""
        open_: list[tuple[Iterator[SelectionNode], str]] = [
            (iter(one.selections), "") for one in reversed(sets)
        ]
        outside = len(open_)
        while open_:
            node = next(open_[-1][0], None)
            if node is None:
                open_.pop()
                outside = min(outside, len(open_))
                continue
            self._count_selection(node)
            if isinstance(node, FieldNode):
                yield node
                continue
            if len(open_) - outside >= MAX_NESTING:
                raise LimitExceeded(f"The document nests more than {MAX_NESTING} fragments.")
            if isinstance(node, InlineFragmentNode):
                open_.append((iter(node.selection_set.selections), ""))
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in spreads:
                    self._count_pairs(len(spreads))
                    spreads.add(name)
                    self._used.add(name)
                fragment = self._fragments.get(name)
                if fragment is not None and all(name != other for _, other in open_[outside - 1 :]):
                    open_.append((iter(fragment.selection_set.selections), name))

    def _count_selection(self, node: SelectionNode) -> None:
        self.selections += 1
        if self.selections > self._limits.max_fields:
            raise LimitExceeded(f"The document selects more than {self._limits.max_fields} fields.")
        if len(node.directives or ()) > MAX_DIRECTIVES:
            raise LimitExceeded(f"The document has more than {MAX_DIRECTIVES} directives at one place.")

    def _count_alias(self, asked: dict[str, int], name: str) -> None:
        asked[name] = asked.get(name, 0) + 1
        if asked[name] > MAX_ALIASES:
            raise LimitExceeded(
                f"The document asks for one field under more than {MAX_ALIASES} names at one place. Ask for"
                " many entities at once by the plural of their root field."
            )

    def _count_introspection(self) -> None:
        self._introspections += 1
        if self._introspections > MAX_INTROSPECTIONS:
            raise LimitExceeded("The document asks for the schema or the catalogue many times over.")

    def _count_pairs(self, others: int) -> None:
        self._pairs += others
        if self._pairs > MAX_PAIRS:
            raise LimitExceeded("The document repeats the same fields too often.")
