"""Mistakes in the items of a resource."""

from collections.abc import Iterator
from typing import Any

from schema.catalogue.compile import ORDERED_TYPES
from schema.catalogue.compile_entities import targets_of
from schema.catalogue.declared import Declared
from schema.catalogue.model import Key
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location
from schema.predicate import OPERATORS
from schema.types.names import label_field, masked_field
from schema.types.visibility import OPEN_LEVEL
from schema.values import make_codec

DERIVATIONS = ("exists", "positive", "band", "equals", "age", "older")


def check_items(one: Declared, scope: Scope) -> Iterator[Problem]:
    """Give every mistake of a resource's items, arguments and row conditions."""
    for name, item in one.value.items.items():
        location: Location = ("items", name)
        yield from _check_generated(one, name, item)
        yield from scope.check_type(one.file, (*location, "type"), item.type, is_item=True)
        if item.derive is not None:
            yield from _check_derivation(one, name, item)
        elif item.column is None:
            yield one.file.problem(
                location, "NO_COLUMN", f"'{name}' has no column", "Add 'column:', or 'derive:'."
            )
        yield from _check_codec(one, name, item, scope)
        yield from _check_codes(one, name, item, scope)
        yield from _check_operators(one, name, item)
        if item.link is not None:
            yield from _check_link(one, name, item.link, scope)
    for name, argument in one.value.arguments.items():
        yield from scope.check_type(one.file, ("arguments", name, "type"), argument.type)
    for name, column in one.value.columns.items():
        yield from scope.check_type(one.file, ("columns", name, "type"), column.type)
    yield from _check_rows(one)


def _check_generated(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    names = [label_field(name)] * bool(item.codes) + [masked_field(name)] * bool(item.mask)
    former = [old for other, value in one.value.items.items() if other != name for old in value.formerly]
    for generated in [*names, *item.formerly]:
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


def _check_derivation(one: Declared, name: str, item: Any) -> Iterator[Problem]:
    derive, items = item.derive, one.value.items
    location: Location = ("items", name, "derive")
    kinds = [kind for kind in DERIVATIONS if getattr(derive, kind)]
    if len(kinds) != 1:
        yield one.file.problem(
            location,
            "ONE_DERIVATION",
            "a derived item has one derivation",
            f"Give exactly one of {', '.join(DERIVATIONS)}.",
        )
        return
    (kind,) = kinds
    given = getattr(derive, kind)
    source = given if isinstance(given, str) else given.item
    where: Location = (*location, kind) if isinstance(given, str) else (*location, kind, "item")
    if source not in items or items[source].derive is not None:
        yield one.file.problem(
            where,
            "UNKNOWN_ITEM",
            f"no item '{source}' with a column",
            "Name an item of this resource.",
        )
    elif kind in {"positive", "band"} and items[source].type not in ORDERED_TYPES:
        yield one.file.problem(
            where,
            "DERIVED_TYPE",
            f"'{source}' is {items[source].type}",
            "It takes a number or a date.",
        )
    elif kind in {"age", "older"} and items[source].type != "DateTime":
        yield one.file.problem(
            where, "DERIVED_TYPE", f"'{source}' is {items[source].type}", "It takes a DateTime."
        )
    if kind == "equals" and given.argument not in one.value.arguments:
        yield one.file.problem(
            (*location, kind, "argument"),
            "UNKNOWN_ARGUMENT",
            f"no argument '{given.argument}'",
            "Declare it under 'arguments'.",
        )
    if kind == "band" and len(given.labels) != len(given.bounds) + 1:
        yield one.file.problem(
            (*location, kind, "labels"),
            "BAND_LABELS",
            f"{len(given.bounds)} bounds make {len(given.bounds) + 1} bands",
            "Give one label more than bounds.",
        )
    if kind == "age" and item.type != "Int":
        yield one.file.problem(
            ("items", name, "type"), "DERIVED_TYPE", f"'{name}' is a number of seconds", "Make it type: Int."
        )
    if kind in {"exists", "positive", "equals", "older"} and item.type != "Boolean":
        yield one.file.problem(
            ("items", name, "type"),
            "DERIVED_TYPE",
            f"'{name}' says yes or no",
            "Make it type: Boolean.",
        )
    if item.column is not None:
        yield one.file.problem(
            ("items", name, "column"),
            "DERIVED_COLUMN",
            "a derived item has no column",
            "Remove it.",
        )


def _check_codec(one: Declared, name: str, item: Any, scope: Scope) -> Iterator[Problem]:
    known = item.type in scope.code_lists
    stored = {code: code for code in scope.code_lists[item.type].values} if known else None
    if item.read is not None and item.read.format and item.type not in {"Date", "DateTime"}:
        yield one.file.problem(
            ("items", name, "read", "format"),
            "READ_FORMAT",
            f"'{item.type}' has no date format",
            "Make it Date or DateTime, or remove the format.",
        )
        return
    try:
        make_codec(item.type, read=item.read, stored=tuple(map(str, item.stored)), stored_codes=stored)
    except (ValueError, KeyError) as error:
        yield one.file.problem(
            ("items", name, "read"),
            "READ",
            f"'{name}' cannot be read: {error}",
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
    for position, operator in enumerate(item.match if isinstance(item.match, list) else ()):
        if operator not in OPERATORS:
            yield one.file.problem(
                ("items", name, "match", position),
                "UNKNOWN_OPERATOR",
                f"no operator '{operator}'",
                f"Operators: {', '.join(sorted(OPERATORS))}.",
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
                location,
                "KEY_PARTS",
                f"key '{key.name}' of {entity.name} is made of {sorted(part.name for part in key.parts)}",
                "Give 'parts': a column for each part.",
            )
        else:
            yield from _check_key_types(one, name, key)


def _check_key_types(one: Declared, name: str, key: Key) -> Iterator[Problem]:
    """Whether a key stands in columns that are read as what it is made of."""
    item = one.value.items[name]
    if key.is_composite:
        read = {c: column.type for c, column in one.value.columns.items()}
        read |= {other.column: other.type for other in one.value.items.values() if other.column}
        for part in key.parts:
            type_ = read.get(item.link.parts[part.name], part.type)
            if type_ != part.type:
                yield _mistyped(one, ("items", name, "link", "parts", part.name), type_, part.type)
    elif item.type not in {"String", key.parts[0].type}:
        yield _mistyped(one, ("items", name, "type"), item.type, key.parts[0].type)


def _mistyped(one: Declared, location: Location, type_: str, wanted: str) -> Problem:
    return one.file.problem(
        location,
        "LINK_TYPE",
        f"the column is read as {type_}, and the key is {wanted}",
        f"Make it type: {wanted}; a column that holds several kinds of keys has no type.",
    )


def _check_rows(one: Declared) -> Iterator[Problem]:
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
        for operator in operators:
            if operator not in OPERATORS:
                yield one.file.problem(
                    ("open", "rows", name, operator),
                    "UNKNOWN_OPERATOR",
                    f"no operator '{operator}'",
                    f"Operators: {', '.join(sorted(OPERATORS))}.",
                )
