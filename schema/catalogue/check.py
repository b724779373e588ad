"""What one file cannot know about itself: names that must exist, joins that must batch, one authority.

Every rule is a function from the declarations to problems. Those that a resource can break by itself
are `check_own`, the others `check_between`, and a file that did not change is asked only these. Where two
fields want one name, the newer one (changed since, or later in the order of files) loses and is named.
"""

from collections.abc import Callable, Iterator, Mapping

from schema.catalogue.check_aliases import check_aliases
from schema.catalogue.check_attachments import check_attachments, check_batching, check_via
from schema.catalogue.check_city import check_city
from schema.catalogue.check_collections import check_collections
from schema.catalogue.check_geography import check_boundary_names, check_geography
from schema.catalogue.check_guards import check_guards
from schema.catalogue.check_history import check_history
from schema.catalogue.check_items import check_items
from schema.catalogue.check_keys import check_keys, check_via_type
from schema.catalogue.check_origin import check_origin
from schema.catalogue.check_places import check_places
from schema.catalogue.check_quality import check_same_as
from schema.catalogue.check_themes import check_themes
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.names import pascal


def check_own(declared: Declarations, scope: Scope, kinds: Mapping[str, KindModels]) -> Iterator[Problem]:
    """Give the mistakes that each resource makes by itself, in the city around it.

    `declared.resources` may be some of them, and `scope` knows entities, code lists and sources: what
    another resource says changes nothing here, so that an unchanged file is not looked at again.
    """
    for one in declared.resources:
        yield from _check_source(one, scope)
        yield from _check_sharing(one)
        yield from check_attachments(one, scope)
        yield from check_guards(one)
        yield from check_items(one, scope)
        yield from check_keys(one, scope)
        yield from check_origin(one, scope, kinds)
    yield from check_history(declared, scope, kinds)
    yield from check_aliases(declared, scope)
    yield from check_geography(declared, scope)


def check_between(declared: Declarations, scope: Scope, kinds: Mapping[str, KindModels]) -> Iterator[Problem]:
    """Give the mistakes that take several files to see. Of other resources' items it looks at the names,
    types and links alone (`Declared.thin`)."""
    for rule in RULES:
        yield from rule(declared, scope)
    yield from check_collections(declared, scope, kinds)
    yield from check_boundary_names(declared)


def _check_entities(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    roots: dict[str, str] = {}
    for one in sorted(declared.entities, key=lambda one: not one.is_shipped):
        entity = scope.entities[one.value.entity]
        for name in (entity.root, f"{entity.root}By", entity.plural):
            if roots.setdefault(name, entity.name) != entity.name:
                yield one.file.problem(
                    ("entity",),
                    "NAME_COLLISION",
                    f"root field '{name}' is also {roots[name]}'s",
                    "Give another 'root' or 'plural'.",
                )
        for key in entity.keys.values():
            for part in key.parts:
                yield from scope.check_type(one.file, ("keys", key.name), part.type)
            if key.slice is not None and key.slice.key not in entity.keys:
                yield one.file.problem(
                    ("keys", key.name, "slice", "key"),
                    "UNKNOWN_KEY",
                    f"'{entity.name}' has no key '{key.slice.key}'",
                    f"Its keys: {', '.join(entity.keys)}.",
                )


def _check_code_lists(declared: Declarations, scope: Scope) -> Iterator[Problem]:  # noqa: ARG001 - a rule's shape
    for one in declared.code_lists:
        for code in one.value.values if one.value.enum else ():
            if not code.isidentifier() or not code.isascii() or code in {"true", "false", "null"}:
                yield one.file.problem(
                    ("values", code),
                    "ENUM_NAME",
                    f"'{code}' cannot be an enumeration value",
                    "Use letters, digits and underscores; give what sources store as 'stored'.",
                )


def _check_departments(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for one in declared.departments:
        if one.value.department != one.folder:
            yield one.file.problem(
                ("department",),
                "FOLDER_NAME",
                f"'{one.value.department}' stands in the folder '{one.folder}'",
                "A department's folder has its name.",
            )
        for name in one.value.sources:
            if seen.setdefault(name, one.folder) != one.folder:
                yield one.file.problem(
                    ("sources", name),
                    "NAME_COLLISION",
                    f"source '{name}' is also declared by '{seen[name]}'",
                    "Give it another name.",
                )
    folders = {one.folder for one in declared.departments}
    for one in declared.resources:
        if one.folder not in folders and one.folder not in scope.unread:
            yield one.file.problem(
                ("resource",),
                "UNKNOWN_DEPARTMENT",
                f"the folder '{one.folder}' has no department.yaml",
                "Add departments/<name>/department.yaml beside it.",
            )


def _check_resources(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    codes: dict[str, Declared] = {}
    types: dict[str, str] = {}
    for one in declared.resources:
        if one.code in codes:
            yield one.file.problem(
                ("resource",),
                "NAME_COLLISION",
                f"'{one.code}' is also declared in {codes[one.code].file.path}",
                "Give it another name.",
                takes="file",
            )
        codes.setdefault(one.code, one)
        type_name = pascal(one.folder) + pascal(one.value.resource)
        if type_name in scope.entities or types.setdefault(type_name, one.code) != one.code:
            yield one.file.problem(
                ("resource",),
                "NAME_COLLISION",
                f"its type would be {type_name}, which there is already",
                "Give it another name.",
                takes="file",
            )
        for position, attachment in enumerate(one.value.attach):
            if attachment.via is not None and attachment.on in scope.entities:
                yield from check_via(one, position, scope)
                yield from check_via_type(one, position, scope)
        yield from check_batching(one, scope)
        yield from check_same_as(one, scope)


def _check_source(one: Declared, scope: Scope) -> Iterator[Problem]:
    value = one.value
    if value.source is None:
        if value.connected:
            yield one.file.problem(
                ("resource",),
                "NO_SOURCE",
                "it has no source",
                "Add 'source:', or say 'connected: false'.",
            )
    elif value.source not in scope.sources and not scope.is_broken(one.folder):
        yield one.file.problem(
            ("source",),
            "UNKNOWN_SOURCE",
            f"no source '{value.source}'",
            f"Declare it in department.yaml; known: {', '.join(sorted(scope.sources)) or 'none'}.",
            takes="entry",
        )
    if value.limits.default_first > value.limits.max_first:
        yield one.file.problem(
            ("limits", "default_first"), "LIMITS", "default_first is above max_first", "Lower it."
        )


def _check_sharing(one: Declared) -> Iterator[Problem]:
    sharing = one.value.sharing
    if sharing.type == "withheld" and not sharing.basis:
        yield one.file.problem(
            ("sharing", "type"),
            "NO_LEGAL_BASIS",
            "withheld without a legal basis",
            "Shared by principle, withheld by exception: name the law or decision as 'basis'.",
        )
    if sharing.type == "conditional" and not sharing.condition:
        yield one.file.problem(
            ("sharing", "type"),
            "NO_CONDITION",
            "conditional without a condition",
            "Say under which 'condition' it is shared.",
        )
    if sharing.type == "withheld" and one.value.open != "closed":
        yield one.file.problem(
            ("open",), "OPEN_BUT_WITHHELD", "withheld and open at once", "Say 'open: closed'."
        )


RULES: tuple[Callable[[Declarations, Scope], Iterator[Problem]], ...] = (
    check_city,
    _check_entities,
    _check_code_lists,
    _check_departments,
    _check_resources,
    check_places,
    check_themes,
)
