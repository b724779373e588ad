"""Keys: from arguments, from lists of ids, and from rows that links lead out of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphql import GraphQLError

from connectors.requests import Key
from connectors.results import Row
from gateway.plan.model import Fetch, LinkKeys, Operands, RootKeys
from schema.catalogue.model import Entity, Link
from schema.scalars import SCALARS
from schema.values import Invalid

AnswerCode = Literal["OK", "MALFORMED", "DUPLICATE_OF", "ALIAS_OF"]


@dataclass(frozen=True, slots=True)
class ParsedId:
    """One id of a lenient list."""

    code: AnswerCode
    key: Key | None = None
    duplicate_of: int | None = None
    """Position of the first id that means the same entity."""


def parse_ids(entity: Entity, ids: Sequence[str]) -> tuple[ParsedId, ...]:
    """Read each id by itself, in order: one that is malformed spoils no other."""
    scalar = SCALARS.get(entity.default_key.parts[0].type)
    seen: dict[Key, int] = {}
    parsed: list[ParsedId] = []
    for position, text in enumerate(ids):
        try:
            value = scalar.coerce_input_value(text) if scalar else text
        except (GraphQLError, ValueError, TypeError):
            parsed.append(ParsedId("MALFORMED"))
            continue
        key = (value,)
        if key in seen:
            parsed.append(ParsedId("DUPLICATE_OF", key, seen[key]))
            continue
        seen[key] = position
        is_alias = len(str(value)) != len(text.strip())
        parsed.append(ParsedId("ALIAS_OF" if is_alias else "OK", key))
    return tuple(parsed)


def root_keys(entity: Entity, origin: RootKeys, operands: Operands) -> tuple[Key, ...]:
    """The distinct keys that arguments give."""
    if not origin.is_list:
        return (tuple(operands[slot.index] for slot in origin.slots),)
    ids = operands[origin.slots[0].index]
    return distinct(one.key for one in parse_ids(entity, ids) if one.key is not None)


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
        self._value = fetch.items.index(item)
        self._kind = None
        if link.kind_column is not None:
            self._kind = fetch.items.index(f"column:{link.kind_column}")
        self._parts = [fetch.items.index(f"column:{column}") for column in link.part_columns.values()]

    def read(self, row: Row) -> tuple[str, Key | Invalid | None]:
        """Give (kind, key); the key is `None` where the register's field is empty."""
        kind = "" if self._kind is None else str(row[self._kind])
        parts: list[Any] = [row[position] for position in self._parts] or [row[self._value]]
        if any(part is None for part in parts):
            return kind, None
        if any(isinstance(part, Invalid) for part in parts) or kind not in self._link.targets:
            return kind, Invalid("link")
        return kind, tuple(parts)


def distinct(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once, in the order of appearance."""
    return tuple(dict.fromkeys(keys))
