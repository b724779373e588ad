"""Declarations of items and columns -> the compiled catalogue."""

from collections.abc import Iterable, Mapping
from typing import Any

from schema.catalogue import item_declarations as written
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.compile_entities import targets_of, type_of
from schema.catalogue.entity import Entity
from schema.catalogue.item import Derivation, Item, Level, Link, LinkTarget
from schema.catalogue.model import CodeList
from schema.catalogue.operands import operand_of
from schema.catalogue.quality import Quality
from schema.values import Codec

ORDERED_TYPES = frozenset({"Int", "Float", "Decimal", "Date", "DateTime"})
UNORDERED_TYPES = frozenset({"GeoJSON"})
TEXT_OPERATORS = frozenset({"eq", "ne", "in", "isNull", "startsWith", "contains"})
ORDERED_OPERATORS = frozenset({"eq", "ne", "in", "isNull", "lt", "le", "gt", "ge"})
IDENTIFIER_LEVEL: Mapping[str, Level] = {"CitizenId": 3}


class ItemCompiler:
    """Compiles items against the entities and code lists of their city."""

    def __init__(self, entities: Mapping[str, Entity], code_lists: Mapping[str, CodeList]) -> None:
        self._entities = entities
        self._code_lists = code_lists

    def column(self, value: written.ColumnDeclaration) -> Codec:
        """How a column that is no item is read."""
        return self.codec(value.type, value.read, value.stored)

    def codec(
        self,
        type_: str,
        read: written.ReadDeclaration | None = None,
        stored: Iterable[Any] = (),
        codes: str | None = None,
    ) -> Codec:
        """The codec of a type, in the codes of a list where it has one."""
        listed = self._code_lists.get(codes or type_)
        forms = tuple(str(form) for form in stored)
        return make_codec(type_, read=read, stored=forms, stored_codes=listed.stored if listed else None)

    def item(
        self, name: str, value: written.ItemDeclaration, items: Mapping[str, written.ItemDeclaration]
    ) -> Item:
        """Compile one of the items of a resource."""
        type_ = type_of(value, self._entities)
        is_enum = type_ in self._code_lists
        link = self._link(value, value.link, type_) if value.link else None
        derivation = _derivation(value.derive, items) if value.derive else None
        operators = frozenset() if link or derivation else _operators(value)
        return Item(
            name=name,
            title=value.title,
            column=value.column,
            type=type_,
            level=value.level or self._level(type_, link),
            codec=self.codec(type_, value.read, value.stored, value.codes),
            codes=value.codes or (type_ if is_enum else None),
            unit=value.unit,
            mask=value.mask,
            link=link,
            derivation=derivation,
            is_open=value.open,
            deprecated=value.deprecated,
            formerly=tuple(value.formerly),
            quality=_quality(value.quality, type_),
            operators=operators,
            is_sortable=value.sort and not (link or derivation) and value.type not in UNORDERED_TYPES,
        )

    def _link(self, item: written.ItemDeclaration, value: written.LinkDeclaration, type_: str) -> Link:
        targets = {
            kind: self._target(item, value, type_, self._entities[entity], key)
            for kind, entity, key in targets_of(value)
        }
        return Link(targets, value.kind_column, value.reverse)

    def _target(
        self,
        item: written.ItemDeclaration,
        link: written.LinkDeclaration,
        type_: str,
        entity: Entity,
        name: str | None,
    ) -> LinkTarget:
        key = entity.keys[name] if name else entity.default_key
        if key.is_composite:
            columns = tuple(link.parts[part.name] for part in key.parts)
            return LinkTarget(entity.name, key.name, columns, (None,) * len(columns))
        (part,) = key.parts
        codec = None if part.type == type_ else self.codec(part.type, None, item.stored)
        return LinkTarget(entity.name, key.name, (item.column or "",), (codec,))

    def _level(self, type_: str, link: Link | None) -> Level:
        """Identifiers of persons are of level 3, also where a column holds other keys beside them."""
        keys = [self._entities[t.entity].keys[t.key] for t in link.targets.values()] if link else []
        types = [type_, *(part.type for key in keys for part in key.parts)]
        return max(IDENTIFIER_LEVEL.get(one, 1) for one in types)


def _operators(value: written.ItemDeclaration) -> frozenset[str]:
    if isinstance(value.match, list):
        return frozenset(value.match)
    if not value.match:
        return frozenset()
    return operators_of(value.type)


def operators_of(type_: str) -> frozenset[str]:
    """What values of a type can be compared by."""
    if type_ == "Boolean":
        return frozenset({"eq", "isNull"})
    if type_ in UNORDERED_TYPES:
        return frozenset({"isNull"})
    if type_ in ORDERED_TYPES:
        return ORDERED_OPERATORS
    return TEXT_OPERATORS if type_ == "String" else frozenset({"eq", "ne", "in", "isNull"})


def _quality(value: written.QualityDeclaration | None, type_: str) -> Quality | None:
    if value is None:
        return None
    return Quality(
        is_required=value.required,
        pattern=value.pattern,
        least=None if value.min is None else operand_of(type_, value.min),
        most=None if value.max is None else operand_of(type_, value.max),
        is_listed=value.listed,
        same_as=value.same_as,
    )


def _derivation(value: written.DeriveDeclaration, items: Mapping[str, written.ItemDeclaration]) -> Derivation:
    if value.exists is not None:
        return Derivation("exists", value.exists)
    if value.positive is not None:
        return Derivation("positive", value.positive)
    if value.equals is not None:
        return Derivation("equals", value.equals.item, argument=value.equals.argument)
    if value.age is not None:
        return Derivation("age", value.age)
    if value.older is not None:
        return Derivation("older", value.older.item, seconds=value.older.seconds)
    assert value.band is not None
    type_ = items[value.band.item].type
    bounds = tuple(operand_of(type_, bound) for bound in value.band.bounds)
    return Derivation("band", value.band.item, bounds=bounds, labels=tuple(value.band.labels))
