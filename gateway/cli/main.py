"""`jutong`: the commands are one file each."""

from typing import Any

import typer
from typer.core import TyperGroup

from connectors.sandbox.personas import PersonaError
from gateway.cli.audit import audit
from gateway.cli.check import check
from gateway.cli.demo import demo
from gateway.cli.explain import explain
from gateway.cli.keys import keys
from gateway.cli.mistakes import Mistake
from gateway.cli.names import names
from gateway.cli.protect import protect
from gateway.cli.sdl import sdl
from gateway.cli.serve import serve
from gateway.settings import SettingsError
from gateway.store.state import StateError


class Commands(TyperGroup):
    """All commands. A mistake of whoever typed one is a line on standard error, and ends it with 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except (Mistake, SettingsError, StateError, PersonaError) as mistake:
            typer.echo(str(mistake), err=True)
            raise typer.Exit(2) from None


app = typer.Typer(
    name="jutong",
    cls=Commands,
    help="聚通: a federated GraphQL gateway for government data.",
    no_args_is_help=True,
)
for command in (demo, serve, check, names, sdl, explain, keys, audit):
    app.command()(command)
app.add_typer(protect, name="protect")

if __name__ == "__main__":
    app()
