"""Mistakes of themes: names of what is not there, and sets with nothing in them."""

from collections.abc import Iterator

from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope


def check_themes(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    """Check what themes are called and what they hold."""
    names: dict[str, str] = {}
    for one in declared.themes:
        file, value = one.file, one.value
        holder = names.setdefault(value.theme, file.path)
        if holder != file.path:
            yield file.problem(
                ("theme",),
                "NAME_COLLISION",
                f"'{value.theme}' is also declared in {holder}",
                "Give it another name.",
            )
        if not value.resources and not value.items:
            yield file.problem(
                ("theme",),
                "EMPTY_THEME",
                f"'{value.theme}' holds nothing",
                "List 'resources' (department.resource) or 'items' (department.resource.item).",
            )
        for position, code in enumerate(value.resources):
            if scope.is_missing(code):
                yield file.problem(
                    ("resources", position),
                    "UNKNOWN_RESOURCE",
                    f"no resource '{code}'",
                    _hint(code, "department.resource", scope),
                    takes="entry",
                )
        yield from _check_items(one, scope)


def _check_items(one: Declared, scope: Scope) -> Iterator[Problem]:
    for position, name in enumerate(one.value.items):
        code, _, item = name.rpartition(".")
        resource = scope.resources.get(code)
        if scope.is_missing(code):
            yield one.file.problem(
                ("items", position),
                "UNKNOWN_RESOURCE",
                f"no resource '{code}'",
                _hint(code, "department.resource.item", scope),
                takes="entry",
            )
        elif resource is not None and item not in resource.value.items:
            yield one.file.problem(
                ("items", position),
                "UNKNOWN_ITEM",
                f"'{code}' has no item '{item}'",
                f"Its items: {', '.join(resource.value.items)}.",
                takes="entry",
            )
        elif code in one.value.resources:
            yield one.file.problem(
                ("items", position),
                "LISTED_TWICE",
                f"'{code}' is here whole, its item '{item}' with it",
                "Take the item out, or list only some of the items and not the resource.",
            )


def _hint(code: str, form: str, scope: Scope) -> str:
    department = code.partition(".")[0]
    near = sorted(one for one in scope.resources if one.startswith(f"{department}."))
    return f"Write {form}; {department} has {', '.join(near)}." if near else f"Write {form}."
