"""Declarations -> the compiled catalogue. Everything here has been checked before."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from schema.catalogue import declarations as declare
from schema.catalogue import item_declarations as written
from schema.catalogue import model
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.compile_entities import targets_of, type_of
from schema.catalogue.compile_history import compile_validity
from schema.catalogue.declared import Declared
from schema.catalogue.entity import Entity
from schema.catalogue.item import Derivation, Item, Level, Link, LinkTarget
from schema.catalogue.kinds import KindModels
from schema.catalogue.location import Boundary, Coordinates
from schema.catalogue.operands import operand_of, row_operand
from schema.catalogue.quality import Quality
from schema.names import pascal
from schema.predicate import And, Compare, Predicate
from schema.values import Codec

ORDERED_TYPES = frozenset({"Int", "Float", "Decimal", "Date", "DateTime"})
UNORDERED_TYPES = frozenset({"GeoJSON"})
TEXT_OPERATORS = frozenset({"eq", "ne", "in", "isNull", "startsWith", "contains"})
ORDERED_OPERATORS = frozenset({"eq", "ne", "in", "isNull", "lt", "le", "gt", "ge"})
IDENTIFIER_LEVEL: Mapping[str, Level] = {"CitizenId": 3}


class ResourceCompiler:
    """Compiles resources against the entities and code lists of their city."""

    def __init__(
        self,
        entities: Mapping[str, Entity],
        code_lists: Mapping[str, model.CodeList],
        kinds: Mapping[str, KindModels],
    ) -> None:
        self._kinds = kinds
        self._entities = entities
        self._code_lists = code_lists

    def compile(self, one: Declared, sources: Mapping[str, model.Source]) -> model.Resource:
        """Compile one resource."""
        value: declare.ResourceDeclaration = one.value
        columns = {name: self._column(column) for name, column in value.columns.items()}
        items = {name: self._item(name, item, value.items) for name, item in value.items.items()}
        for item in items.values():
            if item.column is not None:
                columns.setdefault(item.column, item.codec)
        for item in items.values():
            self._add_parts(item, columns)
        attachments = tuple(self._attachment(a, columns) for a in value.attach)
        for column in value.identity:
            columns.setdefault(column, make_codec("String"))
        source = sources.get(value.source or "")
        made = model.Resource(
            department=one.folder,
            name=value.resource,
            title=value.title,
            type_name=pascal(one.folder) + pascal(value.resource),
            source=value.source or "",
            origin=value.origin,
            identity=tuple(value.identity),
            items=items,
            attachments=attachments,
            arguments={name: _argument(name, given) for name, given in value.arguments.items()},
            sharing=model.Sharing(value.sharing.type, value.sharing.condition, value.sharing.basis),
            opening=self._opening(value, items),
            coverage=model.Coverage(value.coverage.territory, value.coverage.since),
            update_cycle=value.update_cycle,
            limits=model.Limits(**value.limits.model_dump(exclude={"unbatched"})),
            is_connected=value.connected and source is not None and source.is_connected,
            is_personal=self._is_personal(value, items),
            allows_partial=value.partial,
            guards=tuple(value.guards),
            cache_seconds=value.cache_seconds,
            stale_seconds=value.stale_seconds,
            columns=columns,
            version=self._version(one),
            collection=self._collection(value.collection, source),
            validity=compile_validity(value.validity, items, columns),
            aliases=self._aliases(value.aliases, items, columns),
            coordinates=_coordinates(value.coordinates),
            boundary=self._boundary(value),
        )
        return self._with_reverse_links(made)

    def _version(self, one: Declared) -> str:
        """Changes with the declaration, and with what its code lists say is stored."""
        named = {item.codes or item.type for item in one.value.items.values()}
        named |= {column.type for column in one.value.columns.values()}
        stored = [repr(self._code_lists[name].stored) for name in sorted(named & self._code_lists.keys())]
        return digest(one.folder, repr(one.file.value), *stored)

    def _with_reverse_links(self, resource: model.Resource) -> model.Resource:
        """Attach a resource to the entities that its links lead to, where a reverse is named."""
        reversed_ = tuple(
            attachment
            for item in resource.items.values()
            if item.link is not None and item.link.reverse is not None
            for attachment in self._reverse(resource, item, item.link, item.link.reverse)
        )
        if not reversed_:
            return resource
        return replace(resource, attachments=resource.attachments + reversed_)

    def _reverse(
        self, resource: model.Resource, item: Item, link: Link, field: str
    ) -> Iterable[model.Attachment]:
        kinds: dict[tuple[str, str], list[str]] = {}
        for kind, target in link.targets.items():
            kinds.setdefault((target.entity, target.key), []).append(kind)
        for some in kinds.values():
            target = link.targets[some[0]]
            # A column that holds several kinds of keys is read as the kind that is asked for.
            codecs = tuple(
                codec or resource.columns[column]
                for column, codec in zip(target.columns, target.codecs, strict=True)
            )
            by = model.KeyColumns(target.key, target.columns, codecs)
            rows = _of_kinds(link.kind_column, some, resource.columns)
            yield model.Attachment(
                target.entity, field, (by,), many=True, title=item.title, back_by=item.name, rows=rows
            )

    def _add_parts(self, item: Item, columns: dict[str, Codec]) -> None:
        """Columns of composite keys that nobody declared are read as the parts they hold."""
        for target in item.link.targets.values() if item.link else ():
            key = self._entities[target.entity].keys[target.key]
            for column, part in zip(target.columns, key.parts, strict=True):
                columns.setdefault(column, self._codec(part.type))

    def _column(self, value: written.ColumnDeclaration) -> Codec:
        return self._codec(value.type, value.read, value.stored)

    def _codec(
        self,
        type_: str,
        read: written.ReadDeclaration | None = None,
        stored: Iterable[Any] = (),
        codes: str | None = None,
    ) -> Codec:
        listed = self._code_lists.get(codes or type_)
        forms = tuple(str(form) for form in stored)
        return make_codec(type_, read=read, stored=forms, stored_codes=listed.stored if listed else None)

    def _item(
        self, name: str, value: written.ItemDeclaration, items: Mapping[str, written.ItemDeclaration]
    ) -> Item:
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
            codec=self._codec(type_, value.read, value.stored, value.codes),
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
        codec = None if part.type == type_ else self._codec(part.type, None, item.stored)
        return LinkTarget(entity.name, key.name, (item.column or "",), (codec,))

    def _level(self, type_: str, link: Link | None) -> Level:
        """Identifiers of persons are of level 3, also where a column holds other keys beside them."""
        keys = [self._entities[t.entity].keys[t.key] for t in link.targets.values()] if link else []
        types = [type_, *(part.type for key in keys for part in key.parts)]
        return max(IDENTIFIER_LEVEL.get(one, 1) for one in types)

    def _attachment(self, value: declare.AttachDeclaration, columns: dict[str, Codec]) -> model.Attachment:
        entity = self._entities[value.on]
        via = None
        if value.via is not None:
            resource, _, item = value.via.rpartition(".")
            via = model.Via(resource, item)
            column = str(value.by)
            codec = columns.setdefault(column, make_codec("String"))
            by: tuple[model.KeyColumns, ...] = (model.KeyColumns("", (column,), (codec,)),)
        else:
            assert isinstance(value.by, dict)
            by = tuple(self._key_columns(entity, value.by, columns))
        return model.Attachment(
            entity=value.on,
            field=None if value.core else value.field,
            by=by,
            many=value.many,
            via=via,
            covers=model.Covers(tuple(value.covers)),
            title=value.title,
        )

    def _key_columns(
        self, entity: Entity, by: Mapping[str, Any], columns: dict[str, Codec]
    ) -> Iterable[model.KeyColumns]:
        for name, given in by.items():
            key = entity.keys[name]
            for one in given if isinstance(given, list) else [given]:
                names = [one] if isinstance(one, str) else [one[part.name] for part in key.parts]
                for column, part in zip(names, key.parts, strict=True):
                    columns.setdefault(column, self._codec(part.type))
                yield model.KeyColumns(name, tuple(names), tuple(columns[n] for n in names))

    def _opening(self, value: declare.ResourceDeclaration, items: Mapping[str, Item]) -> model.Opening:
        if isinstance(value.open, str):
            return model.Opening(value.open)
        rows: list[Predicate] = [
            Compare(item, operator, row_operand(items[item].type, operator, operand))  # type: ignore[arg-type] # checked
            for item, operators in value.open.rows.items()
            for operator, operand in operators.items()
        ]
        assert all(row.item in items for row in rows if isinstance(row, Compare))
        return model.Opening(value.open.type, And(tuple(rows)) if rows else None)

    def _aliases(
        self,
        value: declare.AliasesDeclaration | None,
        items: Mapping[str, Item],
        columns: dict[str, Codec],
    ) -> model.Aliases | None:
        if value is None:
            return None
        entity = self._entities[value.of]
        (old,) = self._key_columns(entity, value.old, columns)
        (current,) = self._key_columns(entity, value.current, columns)
        told_by = [one.name for one in items.values() if one.column == value.kind_column]
        return model.Aliases(
            entity.name, old, current, value.kind, told_by[0] if value.kind_column else None, value.kinds
        )

    def _collection(
        self, value: declare.CollectionDeclaration | None, source: model.Source | None
    ) -> model.Collection | None:
        if value is None:
            return None
        kind = self._kinds.get(source.kind) if source else None
        return model.Collection(value.field, value.total, kind is None or kind.can_search)

    def _boundary(self, value: declare.ResourceDeclaration) -> Boundary | None:
        if value.boundary is None:
            return None
        named = [one for one in value.attach if one.via is None and isinstance(one.by, dict)]
        on = next(one.on for one in named if self._entities[one.on].default_key.name in one.by)
        return Boundary(value.boundary.item, on)

    def _is_personal(self, value: declare.ResourceDeclaration, items: Mapping[str, Item]) -> bool:
        if value.personal is not None:
            return value.personal
        links = [item.link for item in items.values() if item.link is not None]
        named = [one.on for one in value.attach]
        named += [target.entity for link in links for target in link.targets.values()]
        is_named = any(self._entities[one].is_personal for one in named)
        return is_named or any(item.type == "CitizenId" for item in items.values())


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


def _of_kinds(column: str | None, kinds: Iterable[str], columns: Mapping[str, Codec]) -> Predicate | None:
    """The rows of some kinds, compared as the column is read."""
    if column is None:
        return None
    codec = columns.get(column) or make_codec("String")
    return Compare(f"column:{column}", "in", tuple(codec.decode(kind) for kind in kinds))


def _coordinates(value: declare.CoordinatesDeclaration | None) -> Coordinates | None:
    return None if value is None else Coordinates(value.lon, value.lat)


def _argument(name: str, value: declare.ArgumentDeclaration) -> model.Argument:
    return model.Argument(name, value.title, value.type, value.required, value.parameter or name)


def digest(*parts: str) -> str:
    """A name for what some texts say together."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
