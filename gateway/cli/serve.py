"""`jutong serve`: a gateway, in one process or several."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from connectors.sandbox.personas import PersonaError
from gateway.app import App
from gateway.cli.state import state_of
from gateway.cli.workers import run_workers
from gateway.http.server import server_config
from gateway.sandbox.opening import check_personas, with_own_state
from gateway.settings import Settings, SettingsError, read_settings
from gateway.telemetry.logs import set_up_logs


def serve(
    catalogue: Annotated[Path | None, typer.Option(help="Directory of the catalogue.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes.")] = None,
    sandbox: Annotated[
        bool | None, typer.Option("--sandbox", help="Answer with synthetic data; reach no source.")
    ] = None,
) -> None:
    """Serve a catalogue; all other settings are JUTONG_* variables."""
    settings = settings_with(
        catalogue=catalogue, host=host, port=port, workers=workers, sandbox=sandbox or None
    )
    if missing := _missing(settings.catalogue):
        typer.echo(f"There is no {missing} at {settings.catalogue}; see --catalogue.", err=True)
        raise typer.Exit(2)
    if settings.sandbox:
        try:
            check_personas(settings.catalogue)
        except PersonaError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None
    run_server(settings)


def _missing(catalogue: Path) -> str | None:
    """What a catalogue has to have, and this one has not. It is not read yet: that takes long."""
    if not catalogue.is_dir():
        return "catalogue"
    if not (catalogue / "city.yaml").is_file():  # a mount of nothing is an empty directory
        return "city.yaml"
    files = catalogue.glob("departments/*/**/*.yaml")
    return None if any(file.name != "department.yaml" for file in files) else "resource of a department"


def settings_with(**given: Any) -> Settings:
    """The settings of the environment, and what is given besides; ends with 2 where they are wrong."""
    try:
        return read_settings(os.environ, **given)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def run_server(settings: Settings) -> None:
    """Serve until stopped. SIGTERM, which uvicorn raises again once all is closed, ends it with 0."""
    set_up_logs()
    _, protections = state_of(with_own_state(settings))
    protections.close()
    if settings.workers > 1:
        run_workers(settings)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = make_server(settings)
    server.run()
    if not server.started:
        raise typer.Exit(3)


def make_server(settings: Settings) -> uvicorn.Server:
    """A server that is ready to run."""
    return uvicorn.Server(server_config(App(settings), settings))
