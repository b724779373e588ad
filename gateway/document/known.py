"""Documents that were read against one schema, and why others were refused: those that were asked for last.

They are kept by what is hashed of a text, or of a template where texts were lifted out, so that no key holds
what a client wrote. A document is found by its spelling as well, which it shares with texts that differ from
it in blanks and comments alone: these take no place of their own.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graphql import DocumentNode

from gateway.document.document import Document
from gateway.document.literals import Lifted
from gateway.errors import GatewayError
from gateway.plan.cache import PlanBudget, Recipe

REFUSAL_BYTES = 4_000
"""Of why a document is refused."""
TEMPLATE = b"template"
SPELLING = b"spelling"
"""Kinds of keys."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A document that is asked for now, without the texts of anyone."""

    key: bytes
    node: DocumentNode
    lifted: Lifted | None
    spelling: bytes | None
    plans: tuple[Recipe, ...]
    """Of those of its plans that are used now."""


class KnownDocuments:
    """Keeps documents with their plans, and refusals, within bounds on their number and memory."""

    def __init__(self, max_documents: int, max_bytes: int) -> None:
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._known: OrderedDict[bytes, Document | GatewayError] = OrderedDict()
        self._spelled: dict[bytes, bytes] = {}
        """From spellings to keys."""
        self.bytes = 0
        """Of all that is kept, as estimated; plans have a budget of their own."""
        self.plans = PlanBudget()
        """Of the plans of all documents."""
        # The dictionary's own methods: every request asks both, and each call of Python counts (ADR 17).
        self.get: Callable[[bytes], Document | GatewayError | None] = self._known.get
        """What is kept by a key."""
        self.use: Callable[[bytes], None] = self._known.move_to_end
        """Count it as asked for now."""

    def keep(self, key: bytes, found: Document | GatewayError) -> None:
        """Add what nothing is kept of by its key. Those that were asked for longest ago may have to go."""
        self._known[key] = found
        self.bytes += _weight(key, found)
        if isinstance(found, Document) and found.spelling is not None:
            self._spelled[found.spelling] = key
        while len(self._known) > self._max_documents or self.bytes > self._max_bytes:
            oldest, gone = self._known.popitem(last=False)
            self.bytes -= _weight(oldest, gone)
            if isinstance(gone, Document):
                gone.plans.clear()
                if gone.spelling is not None:
                    del self._spelled[gone.spelling]

    def find_spelled(self, spelling: bytes | None) -> Document | None:
        """The document of a spelling, which counts as asked for now."""
        key = None if spelling is None else self._spelled.get(spelling)
        if key is None:
            return None
        self.use(key)
        found = self._known[key]
        assert isinstance(found, Document), "refusals tell places, and are of one text"
        return found

    def items(self) -> Iterable[tuple[bytes, Document | GatewayError]]:
        """All that is kept, by key; what was asked for last is the last."""
        return self._known.items()

    def in_use(self, documents: int, plans: int) -> list[InUse]:
        """So many documents that were asked for last and may be run, with their share of so many plans."""
        keys = self.plans.last(plans)
        good = [(key, found) for key, found in self._known.items() if isinstance(found, Document)]
        return [
            InUse(
                key,
                found.node,
                found.lifted,
                found.spelling,
                found.plans.recipes(keys.get(id(found.plans), ())),
            )
            for key, found in good[-documents:]
        ]

    def clear(self) -> None:
        """Let all documents and plans go by their references. No request may be on them any more."""
        self._known.clear()
        self._spelled.clear()
        self.bytes = 0
        self.plans.clear()

    def __len__(self) -> int:
        return len(self._known)


def _weight(key: bytes, found: Document | GatewayError) -> int:
    return len(key) + (found.bytes if isinstance(found, Document) else REFUSAL_BYTES)


def key_of(text: str, kind: bytes = b"") -> bytes:
    """The name of a document as it stands, of a template or of a spelling. Whatever stands in it may be an
    identifier, a number or a comment too, and no name holds those."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), person=kind).digest()
