"""Personas: rows that somebody wrote, for particular keys, in place of synthetic ones.

persona: 有两张资格证的司机 — A driver with two qualifications
of: Person
key: "500000198502140017"        # a mapping of parts where the key is composite
rows:
  transport.qualification:
    - { category: ROAD_FREIGHT, validTo: 2027-12-31, operator: 91500000DEM000129B }
    - {}                         # items that are not given are synthetic
  civil.death: []                # no record
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import GraphQLError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.requests import Key
from connectors.sandbox.blueprint import Blueprint, draft
from connectors.sandbox.rows import Given, Written, put_key, stored
from connectors.sandbox.universe import Owner, Universe
from schema.catalogue.entity import KeyPart
from schema.catalogue.item import Item
from schema.catalogue.model import Catalogue, Resource
from schema.catalogue.yaml_file import parse_yaml
from schema.lexical import ScalarError
from schema.scalars import SCALARS

FOLDER = "personas"
"""Below the catalogue's directory."""


class PersonaError(Exception):
    """A persona is wrong; the message says where and how to mend it."""


class Persona(BaseModel):
    """One file of `personas/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    persona: str
    of: str = Field(description="An entity.")
    key: str | int | dict[str, Any] = Field(description="The value of its key, or of each part.")
    by: str | None = Field(default=None, description="Name of the key; default: the entity's first.")
    rows: dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class _Collected:
    rows: dict[str, tuple[Given, ...]] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)


def read_personas(directory: Path, catalogue: Catalogue) -> Mapping[str, Written]:
    """Read `personas/` below a catalogue: rows by code of the resource. Raises `PersonaError`."""
    universe = Universe(catalogue)
    found: dict[str, _Collected] = {}
    for path in sorted((directory / FOLDER).glob("*.yaml")):
        try:
            for code, owner, rows in _read(path, catalogue, universe):
                collected = found.setdefault(code, _Collected())
                collected.rows[owner.seed] = rows
                collected.owners[owner.seed] = owner
        except PersonaError as error:
            raise PersonaError(f"{FOLDER}/{path.name}: {error}") from None
    return {code: Written(one.rows, one.owners) for code, one in found.items()}


def _read(
    path: Path, catalogue: Catalogue, universe: Universe
) -> Iterator[tuple[str, Owner, tuple[Given, ...]]]:
    file = parse_yaml(path.name, path.read_text(encoding="utf-8"))
    if file.problems:
        raise PersonaError(f"line {file.problems[0].line}: {file.problems[0].message}")
    try:
        persona = Persona.model_validate(file.value)
    except ValidationError as error:
        places = (
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)
        )
        raise PersonaError("; ".join(places)) from None
    owner = _owner(persona, catalogue, universe)
    for code, rows in persona.rows.items():
        resource = catalogue.resources.get(code)
        if resource is None:
            raise PersonaError(f"there is no resource '{code}'")
        blueprint = draft(resource, catalogue)
        owners = [place.entity for place in blueprint.owners if place.entity]
        if owner.entity not in owners:
            known = ", ".join(owners) or "nobody"
            raise PersonaError(f"rows of {code} belong to {known}: write them in a persona of theirs")
        if blueprint.has_one and len(rows) > 1:
            raise PersonaError(f"{code} has one row for each {owner.entity}")
        writer = _RowWriter(resource, blueprint, catalogue, universe)
        yield code, owner, tuple(writer.write(row) for row in rows)


def _owner(persona: Persona, catalogue: Catalogue, universe: Universe) -> Owner:
    entity = catalogue.entities.get(persona.of)
    if entity is None:
        raise PersonaError(f"there is no entity '{persona.of}'")
    name = persona.by or entity.default_key.name
    if name not in entity.keys:
        raise PersonaError(f"{persona.of} has no key '{name}'; it has {', '.join(entity.keys)}")
    return universe.owner_of(persona.of, name, _key(persona.key, entity.keys[name].parts, catalogue))


def _key(given: Any, parts: tuple[KeyPart, ...], catalogue: Catalogue) -> Key:
    values = given if isinstance(given, dict) else {parts[0].name: given}
    if set(values) != {part.name for part in parts}:
        raise PersonaError(f"the key has the parts {', '.join(part.name for part in parts)}")
    return tuple(_value(values[part.name], part.type, part.name, catalogue) for part in parts)


def _value(given: Any, type_: str, name: str, catalogue: Catalogue) -> Any:
    """A value as a client would write it."""
    listed = catalogue.code_lists.get(type_)
    if listed is not None:
        if str(given) not in listed.labels:
            raise PersonaError(f"{name}: one of {', '.join(listed.labels)}")
        return str(given)
    is_text = type_ not in {"Int", "Float", "Decimal", "Boolean"} and not isinstance(given, bool)
    try:
        return SCALARS[type_].coerce_input_value(str(given) if is_text else given)
    except (GraphQLError, ScalarError) as error:
        raise PersonaError(f"{name}: {error}") from None


@dataclass(frozen=True, slots=True)
class _RowWriter:
    """Writes rows of one resource as its source would store them."""

    resource: Resource
    blueprint: Blueprint
    catalogue: Catalogue
    universe: Universe

    def write(self, row: Mapping[str, Any]) -> Given:
        raw: dict[str, Any] = {}
        for name, given in row.items():
            item = self.resource.items.get(name)
            if item is None or item.column is None:
                why = "is derived: give what it is derived from" if item else "is no item"
                raise PersonaError(f"{self.resource.code}: '{name}' {why}")
            if any(item.column in way.columns for place in self.blueprint.owners for way in place.ways):
                raise PersonaError(f"{self.resource.code}: '{name}' follows from the persona's key")
            if item.link is not None:
                self._link(raw, item, given)
            else:
                raw[item.column] = self._plain(item, given)
        return raw

    def _plain(self, item: Item, given: Any) -> Any:
        if given is None:
            return None
        value = _value(given, item.codes or item.type, item.name, self.catalogue)
        raw = stored(item.codec, [value])
        if raw is None:
            raise PersonaError(f"{item.name}: the source has no form for this value")
        return raw

    def _link(self, raw: dict[str, Any], item: Item, given: Any) -> None:
        """A link's target: its key, with `Entity:` before it where the row says the kind."""
        reference = next(
            one
            for one in self.blueprint.references
            if any(item.column in way.columns for place in one.targets.values() for way in place.ways)
        )
        if given is None:
            raw.update(
                {c: None for place in reference.targets.values() for way in place.ways for c in way.columns}
            )
            return
        entity, _, text = given.rpartition(":") if isinstance(given, str) else ("", "", given)
        for kind, place in reference.targets.items():
            if entity in {place.entity, ""} and (entity or len(reference.targets) == 1):
                key = self.catalogue.entities[place.entity].keys[place.ways[0].key]
                value = _key(text, key.parts, self.catalogue)
                target = self.universe.owner_of(place.entity, key.name, value)
                for way in place.ways:
                    put_key(raw, way, target.keys.get(way.key))
                if reference.kind_column is not None:
                    raw[reference.kind_column] = kind
                return
        kinds = ", ".join(f"{place.entity}:<key>" for place in reference.targets.values())
        raise PersonaError(f"{item.name}: leads to {kinds}")
