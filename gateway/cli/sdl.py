"""`jutong sdl`: the schema of an audience."""

from pathlib import Path
from typing import Annotated

import typer
from graphql import print_schema

from connectors.registry import find_kinds
from gateway.snapshot import make_schema
from schema.catalogue.read import read_catalogue


def sdl(
    directory: Annotated[Path, typer.Argument(help="Directory of the catalogue.")],
    open_: Annotated[bool, typer.Option("--open", help="What everyone sees.")] = False,
) -> None:
    """Print the schema that an audience sees."""
    catalogue = read_catalogue(directory, find_kinds()).catalogue
    typer.echo(print_schema(make_schema("open" if open_ else "share", catalogue)))
