"""`jutong keys`: a new API key, and what to write into the catalogue for it."""

import secrets

import typer

from gateway.identity.identify import key_hash


def keys() -> None:
    """Make an API key; it is shown once and kept nowhere."""
    key = secrets.token_urlsafe(32)
    typer.echo(f"key (give it to the application): {key}")
    typer.echo(f'in access/<application>.yaml:     keys: ["sha256:{key_hash(key)}"]')
