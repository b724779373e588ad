"""The plan: what explain, authorize, fetch, cost, cache and audit all read. Immutable.

A plan is a *shape* (the response to be, as a tree) and the *fetches* that the shape's leaves need.
Fetches are derived from the shape by `fetches.collect`: taking a leaf out of the shape takes its
columns out of the requests, which is all that authorizing does.

    Plan ─┬─ roots: Entry* ── EntityShape ─┬─ Leaf…            (core items)
          │                                ├─ Attached ── RowShape ─┬─ Leaf…
          │                                │                        └─ Link ── EntityShape …
          │                                └─ Denied               (with its reason)
          └─ fetches: Fetch*   each names the node (the place in the shape) whose keys it loads
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from connectors.requests import KeyBinding, OrderTerm
from schema.catalogue.model import Entity, Item, Key, LinkTarget, Resource
from schema.policy.model import Right
from schema.predicate import Predicate, Slot

Path = tuple[str, ...]
"""Response keys from the root, without list positions."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why something is not read."""

    code: str
    """DENIED, CONSENT_REQUIRED, NOT_CONNECTED, AS_OF_UNSUPPORTED, …"""
    rule: str
    """Which rule decided, as a stable word."""
    message: str
    """For the caller: what is missing and who grants it."""


@dataclass(frozen=True, slots=True)
class RootKeys:
    """Keys given as arguments: one slot per part, or one slot with a list of them (`Roots`)."""

    slots: tuple[Slot, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """Keys found in rows of a fetch."""

    fetch: int
    item: str
    kind: str
    """Stored kind that leads to this node; empty where there is only one."""


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """Keys that a hand-written field gives at run time."""

    path: Path


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the shape where entities stand, known by one of their keys."""

    id: int
    entity: Entity
    key: Key
    origin: RootKeys | LinkKeys | EntryKeys


@dataclass(frozen=True, slots=True)
class Read:
    """One item and the right that reading it needs."""

    resource: str
    item: str
    right: Right

    def __str__(self) -> str:
        return f"{self.resource}.{self.item}:{self.right}"


@dataclass(frozen=True, slots=True)
class FetchSpec:
    """What a fetch asks, but for its columns. Two places that ask the same share one fetch."""

    id: int
    node: int
    resource: Resource
    binding: KeyBinding
    covers: tuple[str, ...] = ()
    via: "ViaInput | None" = None
    predicate: Predicate | None = None
    """All of what must hold, with slots for operands."""
    order: tuple[OrderTerm, ...] = ()
    first: Slot | int | None = None
    """Rows per key; `None`: all."""
    is_default_first: bool = False
    """The caller did not choose `first`, so cutting is TRUNCATED."""
    arguments: tuple[tuple[str, Slot], ...] = ()
    """Source's parameter to operand."""
    many: bool = True


@dataclass(frozen=True, slots=True)
class ViaInput:
    """Keys come from an item of another fetch on the same node."""

    fetch: int
    item: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """A spec with its columns and what of it the source does."""

    spec: FetchSpec
    items: tuple[str, ...]
    """Items and `column:` helpers, in the order of the rows' values."""
    reads: tuple[Read, ...]
    hop: int
    guards: tuple[str, ...] = ()
    pushed: Predicate | None = None
    remaining: Predicate | None = None
    pushes_order: bool = False
    pushes_limit: bool = False
    row_guard: Predicate | None = None
    """A row for which this is not true is not disclosed."""
    allows_partial: bool = False

    @property
    def id(self) -> int:
        """The spec's id."""
        return self.spec.id


Aspect = Literal["value", "label", "masked"]


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class PseudonymLeaf:
    """`id`."""

    key: str


@dataclass(frozen=True, slots=True)
class KeyLeaf:
    """A key of the entity; composite keys with the parts that were selected (response key, part)."""

    key: str
    of: Key
    read: Read | None = None
    """The link item that discloses it; `None` where the caller brought it."""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatesLeaf:
    """`_states` with the columns that were selected (response key, column)."""

    key: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One item of a row."""

    key: str
    resource: Resource
    item: Item
    aspect: Aspect
    argument: Slot | None = None
    """Of a derivation that compares with an argument."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A field that is not read, with the reason."""

    key: str
    denial: Denial
    items: tuple[str, ...]
    """Items that would have been read, `department.resource.item`."""


@dataclass(frozen=True, slots=True)
class Link:
    """An item that leads to entities; by stored kind."""

    key: str
    resource: Resource
    item: Item
    targets: Mapping[str, "EntityShape"]


@dataclass(frozen=True, slots=True)
class RowShape:
    """The fields of a row."""

    type_name: str
    fields: tuple["RowField", ...]


RowField = Typename | Leaf | Link | Denied


@dataclass(frozen=True, slots=True)
class CoreField:
    """An item on the entity itself: the field as each authority's fetch gives it."""

    key: str
    choices: tuple[tuple[int, "RowField"], ...]
    """(fetch, field of its row); the fetch whose `covers` holds the key is asked."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A resource at its place."""

    key: str
    fetch: int
    resource: Resource
    many: bool
    row: RowShape


@dataclass(frozen=True, slots=True)
class Namespace:
    """A department's fields on an entity."""

    key: str
    type_name: str
    fields: tuple["EntityField", ...]


EntityField = Typename | PseudonymLeaf | KeyLeaf | StatesLeaf | CoreField | Attached | Namespace | Denied


@dataclass(frozen=True, slots=True)
class EntityShape:
    """The fields of an entity at a node."""

    type_name: str
    node: int
    fields: tuple[EntityField, ...]


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """The fields of a lenient answer: (response key, `code`/`duplicateOf`/`entity`/type name)."""

    type_name: str
    node: int
    fields: tuple[tuple[str, str], ...]
    entities: Mapping[str, EntityShape]
    """By response key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the plan touches the document: a catalogue root, or a hand-written field."""

    path: Path
    shape: EntityShape | AnswerShape
    ids: Slot | None = None
    """The list of ids of a lenient root."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the planner read off a document: the shape and the specs it refers to."""

    operation: str
    entries: tuple[Entry, ...]
    nodes: tuple[Node, ...]
    specs: tuple[FetchSpec, ...]
    is_whole: bool
    """Whether the operation has nothing but catalogue fields: the fast path may answer it."""
    operands: int = 0
    """How many operands a request brings."""
    denials: tuple[Denied, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft with its fetches."""

    draft: Draft
    fetches: tuple[Fetch, ...]
    """Each after those it needs."""
    denials: tuple[Denied, ...] = ()
    by_id: Mapping[int, Fetch] = field(default_factory=dict)

    @property
    def hops(self) -> int:
        """The longest chain of fetches where one needs the other's rows."""
        return max((fetch.hop for fetch in self.fetches), default=0)

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every item that is read, with its right, once."""
        return tuple(dict.fromkeys(read for fetch in self.fetches for read in fetch.reads))


Operands = tuple[Any, ...]
"""What one request puts in a plan's slots."""


def with_entries(draft: Draft, entries: tuple[Entry, ...], denials: tuple[Denied, ...]) -> Draft:
    """The same draft over another shape."""
    return replace(draft, entries=entries, denials=denials)


def link_target(link: Link, kind: str) -> LinkTarget | None:
    """Where a link leads for a stored kind."""
    assert link.item.link is not None
    return link.item.link.targets.get(kind)
