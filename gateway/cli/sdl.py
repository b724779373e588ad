"""`jutong sdl`: the schema of an audience, or a part of it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer
from graphql import print_schema

from connectors.registry import find_kinds
from gateway.cli.mistakes import Mistake, check_catalogue
from gateway.compose import compose
from gateway.publish.slices import Slice, cut
from schema.catalogue.read import read_catalogue
from schema.policy.caller import ANONYMOUS, Audience
from schema.policy.model import Policy
from schema.policy.visibility import visible_to


def sdl(
    directory: Annotated[Path, typer.Argument(help="Directory of the catalogue.")],
    open_: Annotated[bool, typer.Option("--open", help="What everyone sees.")] = False,
    department: Annotated[
        list[str] | None, typer.Option(help="These departments only; may be given again.")
    ] = None,
    theme: Annotated[list[str] | None, typer.Option(help="These themes only; may be given again.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="As the field 'sdl' of a JSON object.")] = False,
) -> None:
    """Print the schema that an audience sees; exit code 1 if mistakes in the catalogue leave out a part."""
    check_catalogue(directory)
    audience: Audience = "open" if open_ else "share"
    checked = read_catalogue(directory, find_kinds())
    catalogue = checked.catalogue
    wanted = Slice(frozenset(department or ()), frozenset(theme or ()))
    _check_known("department", wanted.departments, catalogue.departments)
    _check_known("theme", wanted.themes, catalogue.themes)
    visibility = visible_to(audience, catalogue)
    if not wanted.is_whole:
        visibility = cut(visibility, wanted, catalogue, Policy({}), ANONYMOUS, date.min)
    text = print_schema(compose(audience, catalogue, visibility)[1])
    typer.echo(orjson.dumps({"sdl": text}).decode() if json_ else text)
    for problem in checked.problems:
        typer.echo(str(problem), err=True)
    raise typer.Exit(1 if checked.problems else 0)


def _check_known(kind: str, wanted: frozenset[str], known: Mapping[str, object]) -> None:
    unknown = sorted(wanted - known.keys())
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise Mistake(f"There is no {kind} '{unknown[0]}'. There are: {names}.")
