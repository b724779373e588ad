"""Rules for `aliases`: what a register of aliases leads from and to, and whose right to use decides."""

from collections.abc import Container, Iterator

from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope


def check_aliases(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    """Check every `aliases:`."""
    for one in declared.resources:
        if one.value.aliases is not None:
            yield from _check(one, scope)


def _check_kind(one: Declared, columns: Container[str | None]) -> Iterator[Problem]:
    aliases = one.value.aliases
    if bool(aliases.kinds) != bool(aliases.kind_column) or (aliases.kind and aliases.kinds):
        yield one.file.problem(
            ("aliases",),
            "ALIAS_KIND",
            "why a key gave way stands in 'kind', or in 'kind_column' with 'kinds'",
            "Give 'kind', or both 'kind_column' and 'kinds', or none of them.",
        )
    elif aliases.kind_column and aliases.kind_column not in columns:
        yield one.file.problem(
            ("aliases", "kind_column"),
            "ALIAS_WITHOUT_ITEM",
            f"no item stands on '{aliases.kind_column}'",
            "Make it an item: whether the kind may be told is the right to show it.",
        )


def _check(one: Declared, scope: Scope) -> Iterator[Problem]:
    aliases = one.value.aliases
    entity = scope.entities.get(aliases.of)
    if entity is None:
        yield one.file.problem(
            ("aliases", "of"),
            "UNKNOWN_ENTITY",
            f"no entity '{aliases.of}'",
            f"Known: {', '.join(sorted(scope.entities))}.",
        )
        return
    items = {item.column for item in one.value.items.values()}
    yield from _check_kind(one, items)
    for end in ("old", "current"):
        ((name, given),) = getattr(aliases, end).items()
        key = entity.keys.get(name)
        if key is None:
            yield one.file.problem(
                ("aliases", end, name),
                "UNKNOWN_KEY",
                f"{entity.name} has no key '{name}'",
                f"Its keys: {', '.join(entity.keys)}.",
            )
            continue
        parts = {part.name for part in key.parts}
        if key.is_composite != isinstance(given, dict) or (isinstance(given, dict) and set(given) != parts):
            yield one.file.problem(
                ("aliases", end, name),
                "KEY_PARTS",
                f"key '{name}' of {entity.name} is made of {sorted(parts)}",
                "A composite key takes a column for each part; a simple one a column.",
            )
            continue
        for column in given.values() if isinstance(given, dict) else [given]:
            if column not in items:
                yield one.file.problem(
                    ("aliases", end, name),
                    "ALIAS_WITHOUT_ITEM",
                    f"no item stands on '{column}'",
                    "Make it an item: whether an alias may be followed is the right to use it.",
                )
