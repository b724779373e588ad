"""Keys: from arguments, from lists of ids, and from rows that links lead out of."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphql import GraphQLError
from msgspec import Struct

from connectors.requests import Key
from connectors.results import Row
from gateway.fetch.alias_graph import Identity
from gateway.plan.model import Fetch, LinkKeys, Operands, Plan, RootKeys
from schema.catalogue.entity import Entity
from schema.catalogue.item import Link
from schema.catalogue.model import AliasKind
from schema.names import column_item
from schema.scalars import SCALARS
from schema.values import Codec, Invalid

_WHOLE = re.compile(r"-?[0-9]{1,10}")
"""Ids of a lenient list are text, also those of entities whose keys are numbers."""

AnswerCode = Literal["OK", "MALFORMED", "DUPLICATE_OF", "ALIAS_OF"]


class ParsedId(Struct, frozen=True):
    """One id of a lenient list, which may be of hundreds."""

    code: AnswerCode
    key: Key | None = None
    duplicate_of: int | None = None
    """Position of the first id that means the same entity."""
    kinds: tuple[AliasKind, ...] = ()
    """Why it gave way to the current key."""


@dataclass(frozen=True, slots=True)
class ParsedIds:
    """The ids of one lenient list, in order."""

    each: tuple[ParsedId, ...]
    keys: tuple[Key, ...]
    """The distinct keys among them."""


def read_ids(plan: Plan, operands: Operands) -> Operands:
    """Put what the ids of lenient lists mean in the places of their texts: read once for a request."""
    if not plan.lists:
        return operands
    read = list(operands)
    for node in plan.lists:
        assert isinstance(node.origin, RootKeys)
        (slot,) = node.origin.slots
        if not isinstance(read[slot.index], ParsedIds):
            read[slot.index] = parse_ids(node.entity, read[slot.index])
    return tuple(read)


def parse_ids(entity: Entity, ids: Sequence[str]) -> ParsedIds:
    """Read each id by itself, in order: one that is malformed spoils no other."""
    type_ = entity.default_key.parts[0].type
    scalar = SCALARS.get(type_)
    seen: dict[Key, int] = {}
    parsed: list[ParsedId] = []
    for position, text in enumerate(ids):
        try:
            given = int(text) if type_ == "Int" and _WHOLE.fullmatch(text.strip()) else text
            value = scalar.coerce_input_value(given) if scalar else text
        except (GraphQLError, ValueError, TypeError):
            parsed.append(ParsedId("MALFORMED"))
            continue
        key = (value,)
        is_alias = len(str(value)) != len(text.strip())
        kinds: tuple[AliasKind, ...] = ("renumbered",) if is_alias and type_ == "CitizenId" else ()
        if key in seen:
            parsed.append(ParsedId("DUPLICATE_OF", key, seen[key], kinds))
            continue
        seen[key] = position
        parsed.append(ParsedId("ALIAS_OF" if is_alias else "OK", key, kinds=kinds))
    return ParsedIds(tuple(parsed), tuple(seen))


def identified(parsed: Iterable[ParsedId], identities: Mapping[Key, Identity | None]) -> tuple[ParsedId, ...]:
    """The same where registers of aliases may be told of: an old key, and two keys of one entity."""
    seen: dict[Key, int] = {}
    told: list[ParsedId] = []
    for position, one in enumerate(parsed):
        identity = None if one.key is None else identities.get(one.key)
        current = one.key if identity is None else identity.current[1]
        if one.key is None or current is None:
            told.append(one)
            continue
        steps = () if identity is None else identity.steps
        kinds = tuple(dict.fromkeys((*one.kinds, *(way.kind for way in steps if way.kind))))
        if current in seen:
            told.append(ParsedId("DUPLICATE_OF", one.key, seen[current], kinds))
        else:
            seen[current] = position
            told.append(ParsedId("ALIAS_OF", one.key, kinds=kinds) if current != one.key else one)
    return tuple(told)


def root_keys(origin: RootKeys, operands: Operands) -> tuple[Key, ...]:
    """The distinct keys that arguments give; lists have been read by `read_ids`."""
    if origin.is_list:
        ids: ParsedIds = operands[origin.slots[0].index]
        return ids.keys
    return (tuple(map(operands.__getitem__, origin.places)),)


def linked_keys(origin: LinkKeys, fetch: Fetch, rows: Iterable[Row]) -> Iterator[Key]:
    """The keys that rows lead to over one link, for one kind; invalid ones are never followed."""
    reader = LinkReader(fetch, origin.item)
    for row in rows:
        kind, key = reader.read(row)
        if kind == origin.kind and isinstance(key, tuple):
            yield key


class LinkReader:
    """Reads a link's kind and key out of the rows of one fetch."""

    def __init__(self, fetch: Fetch, item: str) -> None:
        link = fetch.spec.resource.items[item].link
        assert link is not None
        self._link: Link = link
        own = fetch.spec.resource.items[item].column
        places = {own: fetch.items.index(item)}
        self._value = places[own]
        self._kind = None
        if link.kind_column is not None:
            self._kind = fetch.items.index(column_item(link.kind_column))
        self._parts: dict[str, list[tuple[int, Codec | None]]] = {
            kind: [
                (fetch.items.index(column_item(column)) if column != own else self._value, codec)
                for column, codec in zip(target.columns, target.codecs, strict=True)
            ]
            for kind, target in link.targets.items()
        }
        self._is_usual = self._kind is None and self._parts.get("") == [(self._value, None)]
        """One column leads to one kind of entity."""

    @property
    def whole_key(self) -> int | None:
        """Where a row has what is the whole key if it is text that is not blank; `None`: nowhere."""
        return self._value if self._is_usual else None

    def read(self, row: Row) -> tuple[str, Key | Invalid | None]:
        """Give (kind, key); the key is `None` where the register's field is empty or blank."""
        if self._is_usual and (value := row[self._value]).__class__ is str and value.strip():
            return "", (value,)
        kind = "" if self._kind is None else str(row[self._kind])
        parts = self._parts.get(kind)
        if parts is None:
            return kind, Invalid("link") if is_filled(row[self._value]) else None
        key = tuple(row[place] if codec is None else _read(codec, row[place]) for place, codec in parts)
        if not all(map(is_filled, key)):
            return kind, None
        return kind, Invalid("link") if any(isinstance(part, Invalid) for part in key) else key


def is_filled(value: Any) -> bool:
    """Whether something is held here: blank text leads nowhere, or all blank rows would be one entity's."""
    return value is not None and not (value.__class__ is str and not value.strip())


def _read(codec: Codec, value: Any) -> Any:
    return value if isinstance(value, Invalid) else codec.decode(value)


def distinct(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once, in the order of appearance."""
    return tuple(dict.fromkeys(keys))
