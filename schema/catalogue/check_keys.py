"""Whether keys stand in columns that are read as what they are, and every declared column is used."""

from collections.abc import Iterator, Mapping
from typing import Any

from schema.catalogue.compile_entities import targets_of
from schema.catalogue.declared import Declared
from schema.catalogue.entity import Entity
from schema.catalogue.problems import Problem, Takes
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location


def check_keys(one: Declared, scope: Scope) -> Iterator[Problem]:
    """Give every column of a key that is read as something else, and every column of nothing."""
    read = column_types(one, scope)
    for position, attachment in enumerate(one.value.attach):
        entity = scope.entities.get(attachment.on)
        if attachment.via is None and entity is not None and isinstance(attachment.by, dict):
            for key, part, column in _named(attachment.by, entity):
                location = ("attach", position, "by", key)
                yield from check_type(one, location, column, read.get(column, part), part)
    yield from _check_unused(one)


def column_types(one: Declared, scope: Scope) -> dict[str, str]:
    """What each column of a resource is read as: as `columns` says, or the item that stands in it."""
    read = {column: value.type for column, value in one.value.columns.items()}
    for item in one.value.items.values():
        if item.column is not None:
            read.setdefault(item.column, scope.type_of(item))
    return read


def check_type(
    one: Declared, location: Location, column: str, read: str, key: str, takes: Takes = "unit"
) -> Iterator[Problem]:
    """A key's column that is read as another type holds nothing that equals the key."""
    if read != key:
        yield one.file.problem(
            location,
            "KEY_TYPE",
            f"column '{column}' is read as {read}, and the key is {key}",
            f"Make the item or the entry in 'columns' type: {key}.",
            takes,
        )


def _named(by: Mapping[str, Any], entity: Entity) -> Iterator[tuple[str, str, str]]:
    """(key, type of the part, column) of everything that names the entity, as far as it is right."""
    for name, given in by.items():
        key = entity.keys.get(name)
        for columns in given if isinstance(given, list) else [given]:
            if key is None or isinstance(columns, dict) != key.is_composite:
                continue
            for part in key.parts:
                column = columns if isinstance(columns, str) else columns.get(part.name)
                if column is not None:
                    yield name, part.type, column


def check_via_type(one: Declared, position: int, scope: Scope) -> Iterator[Problem]:
    """Whether the column that another resource's item leads to is read as that item is."""
    attachment = one.value.attach[position]
    code, _, name = attachment.via.rpartition(".")
    through = scope.resources.get(code)
    if through is None or name not in through.value.items or not isinstance(attachment.by, str):
        return
    item = scope.type_of(through.value.items[name])
    column = column_types(one, scope).get(attachment.by, "String")
    yield from check_type(one, ("attach", position, "by"), attachment.by, column, item, "entry")


def keys_of(one: Declared, scope: Scope) -> Iterator[tuple[Location, tuple[str, ...]]]:
    """All keys by which rows of a resource may be asked for, each with its columns: from an entity, back over
    a link, or as aliases."""
    value = one.value
    for position, attachment in enumerate(value.attach):
        by = {"": attachment.by} if isinstance(attachment.by, str) else attachment.by
        for key, given in by.items():
            for columns in given if isinstance(given, list) else [given]:
                yield ("attach", position, "by", key), _columns(columns)
    for name, item in value.items.items():
        if item.link is not None and item.link.reverse is not None:
            for columns in _linked(item, scope):
                yield ("items", name, "link"), columns
    if value.aliases is not None:
        for side in ("old", "current"):
            for columns in getattr(value.aliases, side).values():
                yield ("aliases", side), _columns(columns)


def key_columns(one: Declared) -> set[str]:
    """The columns of all of them."""
    value = one.value
    by: list[Any] = [attachment.by for attachment in value.attach]
    for item in value.items.values():
        if item.link is not None and item.link.reverse is not None:
            by += [item.column or [], item.link.parts]
    if value.aliases is not None:
        by += [value.aliases.old, value.aliases.current]
    return set(_leaves(by))


def _check_unused(one: Declared) -> Iterator[Problem]:
    value = one.value
    used: set[str | None] = {*value.identity, *key_columns(one)}
    if value.validity is not None:
        used |= {value.validity.start, value.validity.to, value.validity.until}
    for item in value.items.values():
        used.add(item.column)
        if item.link is not None:
            used |= {item.link.kind_column, *item.link.parts.values()}
    for column in value.columns:
        if column not in used:
            yield one.file.problem(
                ("columns", column),
                "UNUSED_COLUMN",
                f"'{column}' is in no key, identity, link or item",
                "Check its spelling, or remove it.",
            )


def _linked(item: Any, scope: Scope) -> set[tuple[str, ...]]:
    """The columns of each of the keys that a link leads to, as far as they are known."""
    found: set[tuple[str, ...]] = set()
    for _, entity_name, name in targets_of(item.link):
        entity = scope.entities.get(entity_name)
        key = entity and (entity.keys.get(name) if name else entity.default_key)
        if key:
            found.add(_columns(item.link.parts if key.is_composite else item.column or {}))
    return found - {()}


def _leaves(by: Any) -> Iterator[str]:
    if isinstance(by, str):
        yield by
    else:
        for inner in by.values() if isinstance(by, dict) else by:
            yield from _leaves(inner)


def _columns(given: str | Mapping[str, str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given.values())
