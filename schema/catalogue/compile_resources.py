"""Declarations of resources -> the compiled catalogue. Everything here has been checked before."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from schema.catalogue import model
from schema.catalogue import resource_declarations as declare
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.compile_history import compile_validity
from schema.catalogue.compile_items import ItemCompiler
from schema.catalogue.declared import Declared
from schema.catalogue.entity import Entity
from schema.catalogue.item import Item, Link
from schema.catalogue.kinds import KindModels
from schema.catalogue.location import Boundary, Coordinates
from schema.catalogue.operands import row_operand
from schema.names import column_item, pascal
from schema.predicate import And, Compare, Predicate
from schema.values import Codec


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
        self._items = ItemCompiler(entities, code_lists)

    def compile(self, one: Declared, sources: Mapping[str, model.Source]) -> model.Resource:
        """Compile one resource."""
        value: declare.ResourceDeclaration = one.value
        columns = {name: self._items.column(column) for name, column in value.columns.items()}
        items = {name: self._items.item(name, item, value.items) for name, item in value.items.items()}
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
            source=(value.source or "") if source else "",
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
            version=self._version(one, items),
            collection=self._collection(value.collection, source),
            validity=compile_validity(value.validity, items, columns),
            aliases=self._aliases(value.aliases, items, columns),
            coordinates=_coordinates(value.coordinates),
            boundary=self._boundary(value),
        )
        return self._with_reverse_links(made)

    def _version(self, one: Declared, items: Mapping[str, Item]) -> str:
        """Changes with the declaration, and with what its code lists say is stored."""
        named = {item.codes or item.type for item in items.values()}
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
                columns.setdefault(column, self._items.codec(part.type))

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
                    columns.setdefault(column, self._items.codec(part.type))
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


def _of_kinds(column: str | None, kinds: Iterable[str], columns: Mapping[str, Codec]) -> Predicate | None:
    """The rows of some kinds, compared as the column is read."""
    if column is None:
        return None
    codec = columns.get(column) or make_codec("String")
    return Compare(column_item(column), "in", tuple(codec.decode(kind) for kind in kinds))


def _coordinates(value: declare.CoordinatesDeclaration | None) -> Coordinates | None:
    return None if value is None else Coordinates(value.lon, value.lat)


def _argument(name: str, value: declare.ArgumentDeclaration) -> model.Argument:
    return model.Argument(name, value.title, value.type, value.required, value.parameter or name)


def digest(*parts: str) -> str:
    """A name for what some texts say together."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
