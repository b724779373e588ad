"""`jutong check`: every mistake of a catalogue, at once."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from connectors.registry import find_kinds
from gateway.cli.mistakes import check_catalogue
from schema.catalogue.declaring import KINDS
from schema.catalogue.json_schema import json_schema
from schema.catalogue.read import read_catalogue
from schema.policy.read import read_policy


def check(
    directory: Annotated[Path, typer.Argument(help="Directory of the catalogue.")] = Path("catalogue"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema for editors.")] = False,
) -> None:
    """Check a catalogue; exit code 1 if it has mistakes."""
    if schema:
        typer.echo(orjson.dumps(json_schema(KINDS), option=orjson.OPT_INDENT_2).decode())
        return
    check_catalogue(directory)
    checked = read_catalogue(directory, find_kinds())
    policy, access = read_policy(directory, checked.catalogue)
    problems = (*checked.problems, *access)
    if as_json:
        found = [
            {"file": p.file, "line": p.line, "code": p.code, "message": p.message, "hint": p.hint}
            for p in problems
        ]
        typer.echo(orjson.dumps({"problems": found}, option=orjson.OPT_INDENT_2).decode())
    else:
        console = Console()
        for problem in problems:
            console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        catalogue = checked.catalogue
        console.print(
            f"{len(problems)} problem(s) · {len(catalogue.departments)} departments, "
            f"{len(catalogue.resources)} resources, {len(policy.applications)} applications"
        )
    raise typer.Exit(1 if problems else 0)
