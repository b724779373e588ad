"""How large a document is, fragments opened: bounded before it is validated.

Fields that answer under one name at one place are compared pair by pair by the validator, with all that is
below them, and so are fragments that stand beside each other. Both are counted here, where they cost nothing;
a selection set by itself is counted while it is read (`gateway/document/parse.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from gateway.errors import LimitExceeded
from gateway.plan.collect import fragments_of
from gateway.plan.cost import MAX_FETCHES

MAX_PAIRS = 5_000
"""Pairs of fields of one name, and of fragments beside each other, in all places together."""
MAX_NESTING = 50
"""Fragments inside one another at one place."""
MAX_UNUSED = 20
"""Fragments that nothing spreads: more are not named one by one."""
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


class Place:
    """One place of the answer: how often fields are asked for there."""

    __slots__ = ("answered", "asked")

    def __init__(self) -> None:
        self.answered: dict[str, int] = {}
        """By the name they answer under."""
        self.asked: dict[str, int] = {}
        """By their own, each name they answer under once."""


class Tally:
    """What has been counted of a document so far. Its methods raise `LimitExceeded` at a bound."""

    def __init__(self, max_fields: int) -> None:
        self._max_fields = max_fields
        self._pairs = 0
        self._introspections = 0
        self.selections = 0
        """Selections looked at so far."""

    def count_selection(self, node: SelectionNode) -> None:
        """A field, a spread or an inline fragment."""
        self.selections += 1
        if self.selections > self._max_fields:
            raise LimitExceeded(f"The document selects more than {self._max_fields} fields.")
        if len(node.directives or ()) > MAX_DIRECTIVES:
            raise LimitExceeded(f"The document has more than {MAX_DIRECTIVES} directives at one place.")

    def count_field(self, place: Place, name: str, asked: str) -> None:
        """A field at a place, by the name it answers under and its own."""
        others = place.answered.get(name, 0)
        self.count_pairs(others)
        place.answered[name] = others + 1
        if others == 0:
            place.asked[asked] = times = place.asked.get(asked, 0) + 1
            if times > MAX_ALIASES:
                raise LimitExceeded(
                    f"The document asks for one field under more than {MAX_ALIASES} names at one place. Ask"
                    " for many entities at once by the plural of their root field."
                )

    def count_introspection(self) -> None:
        """A field that asks for the schema or the catalogue."""
        self._introspections += 1
        if self._introspections > MAX_INTROSPECTIONS:
            raise LimitExceeded("The document asks for the schema or the catalogue many times over.")

    def count_pairs(self, others: int) -> None:
        """Something that is compared with so many others."""
        self._pairs += others
        if self._pairs > MAX_PAIRS:
            raise LimitExceeded("The document repeats the same fields too often.")


class Measure:
    """Measures one document, stopping at the first bound it passes."""

    def __init__(self, document: DocumentNode, limits: DocumentLimits) -> None:
        self._limits = limits
        self._document = document
        self._fragments = fragments_of(document)
        self._tally = Tally(limits.max_fields)
        self._used: set[str] = set()
        self.merged: set[FieldNode] = set()
        """Fields that answer under one name at one place, where there are several."""

    @property
    def selections(self) -> int:
        """Selections looked at so far."""
        return self._tally.selections

    def check(self) -> None:
        """Raise `LimitExceeded` if a bound is passed."""
        for node in self._document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._place([node.selection_set], 1)
        unused = [node for name, node in self._fragments.items() if name not in self._used]
        if len(unused) > MAX_UNUSED:
            raise LimitExceeded(f"The document has more than {MAX_UNUSED} fragments that nothing spreads.")
        for fragment in unused:  # they are validated, too
            self._place([fragment.selection_set], 1)

    def _place(self, sets: list[SelectionSetNode], depth: int) -> None:
        """One place of the answer: all selection sets that meet there."""
        if depth > self._limits.max_depth:
            raise LimitExceeded(f"The document is deeper than {self._limits.max_depth} levels.")
        place = Place()
        fields: dict[str, list[FieldNode]] = {}
        spreads: set[str] = set()
        for node in self._opened(sets, spreads):
            asked = node.name.value
            name = node.alias.value if node.alias else asked
            if asked in {"__schema", "__type"} or (depth == 1 and asked == "catalogue"):
                self._tally.count_introspection()
            self._tally.count_field(place, name, asked)
            fields.setdefault(name, []).append(node)
        for nodes in fields.values():
            if len(nodes) > 1:
                self.merged.update(nodes)
            below = [node.selection_set for node in nodes if node.selection_set is not None]
            if below:
                self._place(below, depth + 1)

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
            self._tally.count_selection(node)
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
                    self._tally.count_pairs(len(spreads))
                    spreads.add(name)
                    self._used.add(name)
                fragment = self._fragments.get(name)
                if fragment is not None and all(name != other for _, other in open_[outside - 1 :]):
                    open_.append((iter(fragment.selection_set.selections), name))
