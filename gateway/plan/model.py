"""The plan: what explain, authorize, fetch, cost, cache and audit all read. Immutable in what it says.

What later steps find out from it they keep in it, to end with it: `memo` and `affordable`. Neither counts
when plans are compared, and both can be found again.

A plan is a *shape* (the response to be, see `shape.py`) and the *fetches* that the shape's leaves
need. Fetches are derived from the shape by `fetches.make_plan`: taking a leaf out of the shape takes
its columns out of the requests, which is all that authorizing does.

The values stand in one file, however long: each is made of those above it, and who reads one reads all.

    Plan ─┬─ entries: Entry* ── EntityShape | AnswerShape | ConnectionShape | Denied
          └─ fetches: Fetch*   each names the node (the place in the shape) whose keys it loads
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.requests import KeyBinding, OrderTerm
from gateway.plan.shape import Denied, Read, RootShape
from schema.catalogue.entity import Entity, Key
from schema.catalogue.model import EVERY_KEY, Covers, KeyColumns, Resource
from schema.catalogue.openness import is_everyones
from schema.predicate import FALSE, Predicate, Slot

Path = tuple[str, ...]
"""Response keys from the root, without list positions."""


@dataclass(frozen=True, slots=True)
class RootKeys:
    """Keys given as arguments: one slot per part, or one slot with a list of them (`Roots`)."""

    slots: tuple[Slot, ...]
    is_list: bool = False
    places: tuple[int, ...] = field(init=False, compare=False, repr=False)
    """Of the slots, among the operands."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", tuple(slot.index for slot in self.slots))


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
class ScanOrigin:
    """No keys at all: the rows of a collection, under the empty key."""


Origin = RootKeys | LinkKeys | EntryKeys | ScanOrigin
"""Where the keys of a node come from."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the shape where entities stand, known by one of their keys."""

    id: int
    entity: Entity
    key: Key
    origin: Origin
    as_of: Slot | None = None
    """The day that everything here is asked for; `None`: now."""


NOWHERE = Entity(name="", title="", root="", plural="", keys={"": Key("", ())}, is_personal=False)
"""What a collection's rows hang on."""


@dataclass(frozen=True, slots=True)
class PageInput:
    """Which page of a collection, and whether to count them all."""

    after: Slot | None
    with_total: bool


ALIAS_STEPS = 2
"""How many aliases are followed one after the other; each costs one hop more. A longer chain is not
followed at all."""


@dataclass(frozen=True, slots=True)
class AliasLookup:
    """A register of aliases, as it is asked about the keys of a node."""

    spec: int
    old: KeyColumns
    current: KeyColumns
    bindings: Mapping[str, KeyBinding]
    """By name of a key: the columns of the register that hold such keys."""
    tells: bool = False
    """Whether the caller may be told the current key, and so that another is an alias."""
    kind_item: str | None = None
    """The item that says why a key gave way, where that is asked for and may be shown."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh rows have to be."""

    max_ages: tuple[Slot, ...] = ()
    """Seconds; the least of them holds."""
    allows_stale: bool = False
    """Whether expired rows will do where the source is down."""

    def joined(self, other: "Freshness") -> "Freshness":
        """The stricter of both."""
        ages = dict.fromkeys((*self.max_ages, *other.max_ages))
        return Freshness(tuple(ages), self.allows_stale and other.allows_stale)


@dataclass(frozen=True, slots=True)
class FetchSpec:
    """What a fetch asks, but for its columns. Two places that ask the same share one fetch."""

    node: int
    resource: Resource
    binding: KeyBinding
    covers: Covers = EVERY_KEY
    """Of the default key: of a node that is known by another, each register may have every key."""
    via: "ViaInput | None" = None
    back_by: str | None = None
    """The item that links to the node, where rows are found by it."""
    predicate: Predicate | None = None
    """All of what must hold, with slots for operands."""
    order: tuple[OrderTerm, ...] = ()
    first: Slot | int | None = None
    """Rows per key; `None`: all."""
    is_default_first: bool = False
    """The caller did not choose `first`, so cutting is TRUNCATED."""
    arguments: tuple[tuple[str, Slot], ...] = ()
    """Source's parameter to operand."""
    compared: tuple[tuple[str, Slot], ...] = ()
    """Argument to operand, of those that derivations compare with: no source is given them."""
    many: bool = True
    page: PageInput | None = None
    """Of a collection: the rows are scanned, not loaded by key."""
    as_of: Slot | None = None
    """The day that the source itself is asked for."""
    areas: tuple["AreaInput", ...] = ()
    """Of the predicate: areas that other fetches bring."""
    freshness: Freshness = Freshness()
    others: Mapping[str, KeyBinding] = field(default_factory=dict)
    """By name of a key: how rows name the entity by other keys that an alias may lead to."""
    id: int = -1
    """Position among the specs of a draft, once `Places` has given it one."""

    @property
    def inputs(self) -> tuple[tuple[int, str], ...]:
        """Fetches whose rows say what this one asks for, with the item that says it."""
        via = () if self.via is None else ((self.via.fetch, self.via.item),)
        return (*via, *((area.fetch, area.item) for area in self.areas))

    def rows_wanted(self, operands: "Operands") -> int:
        """How many rows a request wants, of each key or on the page; not for a spec that wants all."""
        assert self.first is not None
        return int(operands[self.first.index]) if isinstance(self.first, Slot) else self.first


@dataclass(frozen=True, slots=True)
class AreaInput:
    """An area that is another fetch's row: where its key stands in the operands, the area will."""

    slot: Slot
    fetch: int
    item: str


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
    needs: tuple[int, ...] = ()
    """Fetches whose rows hold its keys: it begins the moment they are complete."""
    entry: Path | None = None
    """The hand-written field below which it is run; `None`: below catalogue roots."""
    guards: tuple[str, ...] = ()
    pushed: Predicate | None = None
    remaining: Predicate | None = None
    pushes_order: bool = False
    pushes_limit: bool = False
    row_guard: Predicate | None = None
    """A row for which this is not true is not disclosed."""
    allows_partial: bool = False
    lookups: tuple[AliasLookup, ...] = ()
    """Registers of aliases of its keys."""
    is_alias_lookup: bool = False
    """Whether it asks a register of aliases for others, and nothing of it is shown."""
    id: int = field(init=False, compare=False, repr=False)
    """The spec's."""
    shows: bool = field(init=False, compare=False, repr=False)
    """Whether something of its rows may be shown, be it that they exist."""
    is_everyones: bool = field(init=False, compare=False, repr=False)
    """Whether it reads what everyone may see, and of nobody."""
    asks_nobody: bool = field(init=False, compare=False, repr=False)
    """Whether its condition is false of every row: there is none, and no source is asked."""
    memo: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What later steps made of it once, each under a name of its own: `prepared`, how it is run."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", self.spec.id)
        object.__setattr__(self, "shows", any(read.right in {"show", "exists"} for read in self.reads))
        object.__setattr__(self, "is_everyones", _are_everyones(self.spec.resource, self.reads))
        object.__setattr__(self, "asks_nobody", self.pushed == FALSE)

    @property
    def sifts_here(self) -> bool:
        """Whether a page's rows are sifted by us, out of those the source narrowed down to."""
        return self.spec.page is not None and self.remaining is not None

    @property
    def sorts_here(self) -> bool:
        """Whether rows are sorted by us: what the source does not sort, and what `via` merges."""
        return self.spec.many and (not self.pushes_order or self.spec.via is not None)


def _are_everyones(resource: Resource, reads: Iterable[Read]) -> bool:
    """Whether everyone may see what is read of a resource; what an item is derived from, nobody sees."""
    if resource.is_personal:
        return False
    items = resource.items
    derived = [items[one.item].derivation for one in reads if one.right == "show"]
    unseen = {(one.item, "use") for one in derived if one is not None}
    return all(
        any(is_everyones(resource, item) for item in ([items[one.item]] if one.item else items.values()))
        for one in reads
        if (one.item, one.right) not in unseen
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the plan touches the document: a root, or a hand-written field."""

    path: Path
    shape: RootShape
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
    """Whether all roots are entries: the fast path may answer it."""
    operands: int = 0
    """How many operands a request brings."""
    terms: int = 0
    """How many terms its filters and orders have, at all places together."""
    denials: tuple[Denied, ...] = ()
    lookups: Mapping[int, tuple[AliasLookup, ...]] = field(default_factory=dict)
    """By node: registers of aliases of its keys; once authorized, those that may be used."""
    decided: frozenset[tuple[str, str]] = frozenset()
    """Once authorized: the items, by resource and name, on which there is a verdict in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft with its fetches."""

    draft: Draft
    fetches: tuple[Fetch, ...]
    """Each after those it needs."""
    denials: tuple[Denied, ...] = ()
    by_id: Mapping[int, Fetch] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What later steps made of it once, each under a name of its own: `part`, what of it is run together;
    `assembly`, what makes its response."""
    affordable: set[Any] = field(default_factory=set, init=False, compare=False, repr=False)
    """Limits that were found to allow it, where no operand has a say."""
    read_names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """What it reads, as the record has it, sorted."""
    is_disclosure: bool = field(init=False, compare=False, repr=False)
    """Whether it reads, or would have read, anything of a source."""
    is_personal: bool = field(init=False, compare=False, repr=False)
    """Whether it reads personal data."""
    continued: tuple[Fetch, ...] = field(init=False, compare=False, repr=False)
    """Those whose page begins after a cursor."""
    lists: tuple[Node, ...] = field(init=False, compare=False, repr=False)
    """Places whose keys are lenient lists of ids."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "read_names", tuple(sorted(map(str, self.reads))))
        object.__setattr__(self, "is_disclosure", bool(self.fetches or self.denials))
        is_personal = any(fetch.spec.resource.is_personal for fetch in self.fetches)
        object.__setattr__(self, "is_personal", is_personal)
        paged = [fetch for fetch in self.fetches if fetch.spec.page is not None]
        continued = [fetch for fetch in paged if fetch.spec.page and fetch.spec.page.after is not None]
        object.__setattr__(self, "continued", tuple(continued))
        lists = [n for n in self.draft.nodes if isinstance(n.origin, RootKeys) and n.origin.is_list]
        object.__setattr__(self, "lists", tuple(lists))

    @property
    def hops(self) -> int:
        """The longest chain of fetches where one needs the other's rows."""
        return max((fetch.hop for fetch in self.fetches), default=0)

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every item that is read, with its right, once."""
        return tuple(dict.fromkeys(read for fetch in self.fetches for read in fetch.reads))

    def node_of(self, fetch: Fetch) -> Node:
        """The place whose keys a fetch loads."""
        return self.draft.nodes[fetch.spec.node]

    def forget(self) -> None:
        """Let go what was made of it and of its fetches, which leads back; made again if it is asked for."""
        self.memo.clear()
        for fetch in self.fetches:
            fetch.memo.clear()


Operands = tuple[Any, ...]
"""What one request puts in a plan's slots; or, before it is known, where that comes from."""
