"""`jutong audit`: the record, one JSON object a line."""

import sqlite3
from pathlib import Path
from typing import Annotated

import orjson
import typer

from gateway.audit.sqlite import read_events
from gateway.cli.mistakes import Mistake
from gateway.store.state import RECORD


def audit(
    state: Annotated[Path, typer.Argument(help="Directory of the gateway's state.")],
) -> None:
    """Print every event of the record, oldest first."""
    record = state / RECORD
    if not record.exists():
        raise Mistake(f"There is no record at {record}: give the directory that JUTONG_STATE names.")
    try:
        for event in read_events(record):
            typer.echo(orjson.dumps(event).decode())
    except sqlite3.DatabaseError as error:
        raise Mistake(f"{record} cannot be read as a record: {error}.") from None
