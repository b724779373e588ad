"""`jutong sdl`: the schema of an audience, or a part of it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer
from graphql import print_schema

from connectors.registry import find_kinds
from gateway.compose import compose
from gateway.publish.slices import Slice, cut
from schema.catalogue.read import read_catalogue
from schema.policy.caller import ANONYMOUS, Audience
from schema.policy.model import Policy
from schema.types.visibility import visible_to


def sdl(
    directory: Annotated[Path, typer.Argument(help="Directory of the catalogue.")],
    open_: Annotated[bool, typer.Option("--open", help="What everyone sees.")] = False,
    department: Annotated[
        list[str] | None, typer.Option(help="These departments only; may be given again.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="As the field 'sdl' of a JSON object.")] = False,
) -> None:
    """Print the schema that an audience sees."""
    audience: Audience = "open" if open_ else "share"
    catalogue = read_catalogue(directory, find_kinds()).catalogue
    wanted = Slice(frozenset(department or ()))
    unknown = sorted(wanted.departments - catalogue.departments.keys())
    if unknown:
        typer.echo(f"There is no department '{unknown[0]}'.", err=True)
        raise typer.Exit(2)
    visibility = visible_to(audience, catalogue)
    if not wanted.is_whole:
        visibility = cut(visibility, wanted, catalogue, Policy({}), ANONYMOUS, date.min)
    text = print_schema(compose(audience, catalogue, visibility)[1])
    typer.echo(orjson.dumps({"sdl": text}).decode() if json_ else text)
