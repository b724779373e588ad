"""`jutong`: the commands are one file each."""

import typer

from gateway.cli.audit import audit
from gateway.cli.check import check
from gateway.cli.demo import demo
from gateway.cli.explain import explain
from gateway.cli.keys import keys
from gateway.cli.names import names
from gateway.cli.protect import protect
from gateway.cli.sdl import sdl
from gateway.cli.serve import serve

app = typer.Typer(
    name="jutong",
    help="聚通: a federated GraphQL gateway for government data.",
    no_args_is_help=True,
)
for command in (demo, serve, check, names, sdl, explain, keys, audit):
    app.command()(command)
app.add_typer(protect, name="protect")

if __name__ == "__main__":
    app()
