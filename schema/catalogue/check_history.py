"""Rules for `validity`: what answers `asOf` compares days, or is a source that can be asked for one."""

from collections.abc import Iterator, Mapping

from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope

COLUMNS = (("start", "from"), ("to", "to"), ("until", "until"))
"""Attribute and key in the file."""


def check_history(declared: Declarations, scope: Scope, kinds: Mapping[str, KindModels]) -> Iterator[Problem]:
    """Check every `validity:`."""
    for one in declared.resources:
        if one.value.validity is not None:
            yield from _check_ends(one)
            yield from _check_columns(one)
            yield from _check_source(one, scope, kinds)


def _check_ends(one: Declared) -> Iterator[Problem]:
    validity = one.value.validity
    has_columns = any(getattr(validity, name) is not None for name, _ in COLUMNS)
    if validity.at_source == has_columns:
        yield one.file.problem(
            ("validity",),
            "VALIDITY_COLUMNS",
            "a period stands in columns, or the source is asked for a day",
            "Give 'from', 'to' or 'until', or only 'at_source: true'.",
        )
    if validity.to is not None and validity.until is not None:
        yield one.file.problem(
            ("validity", "until"),
            "VALIDITY_END",
            "a period has one end",
            "Give 'to' (the last day) or 'until' (the day after it).",
        )


def _check_columns(one: Declared) -> Iterator[Problem]:
    for name, key in COLUMNS:
        column = getattr(one.value.validity, name)
        types = [item.type for item in one.value.items.values() if column and item.column == column]
        if column in one.value.columns:
            types.append(one.value.columns[column].type)
        if types and "Date" not in types:
            yield one.file.problem(
                ("validity", key),
                "VALIDITY_TYPE",
                f"'{column}' is read as {types[0]}",
                "Make its item, or its entry under 'columns', type: Date.",
            )


def _check_source(one: Declared, scope: Scope, kinds: Mapping[str, KindModels]) -> Iterator[Problem]:
    source = scope.sources.get(one.value.source or "")
    kind = kinds.get(source.kind) if source else None
    if one.value.validity.at_source and kind is not None and not kind.can_as_of:
        yield one.file.problem(
            ("validity", "at_source"),
            "CANNOT_AS_OF",
            f"a source of kind '{source.kind if source else ''}' cannot be asked for a day",
            "Name the columns of the period instead.",
        )
