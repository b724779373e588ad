"""The rows of one resource: those of an owner, and those that name somebody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from connectors.columns import column_of
from connectors.requests import Key, KeyBinding
from connectors.sandbox.blueprint import Blueprint, Place, Reference, draft
from connectors.sandbox.draw import SIZE, draw, pick, shuffled, unshuffled
from connectors.sandbox.universe import Owner, Universe, text_at, write_index
from connectors.sandbox.values import LATITUDES, LONGITUDES, ROWS, TODAY, Facts, Meaning, values_of
from schema.catalogue.item import Item
from schema.catalogue.model import Catalogue, KeyColumns, Resource
from schema.names import column_item
from schema.predicate import And, Compare, Predicate
from schema.values import Codec

RawRow = dict[str, Any]
Given = Mapping[str, Any]
"""Columns as a persona has them, raw."""

_SPREAD: Final = 4
"""At most so many owners refer to the same entity by the same column."""
_STRIDE: Final = 7_654_321
_POOL: Final = 50
"""Owners whose rows a scan gives."""


@dataclass(frozen=True, slots=True)
class Written:
    """What personas say of one resource, by seed of the owner."""

    rows: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)


SINCE = date(2000, 1, 1)
"""When the only version of anything begins."""


class ResourceRows:
    """Makes rows as the resource's source would store them."""

    def __init__(
        self, resource: Resource, catalogue: Catalogue, universe: Universe, written: Written
    ) -> None:
        self._resource = resource
        self._universe = universe
        self._written = written
        self._blueprint = draft(resource, catalogue)
        self._meanings = {one.item.column: one for one in _meanings(resource, catalogue, self._blueprint)}
        self._rest = self._other_columns()
        self._period = _period(resource) if self._blueprint.has_one else {}

    @property
    def blueprint(self) -> Blueprint:
        """How rows name entities."""
        return self._blueprint

    def naming(self, binding: KeyBinding, key: Key) -> list[RawRow]:
        """Every row that names an entity by one of the ways of a binding, each once."""
        found: dict[tuple[str, int], RawRow] = {}
        asked: set[tuple[str, str, str]] = set()
        for position, way in enumerate(binding.alternatives):
            expected = binding.expected(position, key)
            for owner, place in self._owners(way, expected, asked):
                found.update({(owner.seed, row): raw for row, raw in self._of(owner, place)})
            found.update(self._referring(way, expected, asked))
        return list(found.values())

    def pool(self) -> list[RawRow]:
        """Rows to read without keys."""
        first = self._blueprint.owners[0]
        owners = [self._universe.owner_at(first.entity, draw("pool", n) % SIZE) for n in range(_POOL)]
        known = {owner.seed: owner for owner in (*self._written.owners.values(), *owners)}
        return [raw for owner in known.values() for _, raw in self._of(owner, self._place(owner))]

    def _owners(
        self, way: KeyColumns, key: Key, asked: set[tuple[str, str, str]]
    ) -> Iterator[tuple[Owner, Place]]:
        """Who owns rows that hold this key; one entity is asked for by the first of its keys only."""
        for place in self._blueprint.owners:
            is_its = any(one.key == way.key and one.columns == way.columns for one in place.ways)
            if is_its and (place.entity, "", "") not in asked:
                asked.add((place.entity, "", ""))
                yield self._universe.owner_of(place.entity, way.key, key), place

    def _of(self, owner: Owner, place: Place) -> Iterator[tuple[int, RawRow]]:
        for row in range(self._count(owner)):
            yield row, self._raw(owner, place, row)

    def _count(self, owner: Owner) -> int:
        written = self._written.rows.get(owner.seed)
        if written is not None:
            return len(written)
        if self._resource.aliases is not None:
            return 0  # nobody is drawn with two identities: every key would lead on to another
        number = draw(self._resource.code, owner.seed, "count")
        return min(1, number % 16) if self._blueprint.has_one else number % (ROWS + 1)

    def _referring(
        self, way: KeyColumns, key: Key, asked: set[tuple[str, str, str]]
    ) -> dict[tuple[str, int], RawRow]:
        found: dict[tuple[str, int], RawRow] = {}
        for reference in self._blueprint.references:
            for kind, target in reference.targets.items():
                is_its = any(one.key == way.key and one.columns == way.columns for one in target.ways)
                name = (target.entity, reference.name, kind)
                if not is_its or name in asked:
                    continue
                asked.add(name)
                named = self._universe.owner_of(target.entity, way.key, key)
                for owner, place in self._referrers(reference, kind, named):
                    found.update({(owner.seed, row): raw for row, raw in self._of(owner, place)})
        return {name: raw for name, raw in found.items() if _holds(raw, way, key)}

    def _referrers(self, reference: Reference, kind: str, named: Owner) -> Iterator[tuple[Owner, Place]]:
        """Everybody who may refer to an entity: the shuffles undone, and all personas."""
        for owner in self._written.owners.values():
            yield owner, self._place(owner)
        if named.index is None:
            return
        middle = unshuffled(named.index, self._shuffle(reference, kind))
        for place in self._blueprint.owners:
            for spread in range(_SPREAD):
                yield self._universe.owner_at(place.entity, (middle - spread * _STRIDE) % SIZE), place

    def _place(self, owner: Owner) -> Place:
        return next(one for one in self._blueprint.owners if one.entity == owner.entity)

    def _refer(self, reference: Reference, facts: Facts) -> tuple[str, Owner] | None:
        """Whom a row refers to; `None` where the field is empty."""
        words = (facts.seed, reference.name)
        if draw(*words, "empty") % 16 == 0:
            return None
        kinds = tuple(reference.targets)
        kind = kinds[0] if draw(*words, "first kind") % 4 else pick(kinds, *words, "kind")
        start = facts.owner.position + draw(*words, "spread") % _SPREAD * _STRIDE
        index = shuffled(start % SIZE, self._shuffle(reference, kind))
        return kind, self._universe.owner_at(reference.targets[kind].entity, index)

    def _shuffle(self, reference: Reference, kind: str) -> str:
        return f"{self._resource.code}/{reference.name}/{kind}"

    def _raw(self, owner: Owner, place: Place, row: int) -> RawRow:
        raw: RawRow = {}
        referred: dict[str, Owner] = {}
        facts = Facts(self._resource.code, owner, row, referred)
        for way in place.ways:
            put_key(raw, way, owner.keys.get(way.key) or _unnamed(way, facts))
        for column, kinds in self._blueprint.owner_kinds.items():
            raw[column] = self._stored(column, [kinds.get(owner.entity)])
        for reference in self._blueprint.references:
            self._put_reference(raw, reference, facts, referred)
        for column in self._rest:
            meaning = self._meanings.get(column)
            if meaning is None:
                raw[column] = self._stored(column, _anything(facts, column))
            else:
                raw[column] = stored(meaning.item.codec, values_of(meaning, facts))
        for column, day in self._period.items():
            raw[column] = None if day is None else self._stored(column, [day])
        written = self._written.rows.get(owner.seed)
        return raw if written is None else {**raw, **written[row]}

    def _put_reference(
        self, raw: RawRow, reference: Reference, facts: Facts, referred: dict[str, Owner]
    ) -> None:
        found = self._refer(reference, facts)
        if reference.kind_column is not None:
            raw[reference.kind_column] = self._stored(reference.kind_column, [found and found[0]])
        if found is None:
            return
        kind, target = found
        for way in reference.targets[kind].ways:
            put_key(raw, way, target.keys.get(way.key))
            referred.update(dict.fromkeys(way.columns, target))

    def _stored(self, column: str, values: Iterable[Any]) -> Any:
        return stored(column_of(self._resource, column_item(column))[1], values)

    def _other_columns(self) -> tuple[str, ...]:
        """Columns that name nobody."""
        blueprint = self._blueprint
        places = [*blueprint.owners, *(p for r in blueprint.references for p in r.targets.values())]
        taken = {column for place in places for way in place.ways for column in way.columns}
        taken |= {one.kind_column for one in blueprint.references if one.kind_column} | set(
            blueprint.owner_kinds
        )
        return tuple(column for column in self._resource.columns if column not in taken)


def put_key(raw: RawRow, way: KeyColumns, key: Key | None) -> None:
    """Write a key into its columns; what a column cannot hold stays empty."""
    for column, codec, value in zip(way.columns, way.codecs, key or (None,) * len(way.columns), strict=True):
        raw[column] = stored(codec, [value])


def stored(codec: Codec, values: Iterable[Any]) -> Any:
    """The first of some values that reads back as it is, as the source would store it; else nothing."""
    for value in values:
        if value is None:
            return None
        for form in _forms(codec, value)[:1]:
            held = codec.decode(form)
            if held == value and type(held) is type(value):
                return form
    return None


def _forms(codec: Codec, value: Any) -> tuple[Any, ...]:
    try:
        return codec.encode(value)
    except (ValueError, TypeError, ArithmeticError, AttributeError):  # a value of another type
        return ()


def _holds(raw: RawRow, way: KeyColumns, key: Key) -> bool:
    held = zip(way.columns, way.codecs, strict=True)
    return tuple(codec.decode(raw.get(column)) for column, codec in held) == key


def _unnamed(way: KeyColumns, facts: Facts) -> Key | None:
    """What names the rows of nobody in particular."""
    return None if facts.owner.entity else tuple(text_at(facts.number) for _ in way.columns)


def _anything(facts: Facts, column: str) -> Iterator[Any]:
    """For a column that is no item: only its codec knows what it can hold."""
    yield text_at(facts.number)
    yield facts.number
    yield draw(facts.seed, column) % 2**31
    yield TODAY
    yield from (write_index(type_, facts.number % SIZE) for type_ in ("CitizenId", "CreditCode"))
    yield True


def _meanings(resource: Resource, catalogue: Catalogue, blueprint: Blueprint) -> Iterator[Meaning]:
    """One for each column that is an item's; of several items the one with the narrowest type."""
    owned = {column for place in blueprint.owners for way in place.ways for column in way.columns}
    chosen: dict[str, Item] = {}
    for item in resource.items.values():
        if item.column is not None and (item.column not in chosen or chosen[item.column].type == "String"):
            chosen[item.column] = item
    links = tuple((i.name, i.column) for i in resource.items.values() if i.link is not None and i.column)
    derived = [item.derivation for item in resource.items.values() if item.derivation is not None]
    own = [column for column in resource.identity if column not in owned]
    has_moment = any(column in chosen and chosen[column].type in {"Date", "DateTime"} for column in own)
    for item in chosen.values():
        yield Meaning(
            item=item,
            codes=catalogue.code_lists[item.codes] if item.codes else None,
            is_identity=item.column in resource.identity,
            is_alone=not owned & set(resource.identity),
            is_unique=not has_moment and item.column == next(iter(own), None),
            linked=links,
            wanted=tuple(_wanted(resource.opening.rows, item.name)),
            bounds=next((one.bounds for one in derived if one.item == item.name and one.bounds), ()),
            span=_span(resource, item.name),
        )


def _span(resource: Resource, item: str) -> tuple[int, int] | None:
    """The degrees between which a coordinate of the resource lies."""
    place = resource.coordinates
    if place is None or item not in {place.lon, place.lat}:
        return None
    return LONGITUDES if item == place.lon else LATITUDES


def _wanted(rows: Predicate | None, item: str) -> Iterator[Any]:
    """What a row condition wants of an item."""
    match rows:
        case And(parts=parts):
            for part in parts:
                yield from _wanted(part, item)
        case Compare(item=name, operator="eq", operand=operand) if name == item:
            yield operand
        case Compare(item=name, operator="in", operand=operand) if name == item:
            yield from operand


def _period(resource: Resource) -> Mapping[str, date | None]:
    """What the columns of validity of versions hold: one row is the version of every day since `SINCE`."""
    validity = resource.validity
    if validity is None or not validity.is_versioned:
        return {}
    ends = {validity.start: SINCE, validity.end: None}
    return {column_of(resource, end)[0]: day for end, day in ends.items() if end is not None}
