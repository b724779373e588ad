"""The state of a gateway on the command line: one that does not fit together ends a command with 2."""

import typer

from gateway.identity.pseudonyms import Pseudonyms
from gateway.settings import Settings, SettingsError
from gateway.store.protections import Protections
from gateway.store.state import StateError, open_store


def state_of(settings: Settings) -> tuple[Pseudonyms, Protections]:
    """Open the store, with the names under its secret."""
    try:
        return open_store(settings)
    except (SettingsError, StateError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
