"""What is kept in the directory of state: a secret, a store that is tied to it, and a record.

secret ──▶ store.sqlite ──▶ record.sqlite

They are made in this order. What is missing where a later one is there has been lost, with whoever was
protected, and is not begun anew without a word. A record may be moved away (docs/audit.md, Retention).
"""

import sqlite3
from pathlib import Path

from gateway.identity.pseudonyms import Pseudonyms
from gateway.settings import Settings, read_secret
from gateway.store.protections import Protections, is_begun

STORE, RECORD = "store.sqlite", "record.sqlite"


class StateError(Exception):
    """A gateway would not know who is protected; the message says why, and what to do."""


def open_store(settings: Settings) -> tuple[Pseudonyms, Protections]:
    """Open the store, and give the names under its secret. Raises `StateError`."""
    try:
        return _open(settings, settings.state / STORE)
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"The state in {settings.state} cannot be opened: {error}") from error


def _open(settings: Settings, path: Path) -> tuple[Pseudonyms, Protections]:
    has_record = (settings.state / RECORD).exists()  # the later ones first: another gateway may begin now
    has_store = is_begun(path)
    if has_record and not has_store:
        raise StateError(
            f"{path} is missing, and {RECORD} beside it is not: who was protected would be shown. "
            "Put it back from its backup; to begin anew with nobody protected, move the record away "
            "(docs/audit.md, Retention)."
        )
    if has_store and settings.secret is None and not (settings.state / "secret").exists():
        raise StateError(
            f"{path} was made with a secret that is missing: who is protected would be shown. "
            f"Put back {settings.state / 'secret'}, or set JUTONG_SECRET to it."
        )
    pseudonyms = Pseudonyms(read_secret(settings))
    protections = Protections(path)
    if not protections.belongs_to(pseudonyms.fingerprint):
        protections.close()
        place = "JUTONG_SECRET" if settings.secret is not None else str(settings.state / "secret")
        raise StateError(
            f"{path} was made with another secret than that of {place}: who is protected would be shown. Set "
            "the secret it was made with; to begin anew with nobody protected, move store and record away."
        )
    return pseudonyms, protections
