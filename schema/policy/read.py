"""Reads `access/*.yaml` from disk."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from schema.catalogue.files import read_text
from schema.catalogue.model import Catalogue
from schema.catalogue.problems import Problem, sort_problems
from schema.catalogue.validation import problems_of
from schema.catalogue.yaml_file import YamlFile, parse_yaml
from schema.policy.declarations import ApplicationDeclaration, GrantDeclaration
from schema.policy.known import KnownItems
from schema.policy.model import Application, Grant, Policy

_HARMLESS = frozenset({"UNKNOWN_ITEM"})
"""Mistakes that give nobody more: the item may be of a department that is gone."""
_HASH = re.compile(r"^sha256:[0-9a-f]{64}$")


def read_policy(directory: Path, catalogue: Catalogue) -> tuple[Policy, tuple[Problem, ...]]:
    """Read all applications; one whose mistakes could give it more is left out, so it may do nothing."""
    known = KnownItems(catalogue, {path.parent.name for path in directory.glob("departments/*/*.yaml")})
    applications: dict[str, Application] = {}
    problems: list[Problem] = []
    for path in sorted((directory / "access").glob("*.yaml")):
        name = path.relative_to(directory).as_posix()
        try:
            file = parse_yaml(name, read_text(path))
        except FileNotFoundError:  # it went since we looked, or a link leads nowhere
            continue
        found = list(file.problems)
        if found and file.value is None:  # nothing was read
            problems += found
            continue
        try:
            value = ApplicationDeclaration.model_validate(file.value)
        except ValidationError as error:
            problems += [*found, *problems_of(error, file, ())]
            continue
        found += [*_check(value, file, known), *_check_who(value, file, catalogue)]
        if value.application in applications:
            found.append(
                file.problem(("application",), "NAME_COLLISION", "declared twice", "Rename one of them.")
            )
        if all(problem.code in _HARMLESS for problem in found):
            applications.setdefault(value.application, _compile(value))
        problems += found
    return Policy(applications), sort_problems(problems)


def _check_who(value: ApplicationDeclaration, file: YamlFile, catalogue: Catalogue) -> Iterator[Problem]:
    for position, subject in enumerate(value.subjects):
        if subject.partition(":")[0] not in catalogue.entities:
            yield file.problem(
                ("subjects", position),
                "UNKNOWN_ENTITY",
                "it does not begin with an entity",
                "Write Entity:key of its default key, parts of a composite one joined by '|'.",
            )


def _check(value: ApplicationDeclaration, file: YamlFile, known: KnownItems) -> Iterator[Problem]:
    for position, key in enumerate(value.keys):
        if not _HASH.match(key):
            yield file.problem(
                ("keys", position),
                "KEY_HASH",
                "not the SHA-256 of a key",
                "`jutong keys` gives a key and what to write here.",
            )
    for place, grant in enumerate(value.grants):
        for position, pattern in enumerate(grant.items):
            if not known.has(pattern):
                yield file.problem(
                    ("grants", place, "items", position),
                    "UNKNOWN_ITEM",
                    f"no item is '{pattern}'",
                    "Write department.resource.item, `*` for any text.",
                )
        for position, purpose in enumerate(grant.purposes):
            if purpose not in value.purposes:
                yield file.problem(
                    ("grants", place, "purposes", position),
                    "UNKNOWN_PURPOSE",
                    f"'{purpose}' is no purpose of the application",
                    "Add it to its 'purposes'.",
                )


def _compile(value: ApplicationDeclaration) -> Application:
    return Application(
        name=value.application,
        title=value.title,
        audience=value.audience,
        department=value.department,
        purposes=frozenset(value.purposes),
        key_hashes=tuple(key.removeprefix("sha256:") for key in value.keys),
        grants=tuple(_grant(grant) for grant in value.grants),
        operator=value.operator,
        case=value.case,
        subjects=tuple(
            (entity, tuple(key.split("|")))
            for entity, _, key in (one.partition(":") for one in value.subjects)
        ),
    )


def _grant(value: GrantDeclaration) -> Grant:
    return Grant(
        id=value.id,
        items=tuple(value.items),
        purposes=frozenset(value.purposes),
        level=value.level,
        rights=frozenset(value.rights),
        valid_from=value.valid_from,
        valid_to=value.valid_to,
        is_revoked=value.revoked,
        requires_consent=value.consent,
    )
