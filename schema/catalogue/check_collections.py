"""Rules for collections: nobody lists persons, and only what a source can page through is listed."""

from collections.abc import Iterator, Mapping

from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope

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
    value, field = one.value, one.value.collection.field
    holder = taken.setdefault(field, f"{one.folder}.{value.resource}")
    if holder != f"{one.folder}.{value.resource}":
        yield one.file.problem(
            ("collection", "field"),
            "NAME_COLLISION",
            f"the root field '{field}' is taken by {holder}",
            "The newer field loses: give it another name.",
        )
    attached = [scope.entities[a.on] for a in value.attach if a.on in scope.entities]
    is_personal = value.personal is True or any(entity.is_personal for entity in attached)
    if is_personal:
        yield one.file.problem(
            ("collection",),
            "PERSONAL_COLLECTION",
            "a collection would list persons",
            "Personal resources are reached by key only: leave 'collection' out.",
        )
    source = scope.sources.get(value.source or "")
    kind = kinds.get(source.kind) if source else None
    if kind is not None and not kind.can_scan:
        yield one.file.problem(
            ("collection",),
            "CANNOT_SCAN",
            f"a source of kind '{source.kind if source else ''}' is read by key only",
            "Leave 'collection' out, or connect the resource by a kind that can page through it.",
        )
