"""`jutong protect`: who is protected.

Identifiers come from standard input and are never printed: a command line is kept by the shell's history, and
shown to every user of the machine.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLError

from connectors.registry import find_kinds
from gateway.cli.mistakes import Mistake, check_catalogue
from gateway.cli.serve import settings_with
from gateway.identity.pseudonyms import Key
from gateway.store.protections import Protections, is_begun
from gateway.store.state import STORE, open_store
from schema.catalogue.entity import KeyPart
from schema.catalogue.model import Catalogue
from schema.catalogue.read import read_catalogue
from schema.scalars import SCALARS

protect = typer.Typer(help="Say who is protected; a running gateway knows at once.", no_args_is_help=True)

State = Annotated[Path, typer.Argument(help="Directory of the gateway's state.")]
EntityName = Annotated[str, typer.Argument(metavar="ENTITY", help="Whose keys they are: Person.")]
CatalogueOption = Annotated[Path | None, typer.Option("--catalogue", help="Directory of the catalogue.")]
KeyOption = Annotated[
    str | None, typer.Option("--key", help="Which of its keys; the default key if left out.")
]


@protect.command()
def add(state: State, entity: EntityName, catalogue: CatalogueOption = None, key: KeyOption = None) -> None:
    """Protect those whose keys are on standard input, one a line; of a composite key with commas between."""
    if not state.is_dir():
        raise Mistake(f"There is no directory {state}: give the directory that JUTONG_STATE names.")
    is_new = not is_begun(state / STORE)
    with closing(_Subjects(state, entity, catalogue, key)) as subjects:
        if is_new:
            typer.echo(f"There was no store in {state}: a new one is begun.", err=True)
        added = sum(subjects.protections.add(subject) for subject in subjects.read())
        typer.echo(f"{added} protected now; {len(subjects.protections.listed())} in all.")


@protect.command()
def remove(
    state: State, entity: EntityName, catalogue: CatalogueOption = None, key: KeyOption = None
) -> None:
    """Protect those no longer whose keys are on standard input, one a line."""
    _expect_store(state)
    with closing(_Subjects(state, entity, catalogue, key)) as subjects:
        removed = sum(subjects.protections.remove(subject) for subject in subjects.read())
        typer.echo(f"{removed} protected no longer; {len(subjects.protections.listed())} are.")


@protect.command("list")
def list_(state: State) -> None:
    """Print who is protected, by pseudonym: as in the record's `subjects`."""
    _expect_store(state)
    _, protections = open_store(settings_with(state=state))
    with closing(protections):
        for subject in protections.listed():
            typer.echo(subject)


def _expect_store(state: Path) -> None:
    if not is_begun(state / STORE):
        raise Mistake(f"There is no store in {state}: give the directory that JUTONG_STATE names.")


class _Subjects:
    """Those whose keys are on standard input, and the store of who is protected. Raises `Mistake`."""

    protections: Protections

    def __init__(self, state: Path, entity: str, catalogue: Path | None, key: str | None) -> None:
        settings = settings_with(state=state, catalogue=catalogue)
        check_catalogue(settings.catalogue)
        self._entity = entity
        self._catalogue = read_catalogue(settings.catalogue, find_kinds(), os.environ).catalogue
        self._parts = _parts_of(self._catalogue, entity, key)
        self._pseudonyms, self.protections = open_store(settings)

    def read(self) -> list[str]:
        """The pseudonyms of all of them, once all are valid."""
        if sys.stdin.isatty():
            typer.echo("One key a line; end with Ctrl-D.", err=True)
        return self._pseudonyms.subjects(self._entity, list(self._keys()))

    def _keys(self) -> Iterator[Key]:
        wrong = []
        for number, line in enumerate(sys.stdin.buffer, 1):
            try:
                if text := line.decode("utf-8-sig").strip():
                    yield _key(self._catalogue, self._parts, text)
            except (GraphQLError, ValueError, TypeError):
                wrong.append(str(number))
        if wrong:
            typer.echo(f"No such key in line {', '.join(wrong)}; nothing was changed.", err=True)
            raise typer.Exit(1)

    def close(self) -> None:
        """Close the store."""
        self.protections.close()


def _parts_of(catalogue: Catalogue, name: str, key: str | None) -> tuple[KeyPart, ...]:
    entity = catalogue.entities.get(name)
    if entity is None:
        known = ", ".join(sorted(catalogue.entities)) or "none"
        raise Mistake(f"There is no entity '{name}'; the catalogue has: {known}.")
    if key is not None and key not in entity.keys:
        raise Mistake(f"{name} has no key '{key}'; it has: {', '.join(entity.keys)}.")
    return (entity.default_key if key is None else entity.keys[key]).parts


def _key(catalogue: Catalogue, parts: tuple[KeyPart, ...], text: str) -> Key:
    """As the graph reads it from an argument. Raises what the scalars raise, and `ValueError`."""
    given = text.split(",") if len(parts) > 1 else [text]
    return tuple(_value(catalogue, part.type, one.strip()) for part, one in zip(parts, given, strict=True))


def _value(catalogue: Catalogue, type_: str, text: str) -> object:
    scalar, codes = SCALARS.get(type_), catalogue.code_lists.get(type_)
    if scalar is not None:
        return scalar.coerce_input_value(int(text) if type_ == "Int" else text)
    if codes is None or text not in codes.labels:
        raise ValueError
    return text
