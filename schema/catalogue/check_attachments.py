"""Mistakes in where a resource is attached, and by what."""

from collections.abc import Iterator

from schema.catalogue.declared import Declared
from schema.catalogue.entity import Entity
from schema.catalogue.problems import Problem
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import Location


def check_attachments(one: Declared, scope: Scope) -> Iterator[Problem]:
    """Whether entities, keys and parts of keys are there."""
    for position, attachment in enumerate(one.value.attach):
        entity = scope.entities.get(attachment.on)
        if entity is None:
            yield one.file.problem(
                ("attach", position, "on"),
                "UNKNOWN_ENTITY",
                f"no entity '{attachment.on}'",
                f"Known: {', '.join(sorted(scope.entities))}.",
            )
            continue
        yield from _check_field(one, position)
        if attachment.via is None:
            yield from _check_by(one, position, entity)


def _check_field(one: Declared, position: int) -> Iterator[Problem]:
    """Where its rows or items stand on the entity."""
    attachment = one.value.attach[position]
    if attachment.core == (attachment.field is not None):
        yield one.file.problem(
            ("attach", position, "field"),
            "FIELD_OR_CORE",
            "an attachment has a 'field' or is 'core: true'",
            "Give exactly one of them.",
        )
    if attachment.covers and not attachment.core:
        yield one.file.problem(
            ("attach", position, "covers"),
            "COVERS_WITHOUT_CORE",
            "'covers' is for core resources",
            "Remove it, or make the attachment 'core: true'.",
        )


def _check_by(one: Declared, position: int, entity: Entity) -> Iterator[Problem]:
    """The keys by which an entity's rows are found, where no other resource leads to them."""
    by = one.value.attach[position].by
    location: Location = ("attach", position, "by")
    if isinstance(by, str):
        yield one.file.problem(
            location,
            "BY_WITHOUT_KEY",
            "'by' names a column without a key",
            "Write { key: COLUMN }; a column alone is for 'via'.",
        )
        return
    for key, columns in by.items():
        if key not in entity.keys:
            yield one.file.problem(
                (*location, key),
                "UNKNOWN_KEY",
                f"{entity.name} has no key '{key}'",
                f"Its keys: {', '.join(entity.keys)}.",
            )
            continue
        parts = {part.name for part in entity.keys[key].parts}
        given = set(columns) if isinstance(columns, dict) else None
        if entity.keys[key].is_composite != (given is not None) or given not in (None, parts):
            yield one.file.problem(
                (*location, key, *sorted((given or set()) - parts)[:1]),
                "KEY_PARTS",
                f"key '{key}' of {entity.name} is made of {sorted(parts)}",
                "A composite key takes a column for each part; a simple one a column.",
            )


def check_via(one: Declared, position: int, scope: Scope) -> Iterator[Problem]:
    """Whether the resource that leads here is there, and on the same entity."""
    attachment = one.value.attach[position]
    location: Location = ("attach", position, "via")
    resource_code = attachment.via.rpartition(".")[0]
    through = scope.resources.get(resource_code)
    if scope.lacks_item(attachment.via):
        yield one.file.problem(
            location,
            "UNKNOWN_VIA",
            f"no item '{attachment.via}'",
            "Write department.resource.item.",
            takes="entry",
        )
    elif through is not None and not any(
        a.on == attachment.on and a.via is None for a in through.value.attach
    ):
        yield one.file.problem(
            location,
            "VIA_NOT_ATTACHED",
            f"'{resource_code}' is not attached to {attachment.on} by key",
            "Only a resource on the same entity leads here, and only by one more hop.",
            takes="entry",
        )
    if not isinstance(attachment.by, str):
        yield one.file.problem(
            ("attach", position, "by"),
            "BY_WITH_VIA",
            "'via' takes a single column in 'by'",
            "Write by: COLUMN.",
        )


def check_batching(one: Declared, scope: Scope) -> Iterator[Problem]:
    """A join that asks key by key would be a call for every row that leads here."""
    if one.value.limits.max_keys != 1:
        return
    for attachment in one.value.attach:
        if attachment.via is not None or attachment.on in scope.linked_entities:
            if not one.value.limits.unbatched:
                yield one.file.problem(
                    ("limits", "max_keys"),
                    "UNBATCHABLE",
                    f"one key a call, and links lead to {attachment.on}: a list of them is a call each",
                    "Raise max_keys, or accept it with 'unbatched: true'.",
                    takes="entry",
                )
            return
