"""What names mean in a set of declarations: the look-ups of the checks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schema.catalogue.compile_entities import compile_entity, type_of
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.entity import Entity
from schema.catalogue.problems import Problem
from schema.catalogue.yaml_file import Location, YamlFile
from schema.scalars import GEOGRAPHIC, SCALARS


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything declared, by name."""

    entities: Mapping[str, Entity]
    code_lists: Mapping[str, Any]
    sources: Mapping[str, Any]
    resources: Mapping[str, Declared]
    """By code."""
    promoted: Mapping[str, list[str]]
    sound_folders: frozenset[str]
    """Departments whose department.yaml could be read."""
    linked_entities: frozenset[str]
    """Entities that some link leads to."""
    unread: frozenset[str]
    """Departments with a resource that could not be read."""

    @classmethod
    def of(cls, declared: Declarations) -> "Scope":
        """Collect the names of declarations."""
        entities = {one.value.entity: compile_entity(one.value) for one in declared.entities}
        return cls(
            entities=entities,
            code_lists={one.value.codes: one.value for one in declared.code_lists},
            sources={n: s for one in declared.departments for n, s in one.value.sources.items()},
            resources={one.code: one for one in declared.resources},
            promoted=declared.city.value.promoted if declared.city else {},
            sound_folders=frozenset(one.folder for one in declared.departments),
            linked_entities=frozenset(
                target for one in declared.resources for target, _ in _link_targets(one)
            ),
            unread=declared.unread,
        )

    def is_broken(self, folder: str) -> bool:
        """Whether the folder's department.yaml itself has mistakes: others follow from it."""
        return folder not in self.sound_folders

    def is_missing(self, code: str) -> bool:
        """Whether there is no such resource, and none that could not be read may be it."""
        return code not in self.resources and code.partition(".")[0] not in self.unread

    def has_item(self, name: str) -> bool:
        """Whether there is `department.resource.item`."""
        code, _, item = name.rpartition(".")
        return code in self.resources and item in self.resources[code].value.items

    def lacks_item(self, name: str) -> bool:
        """Whether there is no such item, and no resource that could not be read may have it."""
        code = name.rpartition(".")[0]
        return self.is_missing(code) if code not in self.resources else not self.has_item(name)

    def is_promoted(self, entity: str, code: str) -> bool:
        """Whether the city put a resource directly on an entity."""
        return code in self.promoted.get(entity, ())

    def is_on(self, code: str, entity: str) -> bool:
        """Whether a resource has a field on an entity: by an attachment or a reverse link."""
        one = self.resources.get(code)
        if one is None:
            return False
        places = [attachment.on for attachment in one.value.attach if not attachment.core]
        return entity in [*places, *self.reverse_targets(one)]

    def is_enum(self, name: str) -> bool:
        """Whether a type is an enumerated code list."""
        return name in self.code_lists and self.code_lists[name].enum

    def check_type(
        self, file: YamlFile, location: Location, name: str, *, is_item: bool = False
    ) -> Iterator[Problem]:
        """Whether a type of the graph exists, and values of it are stored; areas are items only."""
        known = SCALARS.keys() - GEOGRAPHIC | ({"GeoJSON"} if is_item else set())
        if name not in known and not self.is_enum(name):
            yield file.problem(
                location,
                "UNKNOWN_TYPE",
                f"no type '{name}'",
                f"Types: {', '.join(sorted(known))}, and code lists with 'enum: true'.",
            )

    def type_of(self, item: Any) -> str:
        """An item's type, as compiled: of a link that says none, the key's; what is unknown is as written."""
        try:
            return type_of(item, self.entities)
        except KeyError:
            return str(item.type)

    def reverse_targets(self, one: Declared) -> list[str]:
        """Entities on which a resource's links list its rows."""
        return [target for target, reverse in _link_targets(one) if reverse]

    def places(self, one: Declared) -> Iterator[tuple[str, str, Location]]:
        """(entity, field, location) of a resource's attachments and reverse links."""
        for position, attachment in enumerate(one.value.attach):
            if attachment.field is not None:
                yield attachment.on, attachment.field, ("attach", position, "field")
        seen: set[tuple[str, str]] = set()
        for name, item in one.value.items.items():
            if item.link is None or item.link.reverse is None:
                continue
            for target in _targets(item.link):
                if (target, item.link.reverse) not in seen:
                    seen.add((target, item.link.reverse))
                    yield target, item.link.reverse, ("items", name, "link", "reverse")


def _link_targets(one: Declared) -> Iterator[tuple[str, str | None]]:
    for item in one.value.items.values():
        if item.link is not None:
            for target in _targets(item.link):
                yield target, item.link.reverse


def _targets(link: Any) -> list[str]:
    targets = [target.split(".", 1)[0] for target in link.kinds.values()]
    return list(dict.fromkeys(targets)) if link.kinds else [link.to] if link.to else []
