"""Rules for collections: nobody lists persons, and only what a source can page through is listed."""

from collections.abc import Iterator, Mapping

from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location

HAND_WRITTEN = ("catalogue", "me", "explainAccess")
"""Root fields that are there whatever the catalogue says."""


def check_collections(
    declared: Declarations, scope: Scope, kinds: Mapping[str, KindModels]
) -> Iterator[Problem]:
    """Check every `collection:`."""
    taken: dict[str, str] = dict.fromkeys(HAND_WRITTEN, "the product itself")
    for entity in scope.entities.values():
        names = (entity.root, f"{entity.root}By", entity.plural)
        taken |= dict.fromkeys(names, f"the entity {entity.name}")
    for one in declared.resources:
        if one.value.collection is not None:
            yield from _check_collection(one, scope, kinds, taken)


def _check_collection(
    one: Declared, scope: Scope, kinds: Mapping[str, KindModels], taken: dict[str, str]
) -> Iterator[Problem]:
    field = one.value.collection.field
    holder = taken.setdefault(field, one.code)
    if holder != one.code:
        yield one.file.problem(
            ("collection", "field"),
            "NAME_COLLISION",
            f"the root field '{field}' is taken by {holder}",
            "The newer field loses: give it another name.",
            takes="file",
        )
    yield from _check_listed(one, scope)
    source = scope.sources.get(one.value.source or "")
    kind = kinds.get(source.kind) if source else None
    if source is not None and kind is not None:
        yield from _check_pages(one, source.kind, kind)


def _check_listed(one: Declared, scope: Scope) -> Iterator[Problem]:
    """Whether its rows may be listed at all."""
    attached = [scope.entities[a.on] for a in one.value.attach if a.on in scope.entities]
    if one.value.personal is True or any(entity.is_personal for entity in attached):
        yield one.file.problem(
            ("collection",),
            "PERSONAL_COLLECTION",
            "a collection would list persons",
            "Personal resources are reached by key only: leave 'collection' out.",
        )
    if one.value.guards:
        yield one.file.problem(
            ("collection",),
            "GUARDED_COLLECTION",
            "a collection would list whom the guards protect",
            "Guards look at the key that a row is asked by: leave 'collection' or 'guards' out.",
        )


def _check_pages(one: Declared, name: str, kind: KindModels) -> Iterator[Problem]:
    """Whether a source of this kind can page through it."""
    if not kind.can_scan:
        yield one.file.problem(
            ("collection",),
            "CANNOT_SCAN",
            f"a source of kind '{name}' is read by key only",
            "Leave 'collection' out, or connect the resource by a kind that can page through it.",
        )
    elif one.value.origin is not None and not kind.scans(one.value.origin):
        yield one.file.problem(
            ("collection",),
            "CANNOT_SCAN",
            "'from' says nothing of how it is read without keys",
            "Add 'scan:' to 'from', or leave 'collection' out.",
        )
    elif not kind.can_search:
        yield from _check_plain_pages(one, name)


def _check_plain_pages(one: Declared, kind: str) -> Iterator[Problem]:
    """A source that pages and does nothing else has nothing left to ask it for."""
    value = one.value
    asked: list[tuple[Location, str]] = []
    if value.collection.total:
        asked.append((("collection", "total"), "counts"))
    if not isinstance(value.open, str) and value.open.rows:
        asked.append((("open", "rows"), "gives only rows that are open"))
    if value.validity is not None:
        asked.append((("validity",), "gives the rows of a day"))
    for location, what in asked:
        yield one.file.problem(
            location,
            "CANNOT_SEARCH",
            f"a source of kind '{kind}' pages through all its rows, and never {what}",
            "Leave this out, or 'collection'.",
        )
