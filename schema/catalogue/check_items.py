"""Mistakes in the items of a resource."""

from collections.abc import Iterator
from typing import Any

from schema.catalogue.check_derivation import check_derivation
from schema.catalogue.check_keys import check_type, column_types
from schema.catalogue.check_quality import check_quality
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.compile_entities import targets_of
from schema.catalogue.compile_items import operators_of
from schema.catalogue.declared import Declared
from schema.catalogue.entity import Key
from schema.catalogue.openness import OPEN_LEVEL
from schema.catalogue.operands import row_operand
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location
from schema.names import label_field, masked_field
from schema.predicate import OPERATORS
from schema.scalars import SCALARS

READ_KEYS = {
    "format": {"Date", "DateTime"},
    "epoch": {"Date", "DateTime"},
    "scale": {"Int", "Float", "Decimal"},
    "true": {"Boolean"},
    "false": {"Boolean"},
}
"""Keys of `read` that mean something for some types only."""


def check_items(one: Declared, scope: Scope) -> Iterator[Problem]:
    """Give every mistake of a resource's items, arguments and row conditions."""
    for name, item in one.value.items.items():
        location: Location = ("items", name)
        yield from _check_generated(one, name, item)
        yield from scope.check_type(one.file, (*location, "type"), item.type, is_item=True)
        if item.derive is not None:
            yield from check_derivation(one, name, item)
        elif item.column is None:
            yield one.file.problem(
                location, "NO_COLUMN", f"'{name}' has no column", "Add 'column:', or 'derive:'."
            )
        yield from _check_reading(one, location, item.type, item, scope)
        yield from _check_codes(one, name, item, scope)
        yield from _check_operators(one, name, item)
        if item.link is not None:
            yield from _check_link(one, name, item.link, scope)
        if item.quality is not None:
            yield from check_quality(one, name, item)
    for name, argument in one.value.arguments.items():
        yield from scope.check_type(one.file, ("arguments", name, "type"), argument.type)
    for name, column in one.value.columns.items():
        yield from scope.check_type(one.file, ("columns", name, "type"), column.type)
        yield from _check_reading(one, ("columns", name), column.type, column, scope)
    yield from _check_rows(one, scope)


def fields_of(name: str, item: Any) -> list[str]:
    """Every field of the graph that an item makes."""
    labels = [label_field(name)] * bool(item.codes)
    return [name, *labels, *[masked_field(name)] * bool(item.mask), *item.formerly]


def _check_generated(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    made = fields_of(name, item)[1:]
    if not made:
        return
    former = [old for other, value in one.value.items.items() if other != name for old in value.formerly]
    for generated in made:
        if generated in former:
            yield one.file.problem(
                ("items", name, "formerly"),
                "NAME_COLLISION",
                f"'{generated}' is the former name of another item, too",
                "A name leads to one item: keep it at one of them.",
            )
        if generated in one.value.items:
            yield one.file.problem(
                ("items", generated),
                "NAME_COLLISION",
                f"'{generated}' is made for '{name}' already",
                "The newer field loses: give it another name.",
            )


def _check_reading(
    one: Declared, location: Location, type_: str, value: Any, scope: Scope
) -> Iterator[Problem]:
    """Whether an item's or a column's stored values can be read as declared."""
    known = type_ in scope.code_lists
    if type_ not in SCALARS and not known:
        return
    stored = {code: code for code in scope.code_lists[type_].values} if known else None
    for key, types in READ_KEYS.items():
        if value.read is not None and getattr(value.read, key) and type_ not in types:
            yield one.file.problem(
                (*location, "read", key),
                f"READ_{key.upper()}",
                f"'{key}' says nothing about {type_}",
                f"It is for {', '.join(sorted(types))}: make it one of them, or remove '{key}'.",
            )
            return
    try:
        make_codec(type_, read=value.read, stored=tuple(map(str, value.stored)), stored_codes=stored)
    except (ValueError, KeyError) as error:
        yield one.file.problem(
            (*location, "read"),
            "READ",
            f"'{location[-1]}' cannot be read: {error}",
            "See 'Reading stored values' in docs/catalogue.md.",
        )


def _check_codes(one: Declared, name: str, item: Any, scope: Scope) -> Iterator[Problem]:
    if item.codes is not None and item.codes not in scope.code_lists:
        yield one.file.problem(
            ("items", name, "codes"),
            "UNKNOWN_CODES",
            f"no code list '{item.codes}'",
            f"Known: {', '.join(sorted(scope.code_lists)) or 'none'}.",
        )
    if item.mask is not None and item.type not in {"String", "CitizenId", "CreditCode"}:
        yield one.file.problem(
            ("items", name, "mask"),
            "MASK_TYPE",
            f"{item.type} cannot be masked",
            "Masks are for text.",
        )
    open_ = one.value.open if isinstance(one.value.open, str) else one.value.open.type
    if item.open is None and open_ == "unconditional" and (item.level or 1) > OPEN_LEVEL:
        return
    if item.open is True and (item.level or 1) > 2:
        yield one.file.problem(
            ("items", name, "open"),
            "OPEN_LEVEL",
            f"level {item.level} is never open",
            "Lower the level, or remove 'open'.",
        )


def _check_operators(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    able = operators_of(item.type)
    for position, operator in enumerate(item.match if isinstance(item.match, list) else ()):
        if operator not in able:
            yield one.file.problem(
                ("items", name, "match", position),
                "UNKNOWN_OPERATOR",
                f"no operator '{operator}' of {item.type}",
                f"Operators: {', '.join(sorted(able))}.",
            )


def _check_link(one: Declared, name: str, link: Any, scope: Scope) -> Iterator[Problem]:
    location: Location = ("items", name, "link")
    if bool(link.kinds) != bool(link.kind_column) or bool(link.kinds) == (link.to is not None):
        yield one.file.problem(
            location,
            "LINK_TARGET",
            "a link leads 'to' one entity, or by 'kind_column' to 'kinds'",
            "Give 'to', or both 'kind_column' and 'kinds'.",
        )
        return
    for kind, entity_name, key_name in targets_of(link):
        entity = scope.entities.get(entity_name)
        place: Location = (*location, "to") if link.to else (*location, "kinds", kind)
        if entity is None:
            yield one.file.problem(
                place,
                "UNKNOWN_ENTITY",
                f"no entity '{entity_name}'",
                f"Known: {', '.join(sorted(scope.entities))}.",
            )
            continue
        key = entity.keys.get(key_name) if key_name else entity.default_key
        if key is None:
            yield one.file.problem(
                (*location, "by") if link.to else place,
                "UNKNOWN_KEY",
                f"{entity.name} has no key '{key_name}'",
                f"Its keys: {', '.join(entity.keys)}.",
            )
        elif key.is_composite and set(link.parts) != {part.name for part in key.parts}:
            yield one.file.problem(
                (*location, "parts", *sorted(set(link.parts) - {part.name for part in key.parts})[:1]),
                "KEY_PARTS",
                f"key '{key.name}' of {entity.name} is made of {sorted(part.name for part in key.parts)}",
                "Give 'parts': a column for each part.",
            )
        else:
            yield from _check_key_types(one, name, key, scope)


def _check_key_types(one: Declared, name: str, key: Key, scope: Scope) -> Iterator[Problem]:
    """Whether a link's key stands in columns that are read as what it is made of."""
    item = one.value.items[name]
    if not key.is_composite:
        (part,) = key.parts
        if item.type != "String":  # a column without a type is read as the key it holds
            yield from check_type(one, ("items", name, "type"), item.column, item.type, part.type)
        return
    read = column_types(one, scope)
    for part in key.parts:
        column = item.link.parts[part.name]
        location = ("items", name, "link", "parts", part.name)
        yield from check_type(one, location, column, read.get(column, part.type), part.type)


def _check_rows(one: Declared, scope: Scope) -> Iterator[Problem]:
    if isinstance(one.value.open, str):
        return
    for name, operators in one.value.open.rows.items():
        item = one.value.items.get(name)
        if item is None or item.column is None:
            yield one.file.problem(
                ("open", "rows", name),
                "UNKNOWN_ITEM",
                f"no item '{name}' with a column",
                "Row conditions look at items of this resource.",
            )
        for operator, operand in operators.items():
            location: Location = ("open", "rows", name, operator)
            if operator not in OPERATORS:
                yield one.file.problem(
                    location,
                    "UNKNOWN_OPERATOR",
                    f"no operator '{operator}'",
                    f"Operators: {', '.join(sorted(OPERATORS))}.",
                )
            elif item is not None and not _is_operand(item.type, operator, operand, scope):
                yield one.file.problem(
                    location,
                    "ROW_OPERAND",
                    f"not what '{operator}' compares {item.type} with",
                    "Write it as in a query; 'in' takes a list, 'isNull' true or false.",
                )


def _is_operand(type_: str, operator: str, operand: Any, scope: Scope) -> bool:
    value = row_operand(type_, operator, operand)
    if value is None or type_ not in scope.code_lists or operator == "isNull":
        return value is not None
    codes = scope.code_lists[type_].values
    return all(one in codes for one in (value if isinstance(value, tuple) else (value,)))
