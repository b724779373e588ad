"""Declarations of entities, their keys and code lists -> the compiled catalogue."""

from collections.abc import Mapping
from typing import Any

from schema.catalogue import declarations as declare
from schema.catalogue import item_declarations as written
from schema.catalogue import model
from schema.catalogue.entity import Entity, Key, KeyPart, KeySlice


def compile_entity(value: declare.EntityDeclaration) -> Entity:
    """Compile one entity."""
    root = value.root or value.entity[0].lower() + value.entity[1:]
    return Entity(
        name=value.entity,
        title=value.title,
        root=root,
        plural=value.plural or f"{root}s",
        keys={name: _key(name, key) for name, key in value.keys.items()},
        is_personal=value.personal,
        root_argument=value.argument,
    )


def targets_of(link: written.LinkDeclaration) -> list[tuple[str, str, str | None]]:
    """(kind, entity, key) of all targets of a link; without kinds, one of the empty kind."""
    if not link.kinds:
        return [("", link.to or "", link.by)]
    pairs = {kind: target.partition(".") for kind, target in link.kinds.items()}
    return [(kind, entity, key or None) for kind, (entity, _, key) in pairs.items()]


def type_of(item: written.ItemDeclaration, entities: Mapping[str, Entity]) -> str:
    """An item's type: where none is said and it leads to one entity, that of the key or part it holds."""
    if item.type != "String" or item.link is None or item.link.kinds:
        return item.type
    entity = entities[item.link.to or ""]
    key = entity.keys[item.link.by] if item.link.by else entity.default_key
    held = [
        part for part in key.parts if not key.is_composite or item.link.parts.get(part.name) == item.column
    ]
    return held[0].type if held else item.type


def compile_codes(value: declare.CodeListDeclaration) -> model.CodeList:
    """Compile one code list; `stored` has every code."""
    labels: dict[str, str] = {}
    stored: dict[str, Any] = {}
    for code, one in value.values.items():
        labels[code] = one if isinstance(one, str) else one.label
        given = None if isinstance(one, str) else one.stored
        stored[code] = code if given is None else given
    return model.CodeList(value.codes, value.title, labels, value.enum, stored)


def _key(name: str, value: Any) -> Key:
    if isinstance(value, declare.SlicedKeyDeclaration):
        piece = KeySlice(value.slice.key, value.slice.start, value.slice.stop)
        return Key(name, (KeyPart(name, value.type),), piece)
    if isinstance(value, str):
        return Key(name, (KeyPart(name, value),))
    return Key(name, tuple(KeyPart(part, type_) for part, type_ in value.items()))
