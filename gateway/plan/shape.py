"""The shape of a response to be, as a tree: what assembles it and what is taken out of it. Immutable.

EntityShape ─┬─ Leaf…                       ConnectionShape ── Nodes / Edges ── RowShape …
             ├─ Attached ── RowShape ─┬─ Leaf…
             │                        └─ Link ── EntityShape …
             └─ Denied               (with its reason)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from schema.catalogue.entity import Key
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.policy.model import Right
from schema.predicate import Slot


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
class Read:
    """One item and the right that reading it needs; or that there are rows, where no item is shown."""

    resource: str
    item: str
    right: Right | Literal["exists"]

    def __str__(self) -> str:
        return f"{self.resource}.{self.item}:{self.right}" if self.item else f"{self.resource}:{self.right}"


Aspect = Literal["value", "label", "masked"]


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class PseudonymLeaf:
    """`id`: tells who an entity is to whom can guess its key."""

    key: str
    read: Read | None = None
    """The link item that discloses it; `None` where the caller brought the key."""
    is_current: bool = False
    """Whether it stands for the current key, and not for the one that led here."""


@dataclass(frozen=True, slots=True)
class KeyLeaf:
    """A key of the entity; composite keys with the parts that were selected (response key, part)."""

    key: str
    of: Key
    read: Read | None = None
    """The link item that discloses it; `None` where the caller brought it."""
    parts: tuple[tuple[str, str], ...] = ()
    is_current: bool = False
    """Whether the current key is shown, and not the one that led here."""


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
    """Of a derivation that compares with an argument, or with the moment of the request."""
    masked: Denial | None = None
    """Why the caller is shown no more than the mask leaves."""


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

    @property
    def is_bare(self) -> bool:
        """Whether no value of the row is shown, but only that it is there and where it leads."""
        return not any(isinstance(one, Leaf) for one in self.fields)

    @property
    def denied(self) -> tuple[Denied, ...]:
        """Its items, where none of them is read; a row of which no item is asked has none."""
        items = [one for one in self.fields if not isinstance(one, Typename)]
        found = tuple(one for one in items if isinstance(one, Denied))
        return found if len(found) == len(items) else ()

    @property
    def tells_itself(self) -> bool:
        """Whether it says that it is there, beside what is not read of it."""
        return not self.fields or not all(isinstance(one, Denied) for one in self.fields)


RowField = Typename | Leaf | Link | Denied


@dataclass(frozen=True, slots=True)
class CoreField:
    """An item on the entity itself: the field as each authority's fetch gives it."""

    key: str
    choices: tuple[tuple[int, "RowField"], ...]
    """(fetch, field of its row); the fetch whose `covers` holds the key is asked. Where the entity is
    known by another key than `covers` speaks of, the first register that has a record answers."""

    @property
    def is_denied(self) -> bool:
        """Whether no register may be asked: the key that was given tells whose denial it is."""
        return all(isinstance(one, Denied) for _, one in self.choices)


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
    """The fields of a lenient answer: (response key, name of its field or, of `__typename`, that word)."""

    type_name: str
    node: int
    fields: tuple[tuple[str, str], ...]
    entities: Mapping[str, EntityShape]
    """By response key."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """`nodes` of a connection."""

    key: str
    row: RowShape


@dataclass(frozen=True, slots=True)
class Edges:
    """`edges` of a connection: (response key, `node`/`cursor`/type name)."""

    key: str
    fields: tuple[tuple[str, str], ...]
    rows: Mapping[str, RowShape]
    """By response key, where the field is `node`."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """`pageInfo` with the fields that were selected (response key, name)."""

    key: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TotalLeaf:
    """`totalCount`."""

    key: str


ConnectionField = Typename | Nodes | Edges | PageInfo | TotalLeaf


@dataclass(frozen=True, slots=True)
class ConnectionShape:
    """The fields of a page of a collection."""

    key: str
    fetch: int
    resource: Resource
    fields: tuple[ConnectionField, ...]

    @property
    def rows(self) -> tuple[RowShape, ...]:
        """Every selection of a row's fields."""
        found: list[RowShape] = []
        for one in self.fields:
            if isinstance(one, Nodes):
                found.append(one.row)
            elif isinstance(one, Edges):
                found += one.rows.values()
        return tuple(found)

    @property
    def tells_of_rows(self) -> bool:
        """Whether it says that there are rows, beside what it says of each."""
        return any(not isinstance(one, Nodes) and _tells_of_rows(one) for one in self.fields)


RootShape = EntityShape | AnswerShape | ConnectionShape | Typename | Denied
"""Of an entry of the plan."""


def _tells_of_rows(one: ConnectionField) -> bool:
    return not isinstance(one, Edges) or not one.rows or len(one.fields) > len(one.rows)
