"""Rules for names on entities: each stands for one thing, and each item has one authority for a key."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schema.catalogue.check_items import fields_of
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location

RESERVED = frozenset({"id", "_states"})


def check_places(declared: Declarations, scope: Scope) -> Iterator[Problem]:
    """Names on entities: who came first keeps the name."""
    taken: Taken = {}
    for entity in scope.entities.values():
        for name in (*RESERVED, *entity.keys):
            taken[entity.name, "", name] = "the entity itself"
        for department in declared.departments:
            taken.setdefault((entity.name, "", department.folder), department)
    for one in declared.resources:
        code = one.code
        for entity_name, field, location in scope.places(one):
            place = (entity_name, "" if scope.is_promoted(entity_name, code) else one.folder, field)
            if taken.setdefault(place, code) != code:
                yield _collision(declared, one, location, place, taken[place])
    yield from _check_core(declared, scope, taken)


Taken = dict[tuple[str, str, str], "str | Declared"]
"""Who has a name in a space of an entity; a department has that of its own space."""


def _collision(
    declared: Declarations,
    one: Declared,
    location: Location,
    place: tuple[str, str, str],
    holder: "str | Declared",
) -> Problem:
    entity, _, field = place
    if isinstance(holder, str):
        what = holder
    elif holder.file.path in declared.newer and one.file.path not in declared.newer:
        return holder.file.problem(
            ("department",),
            "NAME_COLLISION",
            f"'{field}' on {entity} is a field of {one.code}",
            "The newer name loses: give the department another one.",
        )
    else:
        what = f"the namespace of '{holder.folder}'"
    return one.file.problem(
        location,
        "NAME_COLLISION",
        f"'{field}' on {entity} is taken by {what}",
        "The newer field loses: give it another name.",
        takes="file",
    )


def _check_core(declared: Declarations, scope: Scope, taken: Taken) -> Iterator[Problem]:
    authorities: dict[tuple[str, str], list[_Authority]] = {}
    for one in declared.resources:
        for position, attachment in enumerate(one.value.attach):
            if not attachment.core or attachment.on not in scope.entities:
                continue
            for name, item in one.value.items.items():
                for field in fields_of(name, item):
                    place = (attachment.on, "", field)
                    if place in taken:
                        yield _collision(declared, one, ("items", name), place, taken[place])
                others = authorities.setdefault((attachment.on, name), [])
                mine = _Authority(one.code, tuple(attachment.covers) or ("",), item.type)
                yield from _check_authority(one, position, name, mine, others)
                others.append(mine)


class _Authority(NamedTuple):
    """Who is authoritative for an item of an entity, for keys that begin so."""

    code: str
    covers: tuple[str, ...]
    type: str

    def overlaps(self, other: "_Authority") -> bool:
        return any(a.startswith(b) or b.startswith(a) for a in self.covers for b in other.covers)


def _check_authority(
    one: Declared, position: int, name: str, mine: _Authority, others: Iterable[_Authority]
) -> Iterator[Problem]:
    attachment = one.value.attach[position]
    for other in others:
        if mine.overlaps(other):
            yield one.file.problem(
                ("attach", position, "covers" if attachment.covers else "core"),
                "OVERLAPPING_COVERS",
                f"'{name}' of {attachment.on} would have two authorities: {other.code} and {mine.code}",
                "One authoritative source for each item and key: make 'covers' disjoint.",
                takes="file",
            )
            return
        if other.type != mine.type:
            yield one.file.problem(
                ("items", name),
                "TYPE_MISMATCH",
                f"'{name}' is {other.type} in {other.code}",
                "Authorities of one item give one type.",
                takes="file",
            )
