"""`jutong serve`: a gateway, in one process or several."""

import os
import signal
from pathlib import Path
from socket import socket
from typing import Annotated, Any

import typer
import uvicorn

from gateway.app import App
from gateway.cli.mistakes import Mistake, check_catalogue
from gateway.cli.workers import run_workers
from gateway.http.server import bind, server_config
from gateway.sandbox.opening import check_personas, with_own_state
from gateway.settings import Settings, read_settings
from gateway.store.state import open_store
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
    check_catalogue(settings.catalogue)
    if missing := _missing(settings.catalogue):
        raise Mistake(f"There is no {missing} at {settings.catalogue}; see --catalogue.")
    if settings.sandbox:
        check_personas(settings.catalogue)
    run_server(*listen(settings))


def _missing(catalogue: Path) -> str | None:
    """What a catalogue has to have, and this one has not. It is not read yet: that takes long."""
    if not (catalogue / "city.yaml").is_file():  # a mount of nothing is an empty directory
        return "city.yaml"
    files = catalogue.glob("departments/*/**/*.yaml")
    return None if any(file.name != "department.yaml" for file in files) else "resource of a department"


def settings_with(**given: Any) -> Settings:
    """The settings of the environment, and what is given besides. Raises `SettingsError`."""
    return read_settings(os.environ, **given)


def listen(settings: Settings) -> tuple[Settings, socket]:
    """Set up logs and take the port; the settings with its number, where any would do."""
    set_up_logs()
    listener = bind(settings)
    return settings.model_copy(update={"port": listener.getsockname()[1]}), listener


def run_server(settings: Settings, listener: socket) -> None:
    """Serve until stopped. SIGTERM, also one that comes before all is open, ends it with 0."""
    open_store(with_own_state(settings))[1].close()
    if settings.workers > 1:
        run_workers(settings, listener)
        return
    server = uvicorn.Server(server_config(App(settings), settings))
    # Only noted: an exception from here would be lost wherever a finalizer runs. uvicorn raises the signal
    # again once all is closed, and so comes back here.
    signal.signal(signal.SIGTERM, server.handle_exit)
    server.run([listener])
    if not server.started:
        raise typer.Exit(3)
